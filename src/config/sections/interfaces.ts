/** `interfaces-config`: where queries are taken from, as far as it is the same for both families. */
import type { ServiceSocketsConfig } from '../model.ts';
import { describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { type Rule, rule, withDefault } from '../schema/rule.ts';
import { flag, integer, UINT32_MAX } from '../schema/scalars.ts';
import type { AddressKind } from './addresses.ts';

export const serviceSocketRules = {
  're-detect': withDefault(flag(), true),
  'service-sockets-require-all': withDefault(flag(), false),
  'service-sockets-max-retries': withDefault(integer(0, UINT32_MAX), 0),
  'service-sockets-retry-wait-time': withDefault(integer(0, UINT32_MAX), 5000),
} as const satisfies Rules;

/** In the place of what could not be read; the file is refused anyway. */
export const UNREAD_SOCKETS: ServiceSocketsConfig = {
  reDetect: true,
  requireAll: false,
  maxRetries: 0,
  retryWaitMs: 0,
};

/** InterfaceConfig of DHCPv4, InterfaceConfig6 of DHCPv6. */
export interface InterfaceOf<A> {
  readonly name: string;
  readonly address: A | null;
}

/** The interfaces of a list, each with an address of its own if one likes. */
export function interfacesRule<A>(
  kind: AddressKind<A>,
): Rule<readonly InterfaceOf<A>[], readonly InterfaceOf<A>[]> {
  const one = rule(`an interface such as "eth0", "*" or "eth0/${kind.example}"`, (value) =>
    typeof value === 'string' ? (parseInterface(kind, value) ?? undefined) : undefined,
  );
  return withDefault(listOf(one, 'a list of interfaces'), []);
}

export function readServiceSockets(values: Values<typeof serviceSocketRules>): ServiceSocketsConfig {
  return {
    reDetect: values['re-detect'],
    requireAll: values['service-sockets-require-all'],
    maxRetries: values['service-sockets-max-retries'],
    retryWaitMs: values['service-sockets-retry-wait-time'],
  };
}

/** @param at the list */
export function checkInterfaceList<A>(
  kind: AddressKind<A>,
  interfaces: readonly InterfaceOf<A>[],
  at: Path,
  report: Report,
): void {
  if (interfaces.length === 0) report.warn(at, 'no interface', 'at least one: without any, no query arrives');
  const seen = new Set<string>();
  for (const { name, address } of interfaces) {
    const key = `${name}/${address === null ? '' : kind.format(address)}`;
    if (seen.has(key)) report.error(at, `${describe(name)} a second time`, 'each interface once');
    seen.add(key);
  }
}

function parseInterface<A>(kind: AddressKind<A>, text: string): InterfaceOf<A> | null {
  // The kernel's names have at most 15 octets, neither blanks nor slashes.
  const match = /^([^\s/]{1,15})(?:\/([0-9a-fA-F.:]{2,45}))?$/.exec(text.trim());
  const name = match?.[1];
  if (name === undefined) return null;
  const addressText = match?.[2];
  if (addressText === undefined) return { name, address: null };
  const address = kind.parse(addressText);
  return address === null || name === '*' ? null : { name, address };
}
