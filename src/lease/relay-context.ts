/**
 * What a lease that comes from a file or a command says of its relays, judged and brought into today's form. Kea's
 * `sanity-checks.extended-info-checks`: each mode sees to what the one before it does, and to more.
 *
 *     none       nothing is looked at
 *     fix        what Kea 2.2 wrote is brought into the form of 3.0; what is of the wrong type goes
 *     strict     what cannot be decoded goes
 *     pedantic   what does not belong there goes
 */
import { encodeKeaJson } from '../base/kea-json.ts';
import type { ExtendedInfoChecks } from '../config/model.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

/** What became of a user context. */
export interface CheckedContext {
  /** The context from here on, one line of JSON; empty = none. The very text that it was when nothing has changed. */
  readonly text: string;
  /** What was taken out, and why; null = nothing was wrong. */
  readonly fault: string | null;
}

/** What "ISC" holds of relays. */
export interface RelayInfo {
  /** In today's form, or what could not be brought into it. */
  readonly info: unknown;
  /** It stood there in an older form. */
  readonly isOlder: boolean;
}

/** What a family keeps of relays. */
export interface RelayContext {
  /** Members of "ISC" in which it may stand, that of today first. */
  readonly names: readonly [string, ...string[]];
  /** Null = it is not there. */
  read(isc: JsonMap): RelayInfo | null;
  faultOf(info: RelayInfo, checks: Exclude<ExtendedInfoChecks, 'none'>): string | null;
}

/** @param text one JSON map, or nothing */
export function checkRelayContext(
  family: RelayContext,
  text: string,
  checks: ExtendedInfoChecks,
): CheckedContext {
  if (text === '' || checks === 'none') return { text, fault: null };
  const context: JsonMap = JSON.parse(text);
  if (Object.keys(context).length === 0) return { text: '', fault: null };
  const isc = context['ISC'];
  if (isc === undefined) return { text, fault: null };
  if (!isMap(isc)) return { text: withIsc(context, {}), fault: 'ISC is no map' };
  if (Object.keys(isc).length === 0) return { text: withIsc(context, {}), fault: null };
  const found = family.read(isc);
  if (found === null) return { text, fault: null };
  const fault = family.faultOf(found, checks);
  if (fault === null && !found.isOlder) return { text, fault };
  const rest = Object.entries(isc).filter(([name]) => !family.names.includes(name));
  if (fault === null) rest.push([family.names[0], found.info]);
  return { text: withIsc(context, Object.fromEntries(rest)), fault };
}

/** A context with another "ISC", without an empty one. */
function withIsc(context: JsonMap, isc: JsonMap): string {
  const { ISC: _, ...rest } = context;
  const made = Object.keys(isc).length === 0 ? rest : { ...rest, ISC: isc };
  return Object.keys(made).length === 0 ? '' : encodeKeaJson(made);
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Digits of an identifier, as Kea writes it. */
export function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && /^([0-9a-fA-F]{2})+$/.test(value);
}

/** A name that is not one of those, quoted; null = there is none. */
export function strangerIn(map: JsonMap, known: readonly string[]): string | null {
  const stranger = Object.keys(map).find((name) => !known.includes(name));
  return stranger === undefined ? null : JSON.stringify(stranger);
}
