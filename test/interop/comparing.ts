/** Putting one query after the other to a server, and what of its answers two servers must have in common. */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply, readReply } from '../engine/packets.ts';
import { putQueries } from './asker.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import type { Network } from './network.ts';

export const BEHIND_XID = 0x8000_0000;
const BEHIND_ADDRESS = '10.65.200.1';

/** One thread, so that answers keep their order; every renewal is written, so that none overtakes a parked answer. */
export const ORDERLY = { 'multi-threading': { 'enable-multi-threading': false }, 'cache-max-age': 0 };

let renewals = 0;

/**
 * The query that is always answered: a client renews the lease that its first query has given it. Each has a transaction of
 * its own, because the answer to a query that comes again is there at once and would overtake one that is parked.
 */
export function behind(): Uint8Array {
  const mac = '02:00:00:00:00:01';
  const xid = BEHIND_XID + renewals++;
  return packet({ type: MessageType.request, xid, mac, ciaddr: BEHIND_ADDRESS, giaddr: ADDRESS.load });
}

/** A query with the answer to it, null for silence. */
export type Asked<Q> = Q & { readonly reply: Reply | null };

/** Of each network: when those who asked from a host have ended, since all of them ask from the ports of a relay and a client. */
const asking = new WeakMap<Network, Map<string, Promise<unknown>>>();

/** Puts queries to a target from an address of a host, each with the one behind it; after those who ask from there already. */
export async function ask<Q extends { readonly datagram: Uint8Array }>(
  network: Network,
  from: readonly [host: string, address: string, target: string],
  queries: readonly Q[],
  next: (index: number) => Uint8Array,
): Promise<Asked<Q>[]> {
  const [host] = from;
  const hosts = asking.get(network) ?? new Map<string, Promise<unknown>>();
  asking.set(network, hosts);
  const before = hosts.get(host) ?? Promise.resolve();
  const answers = before.then(() => askNow(network, from, queries, next));
  hosts.set(
    host,
    answers.catch(() => {}),
  );
  return answers;
}

async function askNow<Q extends { readonly datagram: Uint8Array }>(
  network: Network,
  from: readonly [host: string, address: string, target: string],
  queries: readonly Q[],
  next: (index: number) => Uint8Array,
): Promise<Asked<Q>[]> {
  const pairs = queries.map(({ datagram }, index) => [datagram, next(index)] as const);
  const answers = await putQueries(network, from, pairs);
  return queries.map((query, index) => {
    const answer = answers[index] ?? null;
    return { ...query, reply: answer === null ? null : readReply(answer) };
  });
}

/** Puts queries to a server as a relay does. */
export function askAsRelay<Q extends { readonly datagram: Uint8Array }>(
  network: Network,
  server: ServerName,
  queries: readonly Q[],
): Promise<Asked<Q>[]> {
  return ask(network, ['load', ADDRESS.load, ADDRESS[server]], queries, behind);
}

/** What of a reply must be the same. Which address is free depends on the server; option 82 has a rule of its own. */
export function comparable(server: ServerName, reply: Reply | null): unknown {
  if (reply === null) return 'silence';
  const { type, ciaddr, giaddr, flags, yiaddr } = reply;
  const options = [...reply.options].filter(([code]) => code !== 82);
  const own = Buffer.from(ip(ADDRESS[server])).toString('hex');
  const text = options.map(([code, data]) =>
    `${code}=${Buffer.from(data).toString('hex')}`.replace(own, 'own'),
  );
  // [RFC2131 4.3.2] Tandem has a relay broadcast every NAK, Kea does not.
  const asked = type === MessageType.nak ? 'any' : flags;
  return { type, ciaddr, giaddr, flags: asked, subnet: subnetOf(yiaddr), options: text };
}

function subnetOf(address: string): string {
  const value = parseIpv4(address)!;
  return value === 0 ? 'none' : value >>> 24 === 10 && ((value >>> 16) & 255) === 80 ? 'clients' : 'servers';
}
