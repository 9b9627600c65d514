/**
 * A world: two servers, each a whole process on a machine of its own, their clients behind a relay, and the networks between them, in
 * one thread and in virtual time. The same seed makes the same story, to the last packet.
 */
import { setImmediate as settled } from 'node:timers/promises';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { type Reply, readReply } from '../engine/packets.ts';
import { Agenda } from './agenda.ts';
import { Client } from './clients.ts';
import { FiledLeases } from './filed-leases.ts';
import type { ServerImage } from './images.ts';
import type { UdpDescriptor } from './kernel.ts';
import { LeasesHeld } from './leases-held.ts';
import { Machine, type World } from './machine.ts';
import { type Listener, PeerNetwork } from './peer-network.ts';
import { Random } from './random.ts';
import { Timeline } from './timeline.ts';

const US_PER_SEC = 1e6;
const SERVER_PORT = 67;
const RELAY = 0x0a000064;
const PEER_PORT = 8000;
/** A lease is acknowledged by both servers. */
const NORMAL_STATES: ReadonlySet<string> = new Set(['hot-standby', 'load-balancing']);
/** What was granted in the state before has left by then. */
const SETTLED_US = 2e6;
export const LEASE_FILE = '/var/lib/kea/leases.csv';
const CONFIG_FILE = '/etc/kea/kea-dhcp4.conf';

export interface WorldPlan {
  readonly seed: number;
  readonly isDetailed: boolean;
  readonly configurations: readonly object[];
  readonly clients: number;
}

/** Of DHCP messages, between the relay or a client and a server. */
export interface PacketFaults {
  loss: number;
  duplication: number;
  delayMsMax: number;
}

export class SimulatedWorld implements World {
  readonly agenda = new Agenda();
  readonly random: Random;
  readonly timeline: Timeline;
  readonly held: LeasesHeld;
  readonly machines: readonly Machine[];
  readonly clients: readonly Client[];
  readonly peers: PeerNetwork;
  readonly packetFaults: PacketFaults = { loss: 0, duplication: 0, delayMsMax: 3 };
  readonly #images: readonly ServerImage[];
  readonly #cuts = new Set<string>();
  readonly states: string[];
  readonly #stateSinceUs: number[];
  readonly filed: readonly FiledLeases[];
  #isUnsettled = false;
  #splitUs = Number.NEGATIVE_INFINITY;
  #failure: Error | null = null;
  packets = 0;
  steps = 0;

  constructor(images: readonly ServerImage[], { seed, isDetailed, configurations, clients }: WorldPlan) {
    this.random = new Random(seed);
    const nowUs = (): number => this.agenda.nowUs;
    this.timeline = new Timeline(nowUs, isDetailed);
    this.held = new LeasesHeld(nowUs);
    this.#images = images;
    this.machines = configurations.map((configuration, i) => {
      const { memory } = images[i]!.slot;
      memory.forgetSince(images[i]!.loadedMark);
      const machine = new Machine(this, `server${i + 1}`, 0x0a000001 + i, memory);
      machine.disk.put(CONFIG_FILE, JSON.stringify(configuration));
      machine.disk.put('/var/lib/kea/.directory', '');
      return machine;
    });
    this.states = this.machines.map(() => 'off');
    this.#stateSinceUs = this.machines.map(() => 0);
    this.filed = this.machines.map(({ disk }) => new FiledLeases(disk, LEASE_FILE));
    this.peers = new PeerNetwork({
      machines: this.machines,
      delayUs: () => this.random.between(80, 400),
      isParted: (from, to) => this.#cuts.has(`${from.name}>${to.name}`),
      settle: () => this.settle(),
    });
    this.machines.forEach((machine, i) => {
      images[i]!.slot.machine = machine;
      images[i]!.slot.peers = this.peers;
    });
    const parts = {
      agenda: this.agenda,
      random: this.random,
      held: this.held,
      timeline: this.timeline,
      relay: formatIpv4(RELAY),
      broadcast: (bytes: Uint8Array) => {
        for (const machine of this.machines) this.#toServer(machine, RELAY, bytes);
      },
      unicast: (server: string, from: string, bytes: Uint8Array) => {
        const machine = this.machines.find(({ address }) => formatIpv4(address) === server);
        if (machine !== undefined) this.#toServer(machine, parseIpv4(from)!, bytes);
      },
      isSplitSince: (sinceUs: number) => this.#splitUs >= sinceUs,
      nameOf: (address: string) =>
        this.machines.find((each) => formatIpv4(each.address) === address)?.name ?? address,
    };
    this.clients = Array.from({ length: clients }, (_, i) => new Client(parts, i + 1));
  }

  settle(): void {
    this.#isUnsettled = true;
  }

  fail(machine: Machine, error: unknown): void {
    this.timeline.note(machine.name, `fails: ${(error as Error).stack}`);
    this.#failure ??= error as Error;
  }

  /** Goes on for so long. @throws a fault of the program */
  async run(seconds: number): Promise<void> {
    const endUs = this.agenda.nowUs + seconds * US_PER_SEC;
    let isOver = false;
    this.agenda.after(seconds * US_PER_SEC, () => {
      isOver = true;
    });
    if (this.#isUnsettled) await this.#settleAll();
    while (!isOver) {
      const next = this.agenda.next();
      if (next === null || next.atUs > endUs) return;
      this.steps++;
      next.action();
      if (this.#isUnsettled) await this.#settleAll();
      if (this.#failure !== null) throw this.#failure;
    }
  }

  async #settleAll(): Promise<void> {
    this.#isUnsettled = false;
    await settled();
  }

  /** Whether both servers have been in their normal state for so long, and can be asked. */
  areNormal(seconds: number): boolean {
    return this.machines.every(
      ({ isRunning, listeners }, index) =>
        isRunning &&
        listeners.has(PEER_PORT) &&
        NORMAL_STATES.has(this.states[index]!) &&
        this.agenda.nowUs - this.#stateSinceUs[index]! >= seconds * US_PER_SEC,
    );
  }

  /** Starts the server of a machine; it serves a moment later. */
  boot(index: number): void {
    const machine = this.machines[index]!;
    machine.boot();
    this.timeline.note(machine.name, 'starts');
    const { life } = machine;
    const log = Object.assign(
      (id: string, fields: Readonly<Record<string, unknown>> = {}) => {
        if (machine.life === life) this.#hearLog(index, id, fields);
      },
      { prepare: () => {}, take: () => {} },
    );
    const onFatal = (error: unknown): void => this.fail(machine, error);
    void this.#images[index]!.start(CONFIG_FILE, log, onFatal).catch((error: unknown) => {
      if (machine.life === life) this.fail(machine, error);
    });
    this.settle();
  }

  /** Its process ends at once. @param isPowerFailure and what was not synced may be lost */
  crash(index: number, isPowerFailure: boolean): void {
    const machine = this.machines[index]!;
    if (!machine.isRunning) return;
    this.timeline.note(machine.name, isPowerFailure ? 'loses its power' : 'is killed');
    this.peers.ended(machine);
    machine.kill();
    if (isPowerFailure) machine.disk.powerFailure();
    this.states[index] = 'off';
  }

  /** Cuts what goes from one server to the other, or joins it again. */
  cut(from: number, to: number, isCut: boolean): void {
    const name = `${this.machines[from]!.name}>${this.machines[to]!.name}`;
    if (isCut) this.#cuts.add(name);
    else this.#cuts.delete(name);
    this.timeline.note('network', `${name} is ${isCut ? 'cut' : 'joined'}`);
  }

  /** Cuts the clients off a server, or joins them again. */
  cutClients(index: number, isCut: boolean): void {
    const name = `clients>${this.machines[index]!.name}`;
    if (isCut) this.#cuts.add(name);
    else this.#cuts.delete(name);
    this.timeline.note('network', `${name} is ${isCut ? 'cut' : 'joined'}`);
  }

  /** What a server answers to a command. */
  async command(
    index: number,
    command: string,
    args?: object,
  ): Promise<{ result: number; text?: string; arguments?: unknown }> {
    const listener = this.machines[index]!.listeners.get(PEER_PORT) as Listener | undefined;
    if (listener === undefined) throw new Error(`server${index + 1} does not listen`);
    let found: string | null = null;
    void listener.answer(JSON.stringify({ command, ...(args && { arguments: args }) })).then((text) => {
      found = text;
    });
    this.settle();
    for (let waited = 0; found === null && waited < 600; waited++) await this.run(0.1);
    if (found === null) throw new Error(`server${index + 1} does not answer ${command}`);
    return JSON.parse(found)[0];
  }

  #hearLog(index: number, id: string, fields: Readonly<Record<string, unknown>>): void {
    const machine = this.machines[index]!;
    if (id === 'TDM_CONTROL_COMMAND') return;
    this.timeline.note(machine.name, `${id} ${JSON.stringify(fields)}`);
    if (id === 'TDM_HA_STATE_CHANGED') {
      this.states[index] = String(fields['to']);
      this.#stateSinceUs[index] = this.agenda.nowUs;
    }
    if (this.states.every((state) => state === 'partner-down')) this.#splitUs = this.agenda.nowUs;
  }

  #toServer(machine: Machine, from: number, bytes: Uint8Array): void {
    this.#carry(`clients>${machine.name}`, () => {
      const fromPort = from === RELAY ? SERVER_PORT : 68;
      machine.kernel.socketAt(machine.address, SERVER_PORT)?.deliver({ fromAddress: from, fromPort, bytes });
    });
  }

  sendDatagram(
    from: Machine,
    _socket: UdpDescriptor,
    _toAddress: number,
    _toPort: number,
    bytes: Uint8Array,
  ): void {
    const reply = readReply(bytes);
    if (reply.type === MessageType.ack) this.#judgeAck(from, reply);
    this.#carry(`clients>${from.name}`, () => {
      const client = this.#clientOf(reply.mac);
      if (this.timeline.isDetailed)
        this.timeline.note(from.name, `sends type ${reply.type} ${reply.yiaddr} to ${client?.name}`);
      client?.hear(reply);
    });
  }

  /** By its hardware address in hexadecimal digits. */
  #clientOf(mac: string): Client | undefined {
    return this.clients[Number.parseInt(mac.slice(8), 16) - 1];
  }

  /** Whatever is acknowledged is on this server's disk, and in normal operation on the partner's. */
  #judgeAck(from: Machine, { yiaddr, mac, xid }: Reply): void {
    // Who has released the address since may well be told once more that it is his.
    if (this.#clientOf(mac)?.awaits(xid) !== true) return;
    const index = this.machines.indexOf(from);
    const hwAddress = mac.replace(/..(?=.)/g, '$&:');
    const isNormal =
      NORMAL_STATES.has(this.states[index]!) && this.agenda.nowUs - this.#stateSinceUs[index]! > SETTLED_US;
    for (const [which, filed] of this.filed.entries()) {
      if (which !== index && !isNormal) continue;
      if (filed.at(yiaddr) === hwAddress) continue;
      const kind =
        which === index ? 'acknowledged before it was on the disk' : 'acknowledged before the partner had it';
      this.held.broken({
        kind,
        text: `${yiaddr} of ${hwAddress} by ${from.name}, ${filed.at(yiaddr) ?? 'nobody'} is filed`,
        about: [yiaddr],
      });
    }
  }

  /** By UDP: what is lost is lost. */
  #carry(way: string, arrive: () => void): void {
    this.packets++;
    const { loss, duplication, delayMsMax } = this.packetFaults;
    if (this.#cuts.has(way) || this.random.chance(loss)) return;
    const copies = this.random.chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      this.agenda.after(this.random.between(50, delayMsMax * 1000), () => {
        if (!this.#cuts.has(way)) arrive();
      });
  }
}
