/**
 * The twin of engine/names/names.ts: what Kea makes of the options 12 and 81 of a query, written a second time with strings of
 * one character an octet, lists and regular expressions, and without a thought for speed.
 */
import type { DdnsConfig } from '../../src/config/ddns-model.ts';

export interface NamedReply {
  /** Payload of option 12, or null. */
  readonly hostName: string | null;
  /** Payload of option 81, or null. */
  readonly fqdn: readonly number[] | null;
  /** What the lease keeps. */
  readonly lease: string;
  readonly fwd: boolean;
  readonly rev: boolean;
}

export interface NameSettings extends DdnsConfig {
  readonly enableUpdates: boolean;
}

const NOBODY: NamedReply = { hostName: null, fqdn: null, lease: '', fwd: false, rev: false };

const text = (octets: readonly number[]): string => String.fromCharCode(...octets);
const lower = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const trimmed = (name: string): string => name.replace(/^[ \t\n]+|[ \t\n]+$/g, '');

/** Labels of a name in text, the root left out; null when it is malformed. */
export function labelsOf(name: string): string[] | null {
  if (name === '.' || name === '@') return [];
  const tokens = name.match(/\\[0-9]{3}|\\[^0-9]|[^\\]/gs) ?? [];
  if (tokens.join('') !== name) return null;
  const labels = [''];
  for (const token of tokens) {
    const last = labels.length - 1;
    const isFirst = labels[last] === '';
    if (token === '.') labels.push('');
    else if (token === '\\[' && isFirst) return null;
    else if (/^\\[0-9]/.test(token)) {
      if (Number(token.slice(1)) > 255) return null;
      labels[last] = labels[last]! + String.fromCharCode(Number(token.slice(1)));
    } else labels[last] = labels[last]! + token.slice(-1);
  }
  if (labels.at(-1) === '') labels.pop();
  return isName(labels) && labels.length > 0 ? labels : null;
}

function isName(labels: readonly string[]): boolean {
  const octets = labels.reduce((sum, label) => sum + 1 + label.length, 1);
  return octets <= 255 && labels.every((label) => label.length >= 1 && label.length <= 63);
}

/** Labels of a name in wire form and whether it is partial; null when it is malformed. */
function wireLabels(octets: readonly number[]): string[] | null {
  const labels: string[] = [];
  for (let at = 0; at < octets.length && octets[at] !== 0; ) {
    const length = octets[at]!;
    if (length > 63 || at + 1 + length > octets.length) return null;
    labels.push(text(octets.slice(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return isName(labels) ? labels : null;
}

function escaped(label: string): string {
  return label.replace(/["$().;@\\]|[^!-~]/g, (char) => {
    const code = char.charCodeAt(0);
    return code > 0x20 && code < 0x7f ? `\\${char}` : `\\${String(code).padStart(3, '0')}`;
  });
}

const textOf = (labels: readonly string[]): string =>
  labels.length === 0 ? '.' : labels.map((label) => `${escaped(label)}.`).join('');

function qualified(name: string, suffix: string, dot: boolean): string {
  let whole = name;
  if (suffix !== '') {
    const [bare, end] = [name.replace(/\.$/, ''), suffix.replace(/\.$/, '')];
    const hasSuffix = bare === end || bare.endsWith(`.${end}`);
    if (!hasSuffix) whole += (name === '' || name.endsWith('.') ? '' : '.') + suffix;
  }
  if (dot) return whole === '' || whole.endsWith('.') ? whole : `${whole}.`;
  return whole.replace(/\.$/, '');
}

function cleaned(name: string, { hostnameCharSet, hostnameCharReplacement }: DdnsConfig): string {
  if (hostnameCharSet === '') return name;
  return name.replace(new RegExp(hostnameCharSet, 'g'), () => hostnameCharReplacement);
}

/** What the reply to a query with these options says. @returns null when the query is malformed */
export function clientName(
  options: ReadonlyMap<number, readonly number[]>,
  settings: NameSettings,
  address: string,
  reserved = '',
): NamedReply | null {
  const fqdn = options.get(81);
  const generated = `${settings.generatedPrefix}-${address.replaceAll('.', '-')}`;
  if (fqdn !== undefined) return fromFqdn(fqdn, settings, generated, reserved);
  const { qualifyingSuffix: suffix, replaceClientName: replaces } = settings;
  const sent = text(options.get(12) ?? []).replace(/\0+$/, '');
  const made = qualified(generated, suffix, false);
  if (reserved !== '') return fromHostName(lower(qualified(reserved, suffix, false)), settings);
  if (sent === '') return /always|not-present/.test(replaces) ? fromHostName(made, settings) : NOBODY;
  const labels = labelsOf(trimmed(sent));
  if (labels === null) return NOBODY;
  if (/always|when-present/.test(replaces) || labels.length === 0) return fromHostName(made, settings);
  let name = lower(cleaned(trimmed(sent), settings));
  if (name.length > 255) return NOBODY;
  if (labels.length === 1) name = qualified(name, suffix, false);
  return fromHostName(name === '.' ? made : name, settings);
}

function fromHostName(name: string, { enableUpdates, sendUpdates }: NameSettings): NamedReply {
  if (name === '' || name.length > 255) return NOBODY;
  const updates = enableUpdates && sendUpdates;
  return { hostName: name, fqdn: null, lease: lower(name), fwd: updates, rev: updates };
}

function fromFqdn(
  option: readonly number[],
  settings: NameSettings,
  generated: string,
  reserved: string,
): NamedReply | null {
  const [flags = 0, ...rest] = option;
  const name = rest.slice(2);
  if (option.length < 3 || (flags & 9) === 9) return null;
  const isWire = (flags & 4) !== 0;
  const labels = name.length === 0 ? [] : isWire ? wireLabels(name) : labelsOf(text(name));
  if (labels === null) return null;
  const isPartial = name.at(-1) !== (isWire ? 0 : 0x2e);
  const sent = name.length === 0 ? null : labels.map(lower);
  const answer = labelsOf(trimmed(fqdnText(sent, isPartial, settings, generated, reserved)))?.map(lower);
  if (answer === undefined || textOf(answer).length > 255) return NOBODY;
  const updates = settings.enableUpdates && settings.sendUpdates;
  const s = (flags & 1) !== 0;
  const n = (flags & 8) !== 0;
  const fwd = updates && (s || (n ? settings.overrideNoUpdate : settings.overrideClientUpdate));
  const rev = fwd || (updates && !n);
  const head = [(flags & 4) | (fwd ? 1 : 0) | (rev ? 0 : 8) | (fwd === s ? 0 : 2), rest[0]!, rest[1]!];
  const wire = [...answer.flatMap((each) => [each.length, ...Buffer.from(each, 'latin1')]), 0];
  const fqdn = [...head, ...(isWire ? wire : Buffer.from(textOf(answer), 'latin1'))];
  return { hostName: null, fqdn, lease: textOf(answer), fwd, rev };
}

function fqdnText(
  sent: readonly string[] | null,
  isPartial: boolean,
  settings: NameSettings,
  generated: string,
  reserved: string,
): string {
  const { qualifyingSuffix: suffix, replaceClientName: replaces } = settings;
  if (reserved !== '') return qualified(reserved, suffix, true);
  if (sent === null || /always|when-present/.test(replaces)) return qualified(generated, suffix, true);
  const raw = sent.length === 0 ? '.' : sent.map((label) => `${label}.`).join('');
  const cleanText = raw
    .split('.')
    .map((label) => cleaned(label, settings))
    .join('.');
  const plain = isPartial ? textOf(sent).replace(/(.)\.$/, '$1') : textOf(sent);
  const name = settings.hostnameCharSet === '' ? plain : lower(cleanText);
  return isPartial ? qualified(name, suffix, true) : name;
}
