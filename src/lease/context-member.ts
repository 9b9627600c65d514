/**
 * Reads and changes one member of the map "ISC" inside a lease's user context, `{ "ISC": { "client-classes": [ .. ] } }`, where
 * the octets stand: everything else in the context stays as it is. A context is one JSON map (see csv-context.ts) or nothing;
 * keys that are written with escapes are not found.
 */
import type { ByteRange } from '../base/byte-range.ts';
import { skipBlanks, skipString } from './csv-context.ts';
import { USER_CONTEXT_BYTES_MAX } from './record.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

const NOT_THERE = -1;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const ISC = ascii('"ISC"');
const OPEN = ascii('{ ');
const CLOSE = ascii(' }');
const PAIR = ascii(': ');
const NEXT = ascii(', ');

/** The key of the classes of a lease's client, as it stands in the context. */
export const CLIENT_CLASSES_KEY = ascii('"client-classes"');

/** Where the value of a member of "ISC" begins; -1 = there is none. @param key in quotes */
export function findIscMember({ bytes, offset, length }: ByteRange, key: Uint8Array): number {
  const end = offset + length;
  const isc = findMember(bytes, skipBlanks(bytes, offset, end), end, ISC);
  return isc === NOT_THERE ? NOT_THERE : findMember(bytes, isc, end, key);
}

/**
 * Writes a context with another value of a member of "ISC".
 * @param out has room for `USER_CONTEXT_BYTES_MAX` octets; not the memory that `context` is in
 * @param key in quotes
 * @param value JSON
 * @returns octets written; 0 = they would be more than a row can hold, or "ISC" is something else than a map
 */
export function setIscMember(out: Uint8Array, context: ByteRange, key: Uint8Array, value: ByteRange): number {
  // What is put around the value at most: both maps and the separators.
  if (context.length + value.length + key.length + 32 > USER_CONTEXT_BYTES_MAX) return 0;
  const { bytes, offset } = context;
  const end = offset + context.length;
  const root = skipBlanks(bytes, offset, end);
  if (root === end) return close(out, close(out, memberOfIsc(out, copy(out, 0, OPEN), key, value)));
  const isc = findMember(bytes, root, end, ISC);
  if (isc === NOT_THERE) {
    const at = close(out, memberOfIsc(out, copyRun(out, 0, bytes, offset, root + 1), key, value));
    return finish(out, at, bytes, root + 1, end);
  }
  if (bytes[isc] !== OPEN_MAP) return 0;
  const former = findMember(bytes, isc, end, key);
  if (former !== NOT_THERE) {
    const at = copyValue(out, copyRun(out, 0, bytes, offset, former), value);
    return copyRun(out, at, bytes, skipValue(bytes, former, end), end);
  }
  return finish(out, member(out, copyRun(out, 0, bytes, offset, isc + 1), key, value), bytes, isc + 1, end);
}

/** `"ISC": { KEY: VALUE`, the map left open. */
function memberOfIsc(out: Uint8Array, at: number, key: Uint8Array, value: ByteRange): number {
  return member(out, copy(out, copy(out, copy(out, at, ISC), PAIR), OPEN), key, value);
}

function member(out: Uint8Array, at: number, key: Uint8Array, value: ByteRange): number {
  return copyValue(out, copy(out, copy(out, at, key), PAIR), value);
}

function close(out: Uint8Array, at: number): number {
  return copy(out, at, CLOSE);
}

/** The rest of a map behind a member that was put first. */
function finish(out: Uint8Array, at: number, bytes: Uint8Array, from: number, end: number): number {
  const isLast = bytes[skipBlanks(bytes, from, end)] === CLOSE_MAP;
  return copyRun(out, isLast ? at : copy(out, at, NEXT), bytes, from, end);
}

/** The value of a member of the map that begins at `open`. */
function findMember(bytes: Uint8Array, open: number, end: number, key: Uint8Array): number {
  if (open >= end || bytes[open] !== OPEN_MAP) return NOT_THERE;
  for (let at = skipBlanks(bytes, open + 1, end); at < end && bytes[at] === QUOTE; ) {
    const start = at;
    at = skipString(bytes, at, end);
    if (at < 0) return NOT_THERE;
    const isKey = isEqual(bytes, start, at, key);
    at = skipBlanks(bytes, at, end);
    if (bytes[at] !== COLON) return NOT_THERE;
    at = skipBlanks(bytes, at + 1, end);
    if (isKey) return at;
    at = skipBlanks(bytes, skipValue(bytes, at, end), end);
    if (bytes[at] !== COMMA) return NOT_THERE;
    at = skipBlanks(bytes, at + 1, end);
  }
  return NOT_THERE;
}

/** The offset behind a value: a string, a map or list with all that is in it, or what ends before a separator. */
function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const behind = skipString(bytes, at, end);
      at = behind < 0 ? end : behind;
    } else {
      const closes = byte === CLOSE_MAP || byte === CLOSE_LIST;
      if (depth === 0 && (closes || byte === COMMA)) return at;
      if (byte === OPEN_MAP || byte === OPEN_LIST) depth++;
      else if (closes) depth--;
      at++;
    }
    if (depth === 0 && isEnd(bytes[at - 1]!)) return at;
  }
  return end;
}

/** Whether an octet ends a string, a map or a list. */
function isEnd(byte: number): boolean {
  return byte === QUOTE || byte === CLOSE_MAP || byte === CLOSE_LIST;
}

function isEqual(bytes: Uint8Array, from: number, to: number, key: Uint8Array): boolean {
  if (to - from !== key.length) return false;
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
  return true;
}

function copy(out: Uint8Array, at: number, from: Uint8Array): number {
  return copyRun(out, at, from, 0, from.length);
}

function copyValue(out: Uint8Array, at: number, { bytes, offset, length }: ByteRange): number {
  return copyRun(out, at, bytes, offset, offset + length);
}

function copyRun(out: Uint8Array, at: number, bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) out[at++] = bytes[i]!;
  return at;
}
