/** The text of host names in the making: copied, generated, qualified, cleaned, as Kea's D2ClientMgr does it. */
import { appendSanitised, type CharacterSet } from '../../classes/character-set.ts';
import { lowerCase, type Octets } from '../../options/domain-name.ts';

const DOT = 0x2e;
const ZERO = 0x30;

/** Puts a run of octets in the place of what was there. */
export function setText(text: Octets, from: Uint8Array, offset: number, length: number): void {
  text.length = 0;
  append(text, from, offset, length);
}

function append(text: Octets, from: Uint8Array, offset: number, length: number): void {
  for (let i = 0; i < length; i++) text.bytes[text.length++] = from[offset + i]!;
}

/** Appends an octet in decimal digits. */
export function appendDecimal(text: Octets, octet: number): void {
  if (octet >= 100) text.bytes[text.length++] = ZERO + Math.floor(octet / 100);
  if (octet >= 10) text.bytes[text.length++] = ZERO + (Math.floor(octet / 10) % 10);
  text.bytes[text.length++] = ZERO + (octet % 10);
}

/** Puts a text in the place of another one. */
export function copyText(to: Octets, { bytes, length }: Octets): void {
  for (let i = 0; i < length; i++) to.bytes[i] = bytes[i]!;
  to.length = length;
}

/** Takes the blanks off both ends. */
export function trimText(text: Octets): void {
  while (text.length > 0 && isBlank(text.bytes[text.length - 1]!)) text.length -= 1;
  let from = 0;
  while (from < text.length && isBlank(text.bytes[from]!)) from += 1;
  if (from > 0) setText(text, text.bytes, from, text.length - from);
}

/**
 * Appends the suffix to a name that does not end with it already, letter by letter and in whole labels.
 * @param dot whether the name shall end with a dot, or shall not
 */
export function qualify(text: Octets, suffix: Uint8Array, dot: boolean): void {
  if (suffix.length > 0 && !endsWith(text, suffix)) {
    if (text.length > 0 && text.bytes[text.length - 1] !== DOT) text.bytes[text.length++] = DOT;
    append(text, suffix, 0, suffix.length);
  }
  const endsWithDot = text.length > 0 && text.bytes[text.length - 1] === DOT;
  if (dot && text.length > 0 && !endsWithDot) text.bytes[text.length++] = DOT;
  if (!dot && endsWithDot) text.length -= 1;
}

function endsWith({ bytes, length }: Octets, suffix: Uint8Array): boolean {
  let at = length - 1;
  let of = suffix.length - 1;
  if (suffix[of] === DOT) of -= 1;
  if (at >= 0 && bytes[at] === DOT) at -= 1;
  for (; of >= 0; of--, at--) if (at < 0 || bytes[at] !== suffix[of]) return false;
  return at < 0 || bytes[at] === DOT;
}

/**
 * Cleans a name label by label, because nobody knows whether the set of characters has the dot in it.
 * @returns false when the outcome is too long for a name
 */
export function cleanLabels(characters: CharacterSet, from: Octets, to: Octets): boolean {
  to.length = 0;
  let start = 0;
  for (let at = 0; at <= from.length; at++) {
    if (at < from.length && from.bytes[at] !== DOT) continue;
    if (!appendSanitised(characters, from.bytes, start, at - start, to)) return false;
    if (at < from.length) {
      if (to.length === to.bytes.length) return false;
      to.bytes[to.length++] = DOT;
    }
    start = at + 1;
  }
  return true;
}

/** Makes every letter small. */
export function lowerText({ bytes, length }: Octets): void {
  for (let i = 0; i < length; i++) bytes[i] = lowerCase(bytes[i]!);
}

/** Blanks as Kea trims them. */
function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0a;
}
