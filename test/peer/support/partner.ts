/** A peer that answers over real HTTP as a test tells it. */
import type { Test } from 'tap';
import { type Answer, type CommandHandler, success } from '../../../src/control/answer.ts';
import { createKeaHttpServer } from '../../../src/control/kea-http.ts';
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
  /** What the partner would hold: address -> expire, as far as its answers were good. */
  readonly leases = new Map<string, number>();
  inFlight = 0;
  inFlightMax = 0;
  /** Addresses that were under way twice at once. */
  readonly overlaps: string[] = [];
  readonly #busy = new Set<string>();
  /** Default: everything is taken. */
  script: Script = () => success('ok');
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
        if (answer.result === 0 || answer.result === 3) this.#apply(command, answer);
        return answer;
      } finally {
        this.inFlight--;
        for (const address of addresses) this.#busy.delete(address);
      }
    };
  }

  #apply(command: ReceivedCommand, answer: Answer): void {
    const failed = new Set(
      Object.values((answer.arguments ?? {}) as Record<string, { 'ip-address': string }[]>)
        .flat()
        .map((fault) => fault['ip-address']),
    );
    const { updates, deletions } = changesOf(command);
    for (const lease of deletions)
      if (!failed.has(lease['ip-address'])) this.leases.delete(lease['ip-address']);
    for (const lease of updates)
      if (!failed.has(lease['ip-address'])) this.leases.set(lease['ip-address'], lease.expire);
  }

  /** Commands received under a name. */
  named(name: string): ReceivedCommand[] {
    return this.received.filter((command) => command.name === name);
  }
}

export function changesOf({ name, args }: ReceivedCommand): {
  updates: ReceivedLease[];
  deletions: ReceivedLease[];
} {
  if (name === 'lease4-update') return { updates: [args as ReceivedLease], deletions: [] };
  if (name === 'lease4-del') return { updates: [], deletions: [args as ReceivedLease] };
  const lists = (args ?? {}) as { leases?: ReceivedLease[]; 'deleted-leases'?: ReceivedLease[] };
  return { updates: lists.leases ?? [], deletions: lists['deleted-leases'] ?? [] };
}

export function leasesOf(command: ReceivedCommand): ReceivedLease[] {
  const { updates, deletions } = changesOf(command);
  return [...deletions, ...updates];
}

/** Starts a partner; `bulk` decides whether list-commands names the bulk command. */
export async function startPartner(t: Test, name = 'server2', bulk = true, port = 0): Promise<TestPartner> {
  const partner = new TestPartner();
  const names = ['lease4-update', 'lease4-del', 'ha-reset', 'lease4-bulk-apply'];
  const listed = success('', bulk ? names : names.slice(0, 3));
  const server = createKeaHttpServer({
    log: recordLog().log,
    table: new Map<string, CommandHandler>([
      ...names.map((command) => [command, partner.handler(command)] as const),
      ['list-commands', () => listed],
    ]),
    address: '127.0.0.1',
    port,
    service: 'dhcp4',
  });
  const { port: bound } = await server.listen();
  partner.port = bound;
  partner.client = createPeerClient(peerAt(bound, { name }), 4);
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
