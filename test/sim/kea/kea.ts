/**
 * A Kea as one half of a simulated pair: as much of it as its partner and its clients can tell from a real one, and no more. It keeps
 * its leases as Kea does, which is less than Tandem promises.
 */
import { type Reply, readReply } from '../../engine/packets.ts';
import { hashTwin } from '../../oracle/hash.ts';
import { UdpDescriptor } from '../kernel.ts';
import { Killed, type Machine } from '../machine.ts';
import type { Listener, PeerNetwork } from '../peer-network.ts';
import { serverAddress4 } from '../places.ts';
import type { Place } from '../socket-address.ts';
import { Clients4, hardwareText, type KeaPool } from './clients4.ts';
import { runKeaCommand } from './commands.ts';
import { HighAvailability } from './high-availability.ts';
import { KeaLeases } from './leases.ts';
import { NEVER, PartnerLink } from './partner-link.ts';
import type { KeaRecord } from './record.ts';
import { ServiceSwitch } from './service-switch.ts';
import { Updates } from './updates.ts';

/** What of its configuration it looks at: that of a Tandem in its place. */
interface Configuration {
  readonly 'lease-database': { readonly name: string };
  readonly 'valid-lifetime': number;
  readonly 'decline-probation-period': number;
  readonly 'hooks-libraries': readonly {
    readonly parameters?: { readonly 'high-availability': [Relationship] };
  }[];
  readonly subnet4: readonly [{ readonly pools: readonly KeaPool[] }];
}

interface Relationship {
  readonly 'this-server-name': string;
  readonly mode: string;
  readonly 'heartbeat-delay': number;
  readonly 'max-response-delay': number;
  readonly 'max-ack-delay': number;
  readonly 'max-unacked-clients': number;
  readonly 'sync-page-limit': number;
  readonly peers: readonly { readonly name: string; readonly role: string }[];
}

export type KeaLog = (id: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface KeaParts {
  readonly machine: Machine;
  readonly peers: PeerNetwork;
  /** The configuration. */
  readonly text: string;
  readonly log: KeaLog;
  readonly record: KeaRecord;
}

const PORT = 8000;
const SERVER_PORT = 67;
/** What a query takes. */
const QUERY_US_MAX = 400;
const BACKLOG_MAX = 100;

export class Kea {
  readonly #machine: Machine;
  readonly #peers: PeerNetwork;
  readonly #log: KeaLog;
  readonly #configuration: Configuration;
  readonly #relationship: Relationship;
  readonly #leases: KeaLeases;
  readonly #service: ServiceSwitch;
  readonly #clients: Clients4;
  readonly #socket = new UdpDescriptor();
  #link!: PartnerLink;
  #updates!: Updates;
  #ha!: HighAvailability;

  /** @throws Error when it cannot start */
  constructor({ machine, peers, text, log, record }: KeaParts) {
    this.#machine = machine;
    this.#peers = peers;
    this.#log = log;
    this.#configuration = (JSON.parse(text) as { readonly Dhcp4: Configuration }).Dhcp4;
    const [relationship] = this.#configuration['hooks-libraries'].find(({ parameters }) => parameters)!
      .parameters!['high-availability'];
    this.#relationship = relationship;
    this.#leases = new KeaLeases(machine, this.#configuration['lease-database'].name, {
      filed: (lease) => record.note(lease),
      refused: (row) => log('KEA_ROW_REFUSED', { row }),
    });
    const lost = record.lostBy(this.#leases);
    if (lost.length > 0) log('KEA_LEASES_LOST', { lost });
    this.#service = new ServiceSwitch(machine);
    this.#clients = new Clients4(this.#leases, machine.random, {
      serverAddress: serverAddress4(machine.host),
      leaseSec: this.#configuration['valid-lifetime'],
      probationSec: this.#configuration['decline-probation-period'],
      pools: this.#configuration.subnet4[0].pools,
    });
    this.#beginHighAvailability();
    this.#listen();
  }

  #beginHighAvailability(): void {
    const relationship = this.#relationship;
    const serverName = relationship['this-server-name'];
    const [partner] = relationship.peers.filter(({ name }) => name !== serverName);
    const own = relationship.peers.find(({ name }) => name === serverName)!;
    const { mode } = relationship;
    this.#link = new PartnerLink(this.#machine, this.#peers, {
      serverName,
      place: { host: serverAddress4(3 - this.#machine.host), port: PORT },
      maxResponseDelayMs: relationship['max-response-delay'],
      maxAckDelayMs: relationship['max-ack-delay'],
      maxUnackedClients: relationship['max-unacked-clients'],
    });
    this.#updates = new Updates(this.#link, BACKLOG_MAX);
    this.#ha = new HighAvailability(
      {
        machine: this.#machine,
        leases: this.#leases,
        service: this.#service,
        link: this.#link,
        updates: this.#updates,
        log: this.#log,
      },
      {
        serverName,
        partnerName: partner!.name,
        mode,
        isPrimary: own.role === 'primary',
        heartbeatDelayMs: relationship['heartbeat-delay'],
        pageLimit: relationship['sync-page-limit'],
      },
    );
  }

  #listen(): void {
    const machine = this.#machine;
    const { life } = machine;
    const parts = {
      leases: this.#leases,
      service: this.#service,
      ha: () => this.#ha,
      unsent: () => this.#updates.unsent,
      wallMs: () => machine.wallMs(),
      reload: () => {
        this.#ha.close();
        this.#beginHighAvailability();
      },
    };
    const listener: Listener = {
      answer: async (body) => {
        const answers = await runKeaCommand(parts, body);
        // Of a process that was killed in the middle of it nobody hears anything.
        return machine.life === life ? JSON.stringify(answers) : NEVER;
      },
      upgrade: () => null,
    };
    machine.listeners.set(PORT, listener);
    this.#socket.place = { address: serverAddress4(machine.host), port: SERVER_PORT };
    machine.kernel.add(this.#socket);
    this.#awaitQueries();
  }

  #awaitQueries(): void {
    const wake = (): void => {
      this.#machine.after(this.#machine.random.between(20, QUERY_US_MAX), () => {
        for (let next = this.#socket.take(); next !== undefined; next = this.#socket.take())
          void this.#hear(readReply(next.bytes), next.from);
        this.#awaitQueries();
      });
    };
    this.#socket.sleepers.add({ wake });
  }

  async #hear(query: Reply, from: Place): Promise<void> {
    if (!this.#service.isOn) return;
    const hwAddress = hardwareText(query.mac);
    const owner = this.#ownerOf(query.mac);
    if (!this.#ha.scopes.includes(owner)) return this.#link.analyze(hwAddress, secsOf(query));
    const machine = this.#machine;
    const { life } = machine;
    const ha = this.#ha;
    try {
      const { reply, changes } = this.#clients.answer(query, hwAddress, `HA_${owner}`);
      if (changes.length > 0 && !(await ha.granted(changes, hwAddress))) return;
      if (reply !== null && machine.life === life) machine.world.sendDatagram(machine, from, reply);
    } catch (error) {
      // A row that cannot be written: the query is dropped.
      if (error instanceof Killed) return;
    }
  }

  /** Of the server whose client it is: by the hash of RFC 3074 where two share the load. */
  #ownerOf(mac: string): string {
    const { mode, peers } = this.#relationship;
    const roles = mode === 'hot-standby' ? ['primary'] : ['primary', 'secondary'];
    const index = hashTwin(Buffer.from(mac, 'hex')) % roles.length;
    return peers.find(({ role }) => role === roles[index])!.name;
  }
}

/** Seconds of a client that took the octets for the other way round are put right. */
function secsOf({ bytes }: Reply): number {
  const secs = bytes[8]! * 256 + bytes[9]!;
  return secs > 255 && (secs & 255) === 0 ? secs >> 8 : secs;
}
