/**
 * Failure detection by traffic: while the partner is silent, its clients are watched. A client that has been asking for
 * longer than max-ack-delay (DHCPv4 `secs`, the elapsed time of DHCPv6) counts as unacked; more unacked clients than max-unacked-clients mean that
 * the partner is down and not merely out of reach for us.
 */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import { type ClientRecords, emptyRecords, RecordsEditor, recordEntries } from './client-records.ts';

/** One query of the partner's share. */
export interface Observation {
  /** The client, as `clientKey` writes it; it is counted and not remembered where it says nothing of itself. */
  readonly client: string;
  /** For how long it has been asking, by its own word; milliseconds. */
  readonly waitedMs: number;
}

export interface UnackedClients {
  /** Clients that have not waited for too long yet -> whether one of their queries said that they wait. */
  readonly connecting: ClientRecords<boolean>;
  readonly unacked: ClientRecords<true>;
  /** Queries looked at since the last good heartbeat, recorded or not. */
  readonly analyzedCount: number;
}

/** Clients kept of either kind, at least and at most: addresses can be forged, memory is not to grow with them. */
const RECORDS_MIN = 10_000;
const RECORDS_MAX = 1_000_000;

export function noUnackedClients(config: HaRelationshipConfig): UnackedClients {
  return {
    connecting: emptyRecords(RECORDS_MIN),
    unacked: emptyRecords(unackedMax(config)),
    analyzedCount: 0,
  };
}

/** The same clients, with room for as many as another limit asks for. */
export function boundUnacked(before: UnackedClients, config: HaRelationshipConfig): UnackedClients {
  return { ...before, unacked: { ...before.unacked, sizeMax: unackedMax(config) } };
}

function unackedMax({ maxUnackedClients }: HaRelationshipConfig): number {
  return Math.min(Math.max(RECORDS_MIN, 4 * (maxUnackedClients + 1)), RECORDS_MAX);
}

/**
 * Looks at a batch of queries; O(1) for each. At the bound the oldest connecting clients are forgotten, the unacked
 * ones never: they are what decides.
 */
export function observe(
  before: UnackedClients,
  batch: readonly Observation[],
  config: HaRelationshipConfig,
): UnackedClients {
  const connecting = new RecordsEditor(before.connecting);
  const unacked = new RecordsEditor(before.unacked);
  for (const { client, waitedMs } of batch) {
    if (client === NOBODY || unacked.get(client) === true) continue;
    if (waitedMs > config.maxAckDelayMs) {
      if (unacked.set(client, true, 'refuse')) connecting.delete(client);
    } else {
      const saidSo = connecting.get(client);
      if (saidSo === undefined || (!saidSo && waitedMs > 0)) connecting.set(client, waitedMs > 0, 'evict');
    }
  }
  return {
    connecting: connecting.finish(),
    unacked: unacked.finish(),
    analyzedCount: before.analyzedCount + batch.length,
  };
}

/** Whether the traffic shows that the partner is down; always so when max-unacked-clients is 0. */
export function isFailureDetected(clients: UnackedClients, config: HaRelationshipConfig): boolean {
  return config.maxUnackedClients === 0 || clients.unacked.size > config.maxUnackedClients;
}

/** How many more unacked clients it takes, 0 when enough have been seen. */
export function unackedClientsLeft(clients: UnackedClients, config: HaRelationshipConfig): number {
  return Math.max(0, config.maxUnackedClients - clients.unacked.size + 1);
}

/** Every client seen since the last good heartbeat, unacked or not. */
export function connectingClients(clients: UnackedClients): number {
  return clients.connecting.size + clients.unacked.size;
}

/**
 * Clients whose every query said that they do not wait: they never turn unacked, however long they wait. For ha-why only, it looks at
 * each record.
 */
export function clientsWithoutWait(clients: UnackedClients): number {
  let count = 0;
  for (const [, saysSo] of recordEntries(clients.connecting)) if (!saysSo) count++;
  return count;
}

/** One text for a client: the same hardware address with another client-id is another client. */
export function clientKey(hwAddress: string, clientId: string): string {
  return `${hwAddress}/${clientId}`;
}

/** `clientKey` of identifiers that stand together. */
export function keyOf(client: { readonly hwAddress: string; readonly clientId: string }): string {
  return clientKey(client.hwAddress, client.clientId);
}

/** Of a query that names no client. */
const NOBODY = clientKey('', '');
