/** `relay`: the relays whose clients belong to a subnet or a shared network. */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { SubnetConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import { defineMap, type Values, withoutContext } from '../schema/map.ts';
import { ipv4 } from '../schema/scalars.ts';

export const relaySchema = withoutContext(
  defineMap('relay', {
    'ip-addresses': listOf(ipv4(), 'a list of IPv4 addresses'),
    'ip-address': ipv4(),
  }),
);

/** Shared by the subnets without a relay list. */
const NO_RELAYS: SubnetConfig['relayAddresses'] = [];

export function readRelay(
  relay: Values<typeof relaySchema.rules> | undefined,
  at: Path,
  report: Report,
): SubnetConfig['relayAddresses'] {
  if (relay === undefined) return NO_RELAYS;
  const single = relay['ip-address'];
  const several = relay['ip-addresses'];
  if (single !== undefined && several !== undefined)
    report.error(child(at, 'ip-address'), '"ip-address" beside "ip-addresses"', 'one of the two', 'key');
  const twice = several?.findIndex((each, index) => several.indexOf(each) < index) ?? -1;
  if (several !== undefined && twice >= 0)
    report.error(
      child(at, 'ip-addresses'),
      `${formatIpv4(several[twice]!)} a second time`,
      'each relay once',
    );
  return several ?? (single === undefined ? NO_RELAYS : [single]);
}
