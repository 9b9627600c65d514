/** Which subnets a command finds by an address. */
import type { SharedNetworkConfig } from '../../config/model.ts';

/** [Kea] A command belongs to no class: a subnet that has a guard, or whose network has one, is not found by address. */
export function openSubnets<
  Subnet extends { readonly clientClasses: readonly string[]; readonly networkName: string | null },
>({
  subnets,
  sharedNetworks,
}: {
  readonly subnets: readonly Subnet[];
  readonly sharedNetworks: readonly Pick<SharedNetworkConfig, 'name' | 'clientClasses'>[];
}): Subnet[] {
  const guarded = new Set(
    sharedNetworks.filter(({ clientClasses }) => clientClasses.length > 0).map(({ name }) => name),
  );
  return subnets.filter(
    ({ clientClasses, networkName }) =>
      clientClasses.length === 0 && (networkName === null || !guarded.has(networkName)),
  );
}
