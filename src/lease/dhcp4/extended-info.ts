/**
 * What a lease that comes from a file or a command says of its relay, judged and brought into the form of agent-info.ts.
 * Kea's `sanity-checks.extended-info-checks`: each mode sees to what the one before it does, and to more.
 *
 *     none       nothing is looked at
 *     fix        the flat string of Kea 2.2 becomes a map; what is no map where one belongs goes
 *     strict     what cannot be decoded goes
 *     pedantic   what does not belong there goes
 */
import { emptyRange } from '../../base/byte-range.ts';
import { parseHex } from '../../base/hex.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { ExtendedInfoChecks } from '../../config/model.ts';
import { OptionTable } from '../../dhcp4/option-table.ts';
import { AGENT_BYTES_MAX, AGENT_INFO, RELAY_ID, REMOTE_ID } from './agent-info.ts';

type JsonMap = Readonly<Record<string, unknown>>;

/** What became of a user context. */
export interface CheckedContext {
  /** The context from here on, one line of JSON; empty = none. The very text that it was when nothing has changed. */
  readonly text: string;
  /** What was taken out, and why; null = nothing was wrong. */
  readonly fault: string | null;
}

const table = new OptionTable(AGENT_BYTES_MAX, false);
const range = emptyRange();
const KNOWN = ['sub-options', 'remote-id', 'relay-id', 'comment'];

/** @param text one JSON map, or nothing */
export function checkExtendedInfo(text: string, checks: ExtendedInfoChecks): CheckedContext {
  if (text === '' || checks === 'none') return { text, fault: null };
  const context: JsonMap = JSON.parse(text);
  if (Object.keys(context).length === 0) return { text: '', fault: null };
  const isc = context['ISC'];
  if (isc === undefined) return { text, fault: null };
  if (!isMap(isc)) return { text: without(context, 'ISC'), fault: 'ISC is no map' };
  if (Object.keys(isc).length === 0) return { text: without(context, 'ISC'), fault: null };
  const info = isc[AGENT_INFO];
  if (info === undefined) return { text, fault: null };
  if (typeof info === 'string') {
    const upgraded = upgrade(info);
    if (upgraded !== null)
      return { text: encodeKeaJson({ ...context, ISC: { ...isc, [AGENT_INFO]: upgraded } }), fault: null };
  }
  const fault = faultOf(info, checks);
  if (fault === null) return { text, fault };
  const { [AGENT_INFO]: _, ...rest } = isc;
  const isEmpty = Object.keys(rest).length === 0;
  return { text: isEmpty ? without(context, 'ISC') : encodeKeaJson({ ...context, ISC: rest }), fault };
}

/** The map in place of Kea 2.2's string; null when that is not hexadecimal. */
function upgrade(info: string): JsonMap | null {
  const bytes = octetsOf(info);
  if (bytes === null) return null;
  table.walk(bytes, 0, Math.min(bytes.length, AGENT_BYTES_MAX));
  return { 'sub-options': info, ...identifier('relay-id', RELAY_ID), ...identifier('remote-id', REMOTE_ID) };
}

function identifier(name: string, code: number): JsonMap {
  if (!table.find(code, range) || range.length === 0) return {};
  const octets = range.bytes.subarray(range.offset, range.offset + range.length);
  return { [name]: Buffer.from(octets).toString('hex').toUpperCase() };
}

function faultOf(info: unknown, checks: ExtendedInfoChecks): string | null {
  if (typeof info === 'string') return `${AGENT_INFO} is not hexadecimal`;
  if (!isMap(info)) return `${AGENT_INFO} is neither a map nor a string`;
  if (checks === 'fix') return null;
  const options = info['sub-options'];
  if (options !== undefined && (typeof options !== 'string' || octetsOf(options) === null))
    return 'sub-options is not hexadecimal';
  for (const name of ['remote-id', 'relay-id']) {
    const value = info[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !/^([0-9a-fA-F]{2})+$/.test(value)) return `${name} is not hexadecimal`;
  }
  if (checks === 'strict') return null;
  const stranger = Object.keys(info).find((name) => !KNOWN.includes(name));
  return stranger === undefined ? null : `${JSON.stringify(stranger)} does not belong to ${AGENT_INFO}`;
}

/** Octets of "0x0102", "0102" or "01:02"; of nothing none. Null when it is something else. */
function octetsOf(text: string): Uint8Array | null {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  return /^([0-9a-fA-F]{2})*$/.test(digits) ? Buffer.from(digits, 'hex') : parseHex(text);
}

function without(context: JsonMap, name: string): string {
  const { [name]: _, ...rest } = context;
  return Object.keys(rest).length === 0 ? '' : encodeKeaJson(rest);
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
