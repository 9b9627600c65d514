/** The keys that a subnet inherits from its shared network and that from the Dhcp6 map: those of DHCPv6 beside those of both families. */
import type { OptionSpaces } from '../../../options/spaces.ts';
import type { Allocator6 } from '../../dhcp6/model.ts';
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import type { Rules, Values } from '../../schema/map.ts';
import { notImplemented, ofKind } from '../../schema/rule.ts';
import { oneOf } from '../../schema/scalars.ts';
import { part, resolveScope, type ScopeSettings, scopeDefaults, scopeRules } from '../scope.ts';
import { NO_PREFERRED, type PreferredLifetime, preferredRules, readPreferred } from './preferred-lifetime.ts';

export const networkRules6 = {
  ...scopeRules,
  ...preferredRules,
  'pd-allocator': oneOf('iterative', 'random', 'flq'),
  'adaptive-lease-time-threshold': ofKind(
    part(),
    notImplemented('1', (value) => value === 1),
  ),
} as const satisfies Rules;

type NetworkValues = Values<typeof networkRules6>;

/** What a scope hands down. */
export interface NetworkSettings6 extends ScopeSettings {
  readonly preferred: PreferredLifetime;
  readonly pdAllocator: Allocator6;
}

/** What the Dhcp6 map inherits: Kea's defaults. */
export const networkDefaults6: NetworkSettings6 = {
  ...scopeDefaults,
  calculateTeeTimes: true,
  t2Percent: 0.8,
  preferred: NO_PREFERRED,
  pdAllocator: 'iterative',
};

/** Combines the keys of a scope with what it inherits. */
export function resolveNetwork6(
  values: NetworkValues,
  inherited: NetworkSettings6,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): NetworkSettings6 {
  return {
    ...resolveScope(values, inherited, spaces, at, report),
    preferred: readPreferred(values, inherited.preferred, at, report),
    pdAllocator: values['pd-allocator'] ?? inherited.pdAllocator,
  };
}
