/** `relay`: the relays whose clients belong to a subnet or a shared network. */
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import { defineMap, withoutContext } from '../schema/map.ts';
import { type AddressKind, addressRule, IPV4, IPV6 } from './addresses.ts';

function schemaOf<A>(kind: AddressKind<A>) {
  const address = addressRule(kind);
  return withoutContext(
    defineMap('relay', {
      'ip-addresses': listOf(address, `a list of ${kind.name} addresses`),
      'ip-address': address,
    }),
  );
}

export const relaySchema = schemaOf(IPV4);
export const relaySchema6 = schemaOf(IPV6);

interface RelayValues<A> {
  readonly 'ip-addresses': readonly A[] | undefined;
  readonly 'ip-address': A | undefined;
}

/** Shared by the subnets without a relay list. */
const NO_RELAYS: readonly never[] = [];

export function readRelay<A>(
  kind: AddressKind<A>,
  relay: RelayValues<A> | undefined,
  at: Path,
  report: Report,
): readonly A[] {
  if (relay === undefined) return NO_RELAYS;
  const single = relay['ip-address'];
  const several = relay['ip-addresses'];
  if (single !== undefined && several !== undefined)
    report.error(child(at, 'ip-address'), '"ip-address" beside "ip-addresses"', 'one of the two', 'key');
  const twice = several === undefined ? undefined : findTwice(kind, several);
  if (twice !== undefined)
    report.error(child(at, 'ip-addresses'), `${kind.format(twice)} a second time`, 'each relay once');
  return several ?? (single === undefined ? NO_RELAYS : [single]);
}

/** The first address that the list has before already. */
function findTwice<A>(kind: AddressKind<A>, addresses: readonly A[]): A | undefined {
  const seen = new Set<string>();
  return addresses.find((address) => seen.size === seen.add(kind.format(address)).size);
}
