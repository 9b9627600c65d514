/**
 * The part of a lease's user context that belongs to the server, as Kea keeps it:
 *
 *     { "ISC": { "relay-agent-info": ... }, "comment": "what administrators write stays as it is" }
 *
 * A member of "ISC" is found and set in the text itself, because that happens while packets are served: nothing is parsed
 * into objects. A context is one JSON map (csv-context.ts saw to that); its names are found as they are written, an escaped
 * one is another name. Members stand ascending by name, as Kea writes them.
 */
import { type ByteRange, clearRange, emptyRange } from '../base/byte-range.ts';
import { skipBlanks, skipString } from './csv-context.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const BLANK = 0x20;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const ISC = ascii('ISC');

/** The classes of a lease's client, by which leases are counted. */
export const CLIENT_CLASSES = 'client-classes';

const NOTHING = ascii('');

/** What a new member is written between, by where it comes to stand. */
interface Frame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** The frames of `"name": {value}` with something around it, for each place that a member can have. */
class Frames {
  /** The only one of its map. */
  readonly alone: Frame;
  /** In front of another one. */
  readonly before: Frame;
  /** Behind the last one. */
  readonly last: Frame;

  constructor(head: string, tail: string) {
    this.alone = { head: ascii(`{ ${head}`), tail: ascii(`${tail} }`) };
    this.before = { head: ascii(head), tail: ascii(`${tail}, `) };
    this.last = { head: ascii(`, ${head}`), tail: ascii(tail) };
  }
}

const INSTEAD: Frame = { head: NOTHING, tail: NOTHING };

export class IscMember {
  readonly #name: Uint8Array;
  /** Of the member in the map "ISC". */
  readonly #inner: Frames;
  /** Of "ISC" with the member in it. */
  readonly #outer: Frames;
  readonly #isc = emptyRange();
  readonly #found = emptyRange();
  // What `#place` has found: the octets [#from, #to) give way to a frame with the value.
  #from = 0;
  #to = 0;
  #frame = INSTEAD;

  /** @param name of letters, digits and hyphens */
  constructor(name: string) {
    this.#name = ascii(name);
    this.#inner = new Frames(`"${name}": `, '');
    this.#outer = new Frames(`"ISC": { "${name}": `, ' }');
  }

  /** Finds the member. @param out its value, a range in the context; empty when there is none */
  find(context: ByteRange, out: ByteRange): boolean {
    return findMember(context, ISC, this.#isc) && findMember(this.#isc, this.#name, out);
  }

  /**
   * Writes a context with the member set and everything else as it was.
   * @param context a map, or no octets for none
   * @param value one JSON value of one line
   * @returns how many octets stand in `out`; 0 when they do not fit
   */
  put(context: ByteRange, value: ByteRange, out: Uint8Array): number {
    this.#place(context);
    const { bytes, offset, length } = context;
    const { head, tail } = this.#frame;
    const end = offset + length;
    const total = length - (this.#to - this.#from) + head.length + value.length + tail.length;
    if (total > out.length) return 0;
    let at = copy(out, 0, bytes, offset, this.#from);
    at = copy(out, at, head, 0, head.length);
    at = copy(out, at, value.bytes, value.offset, value.offset + value.length);
    at = copy(out, at, tail, 0, tail.length);
    return copy(out, at, bytes, this.#to, end);
  }

  #place(context: ByteRange): void {
    if (!findMember(context, ISC, this.#isc)) this.#insert(context, ISC, this.#outer);
    else if (this.#isc.bytes[this.#isc.offset] !== OPEN_MAP) this.#replace(this.#isc, this.#inner.alone);
    else if (findMember(this.#isc, this.#name, this.#found)) this.#replace(this.#found, INSTEAD);
    else this.#insert(this.#isc, this.#name, this.#inner);
  }

  #replace({ offset, length }: ByteRange, frame: Frame): void {
    this.#from = offset;
    this.#to = offset + length;
    this.#frame = frame;
  }

  /** Finds the place of a name that a map does not have. */
  #insert(map: ByteRange, name: Uint8Array, frames: Frames): void {
    const { bytes, offset, length } = map;
    const end = offset + length;
    let last = -1;
    for (let at = firstName(map); at < end; ) {
      const close = stringEnd(bytes, at, end);
      if (isLess(name, bytes, at + 1, close - 1)) return this.#at(at, frames.before);
      last = skipValue(bytes, valueAfter(bytes, close, end), end);
      at = nextName(bytes, last, end);
    }
    if (last < 0) this.#replace(map, frames.alone);
    else this.#at(last, frames.last);
  }

  #at(place: number, frame: Frame): void {
    this.#from = place;
    this.#to = place;
    this.#frame = frame;
  }
}

/** Finds a member of a JSON map. @param out its value, a range in the map; empty when there is none, or no map */
export function findMember(map: ByteRange, name: Uint8Array, out: ByteRange): boolean {
  const { bytes, offset, length } = map;
  const end = offset + length;
  for (let at = firstName(map); at < end; ) {
    const close = stringEnd(bytes, at, end);
    const value = valueAfter(bytes, close, end);
    const next = skipValue(bytes, value, end);
    if (isEqual(name, bytes, at + 1, close - 1)) {
      out.bytes = bytes;
      out.offset = value;
      out.length = next - value;
      return true;
    }
    at = nextName(bytes, next, end);
  }
  clearRange(out);
  return false;
}

/** Where the first name of a map opens; its end when there is none. */
function firstName({ bytes, offset, length }: ByteRange): number {
  const end = offset + length;
  const at = skipBlanks(bytes, offset, end);
  return at < end && bytes[at] === OPEN_MAP ? nameAt(bytes, at + 1, end) : end;
}

function nextName(bytes: Uint8Array, from: number, end: number): number {
  const at = skipBlanks(bytes, from, end);
  return at < end && bytes[at] === COMMA ? nameAt(bytes, at + 1, end) : end;
}

function nameAt(bytes: Uint8Array, from: number, end: number): number {
  const at = skipBlanks(bytes, from, end);
  return at < end && bytes[at] === QUOTE ? at : end;
}

function valueAfter(bytes: Uint8Array, from: number, end: number): number {
  let at = skipBlanks(bytes, from, end);
  if (at < end && bytes[at] === COLON) at++;
  return skipBlanks(bytes, at, end);
}

/** The offset behind the string that opens at `from`; the end when nothing closes it. */
function stringEnd(bytes: Uint8Array, from: number, end: number): number {
  const behind = skipString(bytes, from, end);
  return behind < 0 ? end : behind;
}

/** The offset behind the value that starts at `from`. */
function skipValue(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; ) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = stringEnd(bytes, at, end);
    else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      depth++;
      at++;
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth--;
      at++;
    } else if (depth === 0 && (byte === COMMA || byte <= BLANK)) return at;
    else {
      at++;
      continue;
    }
    if (depth === 0) return at;
  }
  return end;
}

function isEqual(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return true;
}

/** Whether a name comes before the one in [from, to). */
function isLess(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const length = Math.min(name.length, to - from);
  for (let i = 0; i < length; i++) if (bytes[from + i] !== name[i]) return name[i]! < bytes[from + i]!;
  return name.length < to - from;
}

function copy(out: Uint8Array, to: number, bytes: Uint8Array, from: number, end: number): number {
  let at = to;
  for (let i = from; i < end; i++) out[at++] = bytes[i]!;
  return at;
}
