/** Cuts an expression into tokens, by the rules of Kea's lexer: the longest match counts, and words need no blanks between. */
import { parseIpv4 } from '../base/ipv4.ts';
import { parseIpv6 } from '../base/ipv6-text.ts';
import { FaultError } from './fault.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'hex' | 'integer' | 'address' | 'name' | 'end';
  /** As written; of a string what stands between the quotes. */
  readonly text: string;
  /** Octets of a string, a hexadecimal constant or an address. */
  readonly octets: Uint8Array | null;
  /** UTF-16 units from the start of the expression. */
  readonly at: number;
}

/** The words of the language. */
const WORDS = [
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '*',
  '+',
  '==',
  'addrtotext',
  'all',
  'and',
  'ciaddr',
  'concat',
  'data',
  'dst',
  'enterprise',
  'exists',
  'giaddr',
  'hex',
  'hexstring',
  'hlen',
  'htype',
  'iface',
  'ifelse',
  'int16totext',
  'int32totext',
  'int8totext',
  'known',
  'lcase',
  'len',
  'linkaddr',
  'mac',
  'match',
  'member',
  'msgtype',
  'not',
  'option',
  'or',
  'peeraddr',
  'pkt',
  'pkt4',
  'pkt6',
  'relay4',
  'relay6',
  'sand',
  'siaddr',
  'sifelse',
  'sor',
  'split',
  'src',
  'substring',
  'text',
  'transid',
  'ucase',
  'uint16totext',
  'uint32totext',
  'uint8totext',
  'unknown',
  'vendor',
  'vendor-class',
  'yiaddr',
].sort((a, b) => b.length - a.length);

const BLANKS = /[ \t\r\n]*/y;
const STRING = /'([^'\n]*)'/y;
const NUMBER_KINDS = [
  { kind: 'address', pattern: /[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*/y },
  { kind: 'address', pattern: /[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+/y },
  { kind: 'hex', pattern: /0[xX][0-9a-fA-F]+/y },
  { kind: 'integer', pattern: /-?[0-9]+/y },
] as const;
/** The name of an option stands alone between brackets. */
const NAME = /[A-Za-z](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?(?=[ \t\r\n]*\])/y;

const encoder = new TextEncoder();

/** @throws FaultError with the position of the first character that begins no token */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = matchAt(BLANKS, text, 0).length;
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.kind === 'string' ? token.text.length + 2 : token.text.length;
    at += matchAt(BLANKS, text, at).length;
  }
  tokens.push({ kind: 'end', text: '', octets: null, at: text.length });
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function tokenAt(text: string, at: number): Token {
  if (text[at] === "'") return stringAt(text, at);
  const name = matchAt(NAME, text, at);
  const number = numberAt(text, at);
  const word = WORDS.find((each) => text.startsWith(each, at)) ?? '';
  const length = Math.max(name.length, number?.text.length ?? 0, word.length);
  if (length === 0) throw new FaultError(at, quoteAt(text, at), 'an operator, a keyword or a constant');
  // Between brackets a keyword is a name like any other.
  if (name.length === length) return { kind: 'name', text: name, octets: null, at };
  if (number !== null && number.text.length === length) return number;
  return { kind: 'word', text: word, octets: null, at };
}

function stringAt(text: string, at: number): Token {
  const match = matchAt(STRING, text, at);
  if (match === '') throw new FaultError(at, 'a string without an end', 'a closing quote in the same line');
  const content = match.slice(1, -1);
  return { kind: 'string', text: content, octets: encoder.encode(content), at };
}

function numberAt(text: string, at: number): Token | null {
  let best: Token | null = null;
  for (const { kind, pattern } of NUMBER_KINDS) {
    const match = matchAt(pattern, text, at);
    if (match.length > (best?.text.length ?? 0)) best = { kind, text: match, octets: null, at };
  }
  if (best === null || best.kind === 'integer') return best;
  return { ...best, octets: best.kind === 'hex' ? hexOctets(best.text) : addressOctets(best) };
}

/** An odd number of digits begins with half an octet. */
function hexOctets(text: string): Uint8Array {
  const digits = text.slice(2);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) =>
    Number.parseInt(even.slice(2 * i, 2 * i + 2), 16),
  );
}

function addressOctets({ text, at }: Token): Uint8Array {
  if (text.includes(':')) {
    const octets = parseIpv6(text);
    if (octets !== null) return octets;
    throw new FaultError(at, text, 'an IPv6 address');
  }
  const address = parseIpv4(text);
  if (address === null) throw new FaultError(at, text, 'an IPv4 address');
  return numberOctets(address);
}

/** The four octets of a number, the form in which numbers are compared. @param value 0..4294967295 */
export function numberOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function quoteAt(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
}
