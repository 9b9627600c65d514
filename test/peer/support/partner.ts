/** A peer that answers over real HTTP as a test tells it. */
import type { Test } from 'tap';
import { type Answer, type CommandHandler, success } from '../../../src/control/answer.ts';
import type { DhcpService } from '../../../src/control/envelope.ts';
import { createKeaHttpServer } from '../../../src/control/http/kea-http.ts';
import { createPeerClient } from '../../../src/peer/client.ts';
import type { PeerClient } from '../../../src/peer/model.ts';
import { recordLog } from './log.ts';
import { peerAt } from './peers.ts';

export interface ReceivedLease {
  readonly 'ip-address': string;
  readonly expire: number;
  readonly [field: string]: unknown;
}

export interface ReceivedCommand {
  readonly name: string;
  readonly args: unknown;
}

type Script = (command: ReceivedCommand) => Answer | Promise<Answer>;

export class TestPartner {
  readonly received: ReceivedCommand[] = [];
  /** Arguments of the heartbeats that came. */
  readonly greetings: unknown[] = [];
  /** What the partner would hold: address -> expire, as far as its answers were good. */
  readonly leases = new Map<string, number>();
  inFlight = 0;
  inFlightMax = 0;
  /** Addresses that were under way twice at once. */
  readonly overlaps: string[] = [];
  readonly #busy = new Set<string>();
  /** Default: everything is taken. */
  script: Script = () => success('ok');
  /** Arguments of the answer to a heartbeat. */
  heartbeat: object = {};
  port = 0;
  client!: PeerClient;
  close!: () => Promise<void>;

  handler(name: string): CommandHandler {
    return async (args) => {
      const command = { name, args };
      this.received.push(command);
      const addresses = leasesOf(command).map((lease) => lease['ip-address']);
      for (const address of addresses) {
        if (this.#busy.has(address)) this.overlaps.push(address);
        this.#busy.add(address);
      }
      this.inFlightMax = Math.max(this.inFlightMax, ++this.inFlight);
      try {
        const answer = await this.script(command);
        if (answer.result === 0 || answer.result === 3) this.#apply(command);
        return answer;
      } finally {
        this.inFlight--;
        for (const address of addresses) this.#busy.delete(address);
      }
    };
  }

  /** Of heartbeats, which the script leaves alone. */
  heartbeatHandler(): CommandHandler {
    return (args) => {
      this.greetings.push(args);
      return success('', this.heartbeat);
    };
  }

  #apply(command: ReceivedCommand): void {
    const deleted = deletionsOf(command);
    for (const lease of leasesOf(command)) {
      if (deleted.includes(lease)) this.leases.delete(lease['ip-address']);
      else this.leases.set(lease['ip-address'], lease.expire);
    }
  }

  /** Commands received under a name. */
  named(name: string): ReceivedCommand[] {
    return this.received.filter((command) => command.name === name);
  }
}

/** The leases of a command. */
export function leasesOf({ name, args }: ReceivedCommand): ReceivedLease[] {
  if (name === 'lease4-update' || name === 'lease4-del') return [args as ReceivedLease];
  if (name !== 'lease6-bulk-apply') return [];
  const { leases, 'deleted-leases': deleted } = args as BulkApply;
  return [...leases, ...deleted];
}

/** What a command changes: "put PLACE" or "delete PLACE" for each of its leases; a place of DHCPv6 is an address and a type. */
export function changesOf(command: ReceivedCommand): string[] {
  const deleted = deletionsOf(command);
  return leasesOf(command).map((lease) => {
    const { 'ip-address': address, type } = lease;
    const place = type === undefined ? address : `${address} ${type}`;
    return `${deleted.includes(lease) ? 'delete' : 'put'} ${place}`;
  });
}

interface BulkApply {
  readonly leases: readonly ReceivedLease[];
  readonly 'deleted-leases': readonly ReceivedLease[];
}

function deletionsOf({ name, args }: ReceivedCommand): readonly ReceivedLease[] {
  if (name === 'lease6-bulk-apply') return (args as BulkApply)['deleted-leases'];
  return name === 'lease4-del' ? [args as ReceivedLease] : [];
}

/** Starts a partner, or a backup. */
export async function startPartner(
  t: Test,
  name = 'server2',
  port = 0,
  service: DhcpService = 'dhcp4',
): Promise<TestPartner> {
  const partner = new TestPartner();
  const names = ['lease4-update', 'lease4-del', 'lease6-bulk-apply', 'ha-reset'];
  const server = createKeaHttpServer({
    log: recordLog().log,
    table: new Map<string, CommandHandler>([
      ...names.map((command) => [command, partner.handler(command)] as const),
      ['ha-heartbeat', partner.heartbeatHandler()],
    ]),
    address: '127.0.0.1',
    port,
    service,
  });
  const { port: bound } = await server.listen();
  partner.port = bound;
  partner.client = createPeerClient(peerAt(bound, { name }), 4, service);
  partner.close = () => server.close();
  t.teardown(async () => {
    await partner.client.close();
    await server.close();
  });
  return partner;
}

/** Lets the partner answer only when the test says so. */
export function gate(partner: TestPartner): { release: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { script } = partner;
  partner.script = async (command) => {
    await opened;
    return script(command);
  };
  return { release: open };
}
