/** Peers without a network: one scripted, one that reaches the command handlers of another service. */

import { formatHex } from '../../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import type { HaRole } from '../../../src/config/ha-model.ts';
import type { Answer, CommandHandler } from '../../../src/control/answer.ts';
import { readPageLease } from '../../../src/ha/sync/dhcp4/lease-page.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseStore } from '../../../src/lease/dhcp4/store.ts';
import type { UpdateBytes } from '../../../src/lease/update-family.ts';
import { peerFamily4 } from '../../../src/peer/dhcp4/family.ts';
import type { PeerFamily } from '../../../src/peer/family.ts';
import { deliverLeases } from '../../../src/peer/lease-delivery.ts';
import type {
  Delivery,
  PartnerUpdates,
  PeerAnswer,
  PeerClient,
  UpdateDispatcher,
} from '../../../src/peer/model.ts';

export interface Sent {
  readonly command: string;
  readonly args: Record<string, unknown> | null;
}

export type Respond = (
  command: string,
  args: Record<string, unknown> | null,
) => PeerAnswer | Promise<PeerAnswer>;

export class ScriptedPeer implements PeerClient {
  readonly name: string;
  readonly role: HaRole;
  readonly sent: Sent[] = [];
  respond: Respond;

  constructor(name: string, role: HaRole, respond: Respond) {
    this.name = name;
    this.role = role;
    this.respond = respond;
  }

  async request(command: string, args: object | null): Promise<PeerAnswer> {
    // What is sent must survive JSON, as on the wire.
    const copy = args === null ? null : (JSON.parse(JSON.stringify(args)) as Record<string, unknown>);
    this.sent.push({ command, args: copy });
    return this.respond(command, copy);
  }

  async requestBytes(body: Uint8Array): Promise<PeerAnswer> {
    const request = JSON.parse(Buffer.from(body).toString()) as { command: string; arguments: object };
    return this.request(request.command, request.arguments);
  }

  async close(): Promise<void> {}

  get commands(): string[] {
    return this.sent.map(({ command }) => command);
  }
}

export const refused: PeerAnswer = { kind: 'failed', reason: 'connection refused' };

export function answered(result: number, args: unknown = undefined, text = ''): PeerAnswer {
  return { kind: 'answer', result, text, arguments: args };
}

/** Reaches the handlers of another service; `isUp` false refuses the connection. */
export function wired(
  name: string,
  role: HaRole,
  handlers: () => ReadonlyMap<string, CommandHandler> | null,
): ScriptedPeer {
  return new ScriptedPeer(name, role, async (command, args) => {
    const table = handlers();
    if (table === null) return refused;
    const handler = table.get(command);
    if (handler === undefined) return answered(2);
    const answer = JSON.parse(JSON.stringify(await handler(args ?? undefined))) as Answer;
    return { kind: 'answer', result: answer.result, text: answer.text ?? '', arguments: answer.arguments };
  });
}

/** lease4-get-page as Kea answers it. */
export function pageHandler(store: LeaseStore): CommandHandler {
  return (args) => {
    const { from, limit } = args as { from: string; limit: number };
    const leases = store.page(from === 'start' ? -1 : (parseIpv4(from) ?? -1), limit).map(wireLease);
    return { result: leases.length > 0 ? 0 : 3, text: '', arguments: { leases, count: leases.length } };
  };
}

/** lease4-update and lease4-del as a partner sends them. */
export function updateHandlers(store: LeaseStore): [string, CommandHandler][] {
  const addressOf = (args: unknown) => parseIpv4((args as Record<string, string>)['ip-address']!)!;
  return [
    [
      'lease4-update',
      (args) => {
        const wire = args as Record<string, unknown>;
        const cltt = Number(wire['expire']) - Number(wire['valid-lft']);
        const lease = readPageLease({ ...wire, cltt });
        if (!lease.ok) return { result: 1, text: lease.error };
        store.put(lease.value);
        return { result: 0, text: '' };
      },
    ],
    ['lease4-del', (args) => ({ result: store.remove(addressOf(args)) ? 0 : 3, text: '' })],
  ];
}

export function wireLease(lease: Lease4): Record<string, unknown> {
  return {
    'ip-address': formatIpv4(lease.address),
    'hw-address': formatHex(lease.hwAddress),
    ...(lease.clientId === null ? {} : { 'client-id': formatHex(lease.clientId) }),
    'subnet-id': lease.subnetId,
    'valid-lft': lease.validLifetimeSec,
    cltt: lease.clttSec,
    'fqdn-fwd': lease.fqdnFwd,
    'fqdn-rev': lease.fqdnRev,
    hostname: lease.hostname,
    state: lease.state,
  };
}

/** Keeps what it was told. */
export class RecordingDispatcher implements UpdateDispatcher {
  mode: PartnerUpdates | null = null;
  readonly modes: PartnerUpdates[] = [];
  tracking = false;
  family: PeerFamily = peerFamily4;
  isFollowed = false;
  entries = 0;
  /** Who gets leases that are sent as they stand. */
  partner: PeerClient | null = null;
  overflown = false;
  clears = 0;
  /** What `sendBacklog` comes to. */
  delivers = true;
  /** What `settled` comes to. */
  settles = true;

  setPartnerUpdates(mode: PartnerUpdates): void {
    this.mode = mode;
    this.modes.push(mode);
  }

  trackConfirmed(on: boolean): void {
    this.tracking = on;
  }

  backlog() {
    return { length: this.entries, overflown: this.overflown };
  }

  retune(): void {}

  clearBacklog(): void {
    this.clears++;
    this.entries = 0;
    this.overflown = false;
  }

  partnerAnswered(): void {}

  /** Leases are sent one by one, as to a Kea. */
  async sendLeases(leases: Iterable<UpdateBytes>): Promise<Delivery> {
    const delivery = { taken: 0, refused: 0, named: [], failure: null };
    if (this.partner === null) return { ...delivery, failure: 'no partner' };
    const limits = { requestsInFlightMax: 4 };
    return deliverLeases({ family: this.family, client: this.partner, stream: null, limits }, leases);
  }

  async settled(): Promise<boolean> {
    return this.settles;
  }

  async sendBacklog(): Promise<boolean> {
    if (this.delivers) this.entries = 0;
    return this.delivers;
  }

  async close(): Promise<void> {}
}
