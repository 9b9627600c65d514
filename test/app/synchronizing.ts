/** What the tests of synchronizations share: servers with many leases, and what both sides must come to in the end. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import type { LoadClient } from '../../src/load/client.ts';
import { HARDWARE_BYTES, writeHardwareAddress } from '../../src/load/identity.ts';
import { Authority } from '../support/authority.ts';
import type { Name, Pair, Wish } from './hot-standby-pair.ts';
import { type LogLine, scratch } from './process.ts';
import type { Reloadable, Test } from './reloading.ts';

export const FIRST = parseIpv4('10.0.64.0')!;
/** Who is alone finds that out within a second; who is busy is not taken for gone. */
export const ALONE = { 'max-response-delay': 1_000 };
const PAGE = 10_000;
const WAIT_MS = 60_000;
/** To look at every lease of two servers is work. */
const EQUAL_POLL_MS = 300;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n';
/** A lease file that is being cleaned up stands in several, the oldest first. */
const FILES = ['leases.csv.2', 'leases.csv.1', 'leases.csv'];

/** Rows of so many leases, an address each. @param agoSec how long ago their clients were seen */
export function leaseRows(first: number, count: number, agoSec: number, subnetId = 1): string {
  const expire = Math.floor(Date.now() / 1000) - agoSec + 40_000;
  const rows = Array.from({ length: count }, (_, i) => {
    const address = first + i;
    const hw = formatHex(Uint8Array.of(6, 0, address >>> 24, address >>> 16, address >>> 8, address));
    return `${formatIpv4(address)},${hw},,40000,${expire},${subnetId},0,0,host-${i},0,,0\n`;
  });
  return rows.join('');
}

/** A directory with a lease file. */
export function directoryWith(t: Test, ...rows: readonly string[]): string {
  const directory = scratch(t);
  writeFileSync(join(directory, 'leases.csv'), [HEADER, ...rows].join(''));
  return directory;
}

/** @param pollMs between two looks */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  pollMs = 20,
): Promise<void> {
  for (const end = performance.now() + WAIT_MS; performance.now() < end; await sleep(pollMs))
    if (await condition()) return;
  throw new Error(`not ${what} after ${WAIT_MS} ms`);
}

/** Waits until a load has had so many exchanges answered, however long a busy machine takes. */
export function served(client: LoadClient, exchanges: number): Promise<void> {
  return until(`served ${exchanges} times`, () => client.counts()['exchanges-completed'] >= exchanges);
}

/** Every lease of a server with everything that it holds, by its address. @param subnetId null = of all subnets */
export async function leasesOf(
  server: Pick<Reloadable, 'ask'>,
  subnetId: number | null = null,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let from = 'start'; ; ) {
    const { arguments: page } = await server.ask('lease4-get-page', { from, limit: PAGE });
    const leases = (page?.['leases'] ?? []) as { 'ip-address': string; 'subnet-id': number }[];
    for (const lease of leases)
      if (subnetId === null || lease['subnet-id'] === subnetId)
        found.set(lease['ip-address'], JSON.stringify(lease));
    if (leases.length < PAGE) return found;
    from = leases.at(-1)!['ip-address'];
  }
}

/** What the rows of a lease file come to: address -> client, end and state. */
export function leaseFileOf(directory: string): Map<string, string> {
  const leases = new Map<string, string>();
  for (const path of FILES.map((name) => join(directory, name)).filter(existsSync)) {
    for (const row of readFileSync(path, 'utf8').split('\n').slice(1, -1)) {
      const [address, hardware, , validLifetime, expire, , , , , state] = row.split(',');
      if (validLifetime === '0') leases.delete(address!);
      else leases.set(address!, `${hardware} ${expire} ${state}`);
    }
  }
  return leases;
}

/** Whether both are the same. */
export function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([address, lease]) => b.get(address) === lease);
}

/** Waits until both servers hold the same leases, in memory and on the disk. @returns them */
export async function untilEqual(pair: Pair): Promise<Map<string, string>> {
  const files = (name: Name) => leaseFileOf(pair.get(name).directory);
  await until('equal on the disk', () => isSame(files('a'), files('b')), EQUAL_POLL_MS);
  return untilSameLeases(pair.get('a'), pair.get('b'));
}

/** Waits until two servers hold the same leases in memory. @returns them */
export async function untilSameLeases(one: Reloadable, other: Reloadable): Promise<Map<string, string>> {
  let leases = new Map<string, string>();
  const areSame = async (): Promise<boolean> => {
    leases = await leasesOf(one);
    return isSame(leases, await leasesOf(other));
  };
  await until('equal', areSame, EQUAL_POLL_MS);
  return leases;
}

/** Has a server take another one's leases by ha-sync. @returns what it has logged of that */
export async function syncByCommand(t: Test, server: Reloadable, source: string): Promise<LogLine[]> {
  const logged = () => server.logged('TDM_HA_SYNC_SUCCEEDED');
  const before = logged().length;
  t.match(await server.ask('ha-sync', { 'server-name': source, 'max-period': 60 }), { result: 0 });
  await until('logged', () => logged().length > before);
  return logged().slice(before);
}

/** The acknowledged leases that are not there, or are somebody else's. @param seed of the load */
export function lostLeases(client: LoadClient, leases: ReadonlyMap<string, string>, seed = 1): string[] {
  const hardware = new Uint8Array(HARDWARE_BYTES);
  return [...client.ledger.leases()].flatMap(({ address, client: number }) => {
    writeHardwareAddress(hardware, 0, seed, number);
    const lease = leases.get(formatIpv4(address));
    return lease?.includes(`"${formatHex(hardware)}"`) === true ? [] : [formatIpv4(address)];
  });
}

/** The first server serves alone, with leases that its partner does not have. */
export async function startAlone(
  t: Test,
  pair: Pair,
  name: Name,
  wish: Wish,
  directory: string,
  port?: number,
): Promise<void> {
  await pair.begin(t, name, { ...wish, more: { ...ALONE, ...wish.more } }, directory, port);
  await until('alone', async () => (await pair.state(name)) === 'partner-down');
}

/** For the relationship: TLS on both sides, with certificates of clients. */
export function tlsOf(t: Test): Record<string, unknown> {
  const authority = new Authority(scratch(t), 'authority');
  const { certificate, key } = authority.issue('server');
  return {
    'trust-anchor': authority.certificate,
    'cert-file': certificate,
    'key-file': key,
    'require-client-certs': true,
  };
}
