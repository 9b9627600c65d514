/** A server that comes back, with leases of its own, to a partner that serves alone under load; and how such a story ends well. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { LoadClient } from '../../src/load/client.ts';
import type { LoadCounts } from '../../src/load/counters.ts';
import { type Name, Pair, type Wish } from './hot-standby-pair.ts';
import { freeUdpPort } from './process.ts';
import { LOST_MS, startLoad } from './reloading.ts';
import {
  ALONE,
  directoryWith,
  FIRST,
  leaseRows,
  lostLeases,
  startAlone,
  untilEqual,
} from './synchronizing.ts';

/** Of the partner. */
export const LEASES = 8_000;
/** Of the one that comes back. */
export const OWN = 100;
export const RATE = 300;
/** Clients of a server that hands its service over ask again. */
export const RETRY_MS = 500;

export const other = (name: Name): Name => (name === 'a' ? 'b' : 'a');

/** The other one serves alone, under load, when this one comes back and has leases of its own. */
export async function comeBack(
  t: Test,
  name: Name,
  wish: Wish = {},
  leases = LEASES,
  isRelayed = false,
): Promise<{ pair: Pair; client: LoadClient }> {
  const pair = await Pair.prepare(t, { isRelayed });
  const partner = other(name);
  const ports = { a: freeUdpPort(), b: freeUdpPort() };
  await startAlone(t, pair, partner, wish, directoryWith(t, leaseRows(FIRST, leases, 100)), ports[partner]);
  const client = await startLoad([ports.a, ports.b], pair.relayPort, RATE, 1, RETRY_MS);
  t.teardown(() => client.stop(0));
  await sleep(300);
  const own = directoryWith(t, leaseRows(FIRST + leases, OWN, 50));
  await pair.begin(t, name, { ...wish, more: { ...ALONE, ...wish.more } }, own, ports[name]);
  return { pair, client };
}

/** Waits until both work as a pair, ends the load, and looks whether anything is lost. */
export async function endWell(
  t: Test,
  pair: Pair,
  client: LoadClient,
  leasesMin: number,
  state: 'hot-standby' | 'load-balancing' = 'hot-standby',
): Promise<LoadCounts> {
  await pair.reach({ a: state, b: state });
  await sleep(500);
  const counts = await client.stop(LOST_MS);
  t.equal(counts['address-conflicts'], 0, 'no client got an address of another');
  t.equal(counts['in-flight'], 0, 'everybody has an answer in the end');
  const leases = await untilEqual(pair);
  t.same(lostLeases(client, leases), [], 'every acknowledged lease is there');
  const completed = counts['exchanges-completed'];
  t.ok(leases.size >= leasesMin + completed, `${leases.size} leases, ${completed} exchanges`);
  return counts;
}

export function synchronized(pair: Pair, name: Name) {
  return pair.get(name).logged('TDM_HA_SYNC_SUCCEEDED');
}
