/**
 * Which addresses the configuration asks to serve on the interfaces that there are, by Kea's rules (interfaces-config), and
 * what is wrong with those that cannot be served. Pure: the same interfaces give the same plan.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { InterfaceConfig, ServerConfig } from '../../config/model.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import { type JoinLimits, NO_JOINING } from './join-limits.ts';
import { PlanDraft } from './plan-draft.ts';
import type { SocketPlan } from './socket-set.ts';

/** An address that is to be served on an interface. */
export interface PlannedAddress {
  readonly link: NetworkInterface;
  readonly address: Ipv4;
}

export type SocketType = ServerConfig['socketType'];

export interface InterfacePlan extends SocketPlan {
  readonly socketType: SocketType;
  /** In the order of the configuration; an address can be on two interfaces. */
  readonly addresses: readonly PlannedAddress[];
  /** Entries of the configuration for which there is no interface or no address: to Kea an error. */
  readonly missing: readonly InterfaceConfig[];
  readonly joining: JoinLimits;
}

/**
 * @param configured "*" = every interface but loopback; a name = all its IPv4 addresses; a name with an address = that one
 * @param available every interface of the machine that may be served
 */
export function planInterfaces(
  configured: readonly InterfaceConfig[],
  available: readonly NetworkInterface[],
  socketType: SocketType,
  joining = NO_JOINING,
): InterfacePlan {
  const draft = new PlanDraft<InterfaceConfig, NetworkInterface, PlannedAddress>();
  draft.each(configured, available, (link, wanted, isAll) => {
    const { name, addresses } = link;
    const usable = wanted.address === null ? addresses : addresses.filter((each) => each === wanted.address);
    if (wanted.address !== null && usable.length === 0)
      draft.miss(wanted, `interface '${name}' doesn't have address '${formatIpv4(wanted.address)}' assigned`);
    else if (!draft.isDown(link, !isAll) && usable.length === 0)
      draft.fault(name, `the interface ${name} has no usable IPv4 addresses configured`, !isAll);
    // As Kea: the loopback interface has no stations that could be answered.
    if (link.isLoopback && socketType === 'raw')
      return draft.fault(name, `must not open socket on the loopback interface ${name}`, true);
    for (const address of usable) draft.add(link, `${address}`, { link, address });
  });
  return { ...draft.finish(), socketType, joining };
}
