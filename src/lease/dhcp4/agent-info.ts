/**
 * What a lease keeps of the relay that its client came through, in the form of Kea 2.4 and later:
 *
 *     { "ISC": { "relay-agent-info": { "relay-id": "ABCD", "remote-id": "722C", "sub-options": "0x0202722C0C02ABCD" } } }
 *
 * The sub-options are those of option 82 as Kea reads them: ascending by code, the parts of one code put together, what is
 * cut off left out. An identifier stands only where there is one. Kea 2.2 keeps a flat string in the place of the map.
 */
import type { ByteRange } from '../../base/byte-range.ts';
import { emptyRange } from '../../base/byte-range.ts';
import type { OptionTable } from '../../dhcp4/option-table.ts';
import { findMember, IscMember } from '../context-member.ts';

/** Octets of option 82 at most: those of the longest datagram. */
export const AGENT_BYTES_MAX = 2048;

/** Where the information stands in a user context. */
export const AGENT_INFO = 'relay-agent-info';

/** RFC 3046 section 3.2, RFC 6925. */
export const REMOTE_ID = 2;
export const RELAY_ID = 12;

const CODES = 256;
const PART_BYTES_MAX = 255;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_MAP = 0x7b;
const LOWER_X = 0x78;
const ZERO = 0x30;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const OPEN = ascii('{ ');
const RELAY_ID_KEY = ascii('"relay-id": "');
const REMOTE_ID_KEY = ascii('"remote-id": "');
const SUB_OPTIONS_KEY = ascii('"sub-options": "');
const HEX_PREFIX = ascii('0x');
const NEXT = ascii('", ');
const CLOSE = ascii('" }');
const SUB_OPTIONS = ascii('sub-options');
const HEX_DIGITS = ascii('0123456789ABCDEF');

const NO_NIBBLE = 255;
const NIBBLE = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : NO_NIBBLE;
});

/** Room for the longest value: the sub-options, and both identifiers once more, in hexadecimal. */
export const AGENT_VALUE_BYTES_MAX = 4 * AGENT_BYTES_MAX + 128;

const range = emptyRange();

/**
 * Writes the value for the sub-options in a table.
 * @param out has room for AGENT_VALUE_BYTES_MAX octets
 * @returns its length
 */
export function encodeAgentInfo(out: Uint8Array, agent: OptionTable): number {
  let at = copy(out, 0, OPEN);
  at = putIdentifier(out, at, RELAY_ID_KEY, agent, RELAY_ID);
  at = putIdentifier(out, at, REMOTE_ID_KEY, agent, REMOTE_ID);
  at = copy(out, at, SUB_OPTIONS_KEY);
  let hasAny = false;
  for (let code = 0; code < CODES; code++) {
    if (!agent.find(code, range)) continue;
    if (!hasAny) at = copy(out, at, HEX_PREFIX);
    hasAny = true;
    at = putSubOption(out, at, code);
  }
  return copy(out, at, CLOSE);
}

function putIdentifier(
  out: Uint8Array,
  from: number,
  key: Uint8Array,
  agent: OptionTable,
  code: number,
): number {
  if (!agent.find(code, range) || range.length === 0) return from;
  return copy(out, putHex(out, copy(out, from, key), 0, range.length), NEXT);
}

/** The sub-option in `range`, in as many parts as its length asks for. */
function putSubOption(out: Uint8Array, from: number, code: number): number {
  let at = from;
  let done = 0;
  do {
    const part = Math.min(PART_BYTES_MAX, range.length - done);
    at = putOctet(out, at, code);
    at = putOctet(out, at, part);
    at = putHex(out, at, done, part);
    done += part;
  } while (done < range.length);
  return at;
}

function putHex(out: Uint8Array, from: number, first: number, length: number): number {
  let at = from;
  for (let i = 0; i < length; i++) at = putOctet(out, at, range.bytes[range.offset + first + i]!);
  return at;
}

function putOctet(out: Uint8Array, at: number, octet: number): number {
  out[at] = HEX_DIGITS[octet >>> 4]!;
  out[at + 1] = HEX_DIGITS[octet & 15]!;
  return at + 2;
}

function copy(out: Uint8Array, at: number, from: Uint8Array): number {
  out.set(from, at);
  return at + from.length;
}

/** Reads option 82 back from a lease. */
export class AgentInfoReader {
  readonly #member = new IscMember(AGENT_INFO);
  readonly #value = emptyRange();

  /**
   * @param context the user context of a lease
   * @param out gets the octets of option 82 from `at` on; there is room for AGENT_BYTES_MAX
   * @returns how many there are; 0 when the lease has none, or nothing that is hexadecimal
   */
  read(context: ByteRange, out: Uint8Array, at: number): number {
    const value = this.#value;
    if (!this.#member.find(context, value)) return 0;
    if (value.bytes[value.offset] === OPEN_MAP && !findMember(value, SUB_OPTIONS, value)) return 0;
    return decodeHex(value, out, at);
  }
}

/** Octets of a JSON string such as "0x0102" or "01:02". @returns how many, 0 when it is none */
function decodeHex({ bytes, offset, length }: ByteRange, out: Uint8Array, at: number): number {
  const end = offset + length - 1;
  if (length < 2 || bytes[offset] !== QUOTE || bytes[end] !== QUOTE) return 0;
  let from = offset + 1;
  if (bytes[from] === ZERO && bytes[from + 1] === LOWER_X) from += 2;
  let count = 0;
  while (from < end) {
    const high = NIBBLE[bytes[from]!]!;
    const low = NIBBLE[bytes[from + 1]!]!;
    if (high === NO_NIBBLE || low === NO_NIBBLE || count === AGENT_BYTES_MAX) return 0;
    out[at + count++] = (high << 4) | low;
    from += 2;
    if (bytes[from] === COLON && from + 1 < end) from++;
  }
  return count;
}
