/** What of two answers is compared: every field and every option by its name. */
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { type Reply, readReply } from '../../engine/packets.ts';
import type { Answer } from './scripts.ts';

/** Field -> value as text; silence has the only field `type`. */
export type Fields = ReadonlyMap<string, string>;

/** Pools by their first and last address, from any place of a configuration. */
export type Ranges = readonly { readonly name: string; readonly first: number; readonly last: number }[];

const TYPES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];
const hex = (octets: Uint8Array | undefined): string => Buffer.from(octets ?? []).toString('hex');

export function replyOf(answer: Answer): Reply | null {
  return answer.hex === undefined ? null : readReply(Uint8Array.from(Buffer.from(answer.hex, 'hex')));
}

/** @param held the address that the client was granted before: it must be the same one; any other one is only of a pool */
export function fieldsOf(answer: Answer, ranges: Ranges, held: string | null): Fields {
  const reply = replyOf(answer);
  if (reply === null) return new Map([['type', 'silence']]);
  const { type, hops, flags, ciaddr, yiaddr, siaddr, giaddr, sname, file, options } = reply;
  return new Map([
    ['type', TYPES[type] ?? `type ${type}`],
    ['port', `${answer.port}`],
    ['hops', `${hops}`],
    ['secs', hex(reply.bytes.slice(8, 10))],
    ['flags', flags.toString(16)],
    // The address of the lease itself, where it is repeated.
    ['ciaddr', ciaddr === held ? 'held' : ciaddr],
    ['yiaddr', placeOf(yiaddr, ranges, held)],
    ['siaddr', siaddr],
    ['giaddr', giaddr],
    ['sname', sname],
    ['file', file],
    ['order', orderOf(reply)],
    ...[...options].map(([code, data]) => [`option ${code}`, hex(data)] as const),
  ]);
}

function placeOf(address: string, ranges: Ranges, held: string | null): string {
  if (address === held) return 'held';
  const value = parseIpv4(address)!;
  return ranges.find(({ first, last }) => value >= first && value <= last)?.name ?? address;
}

/** Ascending, but for 53 at the start and 82 at the end; otherwise the order itself. */
function orderOf({ codes }: Reply): string {
  const middle = codes.filter((code) => code !== 53 && code !== 82);
  const wanted = [53, ...[...middle].sort((a, b) => a - b), ...codes.filter((code) => code === 82)];
  return wanted.join() === codes.join() ? 'usual' : codes.join();
}

/** The pools of a configuration, wherever they stand. */
export function rangesOf(value: unknown): Ranges {
  if (Array.isArray(value)) return value.flatMap(rangesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { pool } = value as { pool?: unknown };
  const mine = typeof pool === 'string' ? [rangeOf(pool)] : [];
  return [...mine, ...Object.values(value).flatMap(rangesOf)];
}

function rangeOf(pool: string): Ranges[number] {
  const [from = '', to = ''] = pool.split('-').map((each) => each.trim());
  if (to !== '') return { name: pool, first: parseIpv4(from)!, last: parseIpv4(to)! };
  const [prefix = '', length = ''] = from.split('/');
  const first = parseIpv4(prefix)!;
  return { name: pool, first, last: first + 2 ** (32 - Number(length)) - 1 };
}

/** Seconds that pass between two queries of a script, at most. */
const PASSED_SEC_MAX = 5;
const TIMES = ['option 51', 'option 58', 'option 59'];

/**
 * The fields in which two answers differ.
 * @param isCached times may have gone on between the answers
 */
export function differing(one: Fields, other: Fields, isCached: boolean): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  if (one.get('type') !== other.get('type')) return ['type'];
  const mayDiffer = (name: string): boolean =>
    isCached && TIMES.includes(name) && Math.abs(number(one, name) - number(other, name)) <= PASSED_SEC_MAX;
  return [...names].filter((name) => one.get(name) !== other.get(name) && !mayDiffer(name));
}

function number(fields: Fields, name: string): number {
  return Number.parseInt(fields.get(name) ?? '', 16);
}
