/**
 * Which addresses a DHCPv6 server is asked to serve on the interfaces that there are, by Kea's rules: the link-local address
 * of each interface with the groups of servers, and the addresses that are named. Pure.
 */
import { isIpv6LinkLocal } from '../../../base/ipv6.ts';
import { formatIpv6 } from '../../../base/ipv6-text.ts';
import type { InterfaceConfig6 } from '../../../config/dhcp6/model.ts';
import type { NetworkInterface6 } from '../../../io/interfaces.ts';
import { PlanDraft } from '../plan-draft.ts';
import type { SocketPlan } from '../socket-set.ts';

/** An address that is to be served on an interface. */
export interface PlannedAddress6 {
  readonly link: NetworkInterface6;
  /** 16 octets. */
  readonly address: Uint8Array;
  /** The groups are heard on this interface, and answered from this address. */
  readonly hasGroups: boolean;
}

export interface InterfacePlan6 extends SocketPlan {
  /** In the order of the configuration. */
  readonly addresses: readonly PlannedAddress6[];
  /** Entries of the configuration for which there is no interface or no address: to Kea an error. */
  readonly missing: readonly InterfaceConfig6[];
}

/** @param available every interface of the machine that may be served */
export function planInterfaces6(
  configured: readonly InterfaceConfig6[],
  available: readonly NetworkInterface6[],
): InterfacePlan6 {
  const draft = new PlanDraft<InterfaceConfig6, NetworkInterface6, PlannedAddress6>();
  draft.each(configured, available, (link, wanted, isAll) => {
    const { name } = link;
    const named = wanted.address === null ? null : addressOf(link, wanted.address);
    if (wanted.address !== null && named === null)
      return draft.miss(
        wanted,
        `interface '${name}' doesn't have address '${formatIpv6(wanted.address)}' assigned`,
      );
    if (draft.isDown(link, !isAll)) return;
    const local = link.addresses.find(({ address }) => isIpv6LinkLocal(address, 0));
    if (local !== undefined)
      draft.add(link, formatIpv6(local.address), {
        link,
        address: local.address,
        hasGroups: link.canMulticast,
      });
    else if (named === null)
      draft.fault(name, `the interface ${name} has no usable IPv6 addresses configured`, !isAll);
    if (named !== null && !isIpv6LinkLocal(named, 0))
      draft.add(link, formatIpv6(named), { link, address: named, hasGroups: false });
  });
  return draft.finish();
}

function addressOf({ addresses }: NetworkInterface6, wanted: Uint8Array): Uint8Array | null {
  return addresses.find(({ address }) => Buffer.compare(address, wanted) === 0)?.address ?? null;
}
