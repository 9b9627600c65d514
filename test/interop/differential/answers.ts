/** What of two answers is compared: every field and every option by its name. */
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { type Reply, readReply } from '../../engine/packets.ts';
import type { Answer, NameChange } from './scripts.ts';

/** Field -> value as text; silence has the only field `type`. */
export type Fields = ReadonlyMap<string, string>;

/** Pools by their first and last address, from any place of a configuration. */
export type Ranges = readonly { readonly name: string; readonly first: number; readonly last: number }[];

const TYPES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];
const hex = (octets: Uint8Array | undefined): string => Buffer.from(octets ?? []).toString('hex');

function replyOf(answer: Answer): Reply | null {
  return answer.hex === undefined ? null : readReply(Uint8Array.from(Buffer.from(answer.hex, 'hex')));
}

/** The address that the client is granted, for the rest of its script. */
export function heldAfter(answer: Answer, before: string | null): string | null {
  const reply = replyOf(answer);
  return reply?.type === 5 && reply.yiaddr !== '0.0.0.0' ? reply.yiaddr : before;
}

/** @param held the address that the client was granted before: it must be the same one; any other one is only of a pool */
export function fieldsOf(answer: Answer, ranges: Ranges, held: string | null): Fields {
  const reply = replyOf(answer);
  const told = (answer.changes ?? []).map((change) => toldOf(change, ranges, held));
  const changes = told.length === 0 ? [] : ([['changes', told.join()]] as const);
  if (reply === null) return new Map([['type', 'silence'], ...changes]);
  const { asked = ['', ''] } = answer;
  const { type, hops, flags, ciaddr, yiaddr, siaddr, giaddr, sname, file, options } = reply;
  return new Map([
    ['type', TYPES[type] ?? `type ${type}`],
    ['port', `${answer.port}`],
    ['hops', `${hops}`],
    ['secs', hex(reply.bytes.slice(8, 10))],
    ['flags', flags.toString(16)],
    ['ciaddr', ciaddr === asked[0] ? 'as asked' : ciaddr],
    ['yiaddr', yiaddr === asked[1] ? 'as asked' : placeOf(yiaddr, ranges, held)],
    ['siaddr', siaddr],
    ['giaddr', giaddr],
    ['sname', sname],
    ['file', file],
    ['order', orderOf(reply)],
    ...[...options].map(([code, data]) => [`option ${code}`, hex(withoutAddress(data, yiaddr))] as const),
    ...changes,
  ]);
}

/** In a name that is made of an address it is another one with each server; all addresses that are given so are as long. */
function withoutAddress(data: Uint8Array, address: string): Uint8Array {
  const made = address.replaceAll('.', '-');
  const text = Buffer.from(data).toString('latin1');
  return Buffer.from(text.replace(made, 'x'.repeat(made.length)), 'latin1');
}

/** A name change request, without what depends on the clock or on the address that a server happened to give. */
function toldOf(change: NameChange, ranges: Ranges, held: string | null): string {
  const address = String(change['ip-address']);
  const made = address.replaceAll('.', '-');
  const { 'lease-expires-on': _, 'use-conflict-resolution': isChecked, ...rest } = change;
  const isMade = String(change['fqdn']).includes(made);
  return JSON.stringify({
    ...rest,
    // The older word for two of the modes, which every kea-dhcp-ddns takes.
    'conflict-resolution-mode':
      rest['conflict-resolution-mode'] ?? (isChecked === true ? 'check-with-dhcid' : 'no-check-with-dhcid'),
    'ip-address': placeOf(address, ranges, held),
    fqdn: String(change['fqdn']).replace(made, 'address'),
    // Made of the name, too.
    dhcid: isMade ? 'of an address' : change['dhcid'],
  });
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

/** The reserved addresses and then the pools of a configuration, wherever they stand. */
export function rangesOf(value: unknown): Ranges {
  const ranges = placesOf(value);
  const isAddress = ({ first, last }: Ranges[number]): boolean => first === last;
  return [...ranges.filter(isAddress), ...ranges.filter((range) => !isAddress(range))];
}

function placesOf(value: unknown): Ranges {
  if (Array.isArray(value)) return value.flatMap(placesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { pool, 'ip-address': address } = value as { pool?: unknown; 'ip-address'?: unknown };
  const mine = [pool, address].filter((each) => typeof each === 'string').map(rangeOf);
  return [...mine, ...Object.values(value).flatMap(placesOf)];
}

function rangeOf(pool: string): Ranges[number] {
  const [from = '', to = ''] = pool.split('-').map((each) => each.trim());
  if (to !== '') return { name: pool, first: parseIpv4(from)!, last: parseIpv4(to)! };
  const [prefix = '', length = '32'] = from.split('/');
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
