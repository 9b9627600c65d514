/**
 * Tells whether bytes are one JSON map (RFC 8259), without building it. A lease's user context travels on as it stands,
 * into commands and to the peers, so that what is not JSON must not get in from a file.
 */

/** Maps and lists that may be open at once; Kea's own reader stops at the same depth. */
export const CONTEXT_DEPTH_MAX = 100;

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const LITERALS = [ascii('true'), ascii('false'), ascii('null')] as const;
const ESCAPES = ascii('"\\/bfnrt');

/** What may come next. The two `first` members also allow the closing bracket. */
const Expect = { value: 0, firstValue: 1, key: 2, firstKey: 3, separator: 4 } as const;
type Expect = (typeof Expect)[keyof typeof Expect];

/** The closing bracket of each open map and list. */
const open = new Uint8Array(CONTEXT_DEPTH_MAX);

/** True when `bytes[at .. end)` is one JSON map of at most `CONTEXT_DEPTH_MAX` levels, blanks around it allowed. */
export function isJsonMap(bytes: Uint8Array, at: number, end: number): boolean {
  let depth = 0;
  let expect: Expect = Expect.value;
  at = skipBlanks(bytes, at, end);
  if (bytes[at] !== OPEN_MAP) return false;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === OPEN_MAP || byte === OPEN_LIST) {
      if (expect > Expect.firstValue || depth === CONTEXT_DEPTH_MAX) return false;
      open[depth++] = byte + 2;
      expect = byte === OPEN_MAP ? Expect.firstKey : Expect.firstValue;
      at++;
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      if (expect === Expect.value || expect === Expect.key || open[depth - 1] !== byte) return false;
      depth--;
      if (depth === 0) return skipBlanks(bytes, at + 1, end) === end;
      expect = Expect.separator;
      at++;
    } else if (expect === Expect.separator) {
      if (byte !== COMMA) return false;
      expect = open[depth - 1] === CLOSE_MAP ? Expect.key : Expect.value;
      at++;
    } else if (expect >= Expect.key) {
      at = skipKey(bytes, at, end);
      expect = Expect.value;
    } else {
      at = skipScalar(bytes, at, end);
      expect = Expect.separator;
    }
    if (at < 0) return false;
    at = skipBlanks(bytes, at, end);
  }
  return false;
}

// Each helper returns the offset behind what it read, or -1 when it is not there.

export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d)) {
    at++;
  }
  return at;
}

function skipKey(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== QUOTE) return -1;
  at = skipString(bytes, at, end);
  if (at < 0) return -1;
  at = skipBlanks(bytes, at, end);
  return at < end && bytes[at] === COLON ? at + 1 : -1;
}

function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!;
  if (byte === QUOTE) return skipString(bytes, at, end);
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return skipNumber(bytes, at, end);
  for (const literal of LITERALS) {
    let matched = 0;
    while (matched < literal.length && at + matched < end && bytes[at + matched] === literal[matched]) {
      matched++;
    }
    if (matched === literal.length) return at + matched;
  }
  return -1;
}

export function skipString(bytes: Uint8Array, at: number, end: number): number {
  at++;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return -1;
    if (byte === BACKSLASH) {
      at++;
      if (at >= end) return -1;
      if (bytes[at] === LOWER_U) {
        for (let digit = 1; digit <= 4; digit++)
          if (at + digit >= end || !isHex(bytes[at + digit]!)) return -1;
        at += 4;
      } else if (!ESCAPES.includes(bytes[at]!)) return -1;
    }
    at++;
  }
  return -1;
}

function isHex(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= ZERO && byte <= NINE) || (lower >= 0x61 && lower <= 0x66);
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === MINUS) at++;
  if (at < end && bytes[at] === ZERO) at++;
  else at = skipDigits(bytes, at, end);
  if (at >= 0 && at < end && bytes[at] === DOT) at = skipDigits(bytes, at + 1, end);
  if (at >= 0 && at < end && (bytes[at]! | 0x20) === LOWER_E) {
    at++;
    if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++;
    at = skipDigits(bytes, at, end);
  }
  return at;
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  const first = at;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at > first ? at : -1;
}
