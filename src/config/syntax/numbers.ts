/**
 * Kea's numbers. It takes more spellings than JSON does (`.5`, `5.`, `+1`, `007`), and to it a number with a point or an exponent
 * is a real number even where its value is whole: `100.0` is no number of seconds, and `1` is no part of a lifetime.
 */

/** What a token means. */
export interface NumberToken {
  /** The same number as JSON writes it. */
  readonly json: string;
  readonly isReal: boolean;
  /** False for an integer of more than 64 bits and for a real number that is no double. */
  readonly fits: boolean;
}

const INTEGER = /^-?[0-9]+$/;
const REAL = /^([-+]?)([0-9]*)(?:\.([0-9]*))?([eE][-+]?[0-9]+)?$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Characters of the longest of them. */
const INT64_TEXT_MAX = 20;

/** @returns null when the token is no number */
export function readNumber(token: string): NumberToken | null {
  if (INTEGER.test(token)) return readInteger(token);
  const [, sign = '', whole = '', part = '', exponent = ''] = REAL.exec(token) ?? [];
  if (whole === '' && part === '') return null;
  const json = `${sign === '-' ? '-' : ''}${withoutZeros(whole)}${part === '' ? '' : `.${part}`}${exponent}`;
  return { json, isReal: true, fits: Number.isFinite(Number(json)) };
}

function readInteger(token: string): NumberToken {
  const digits = token.startsWith('-') ? token.slice(1) : token;
  const json = `${token.startsWith('-') ? '-' : ''}${withoutZeros(digits)}`;
  return { json, isReal: false, fits: json.length <= INT64_TEXT_MAX && isInt64(BigInt(json)) };
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '') || '0';
}

function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}
