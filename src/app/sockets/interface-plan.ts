/**
 * Which addresses the configuration asks to serve on the interfaces that there are, by Kea's rules (interfaces-config), and
 * what is wrong with those that cannot be served. Pure: the same interfaces give the same plan.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { InterfaceConfig, ServerConfig } from '../../config/model.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import { type JoinLimits, NO_JOINING } from './join-limits.ts';
import type { InterfaceFault, SocketPlan } from './socket-set.ts';

/** Addresses served at once: each has a socket a shard. */
export const SERVED_ADDRESSES_MAX = 1024;

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
  const draft = new Draft(socketType);
  for (const wanted of configured) {
    const isAll = wanted.name === '*';
    const links = available.filter(({ name, isLoopback }) => (isAll ? !isLoopback : name === wanted.name));
    if (links.length === 0 && !isAll)
      draft.miss(wanted, `interface '${wanted.name}' doesn't exist in the system`);
    for (const link of links) draft.addLink(link, wanted, isAll);
  }
  return { ...draft.finish(), joining };
}

class Draft {
  readonly #socketType: SocketType;
  /** By index and address: an interface that is named beside "*" is served once. */
  readonly #addresses = new Map<string, PlannedAddress>();
  readonly #faults = new Map<string, InterfaceFault>();
  readonly #missing: InterfaceConfig[] = [];
  readonly #names = new Set<string>();

  constructor(socketType: SocketType) {
    this.#socketType = socketType;
  }

  addLink(link: NetworkInterface, wanted: InterfaceConfig, isAll: boolean): void {
    const { name, addresses } = link;
    this.#names.add(name);
    const usable = wanted.address === null ? addresses : addresses.filter((each) => each === wanted.address);
    if (wanted.address !== null && usable.length === 0)
      this.miss(wanted, `interface '${name}' doesn't have address '${formatIpv4(wanted.address)}' assigned`);
    else if (!link.isUp) this.#fault(name, `the interface ${name} is down`, !isAll);
    else if (!link.isRunning) this.#fault(name, `the interface ${name} is not running`, !isAll);
    else if (usable.length === 0)
      this.#fault(name, `the interface ${name} has no usable IPv4 addresses configured`, !isAll);
    // As Kea: the loopback interface has no stations that could be answered.
    if (link.isLoopback && this.#socketType === 'raw')
      return this.#fault(name, `must not open socket on the loopback interface ${name}`, true);
    for (const address of usable) this.#addAddress(link, address);
  }

  miss(wanted: InterfaceConfig, reason: string): void {
    this.#names.add(wanted.name);
    this.#missing.push(wanted);
    this.#fault(wanted.name, reason, true);
  }

  finish(): Omit<InterfacePlan, 'joining'> {
    return {
      socketType: this.#socketType,
      addresses: [...this.#addresses.values()],
      faults: [...this.#faults.values()],
      missing: this.#missing,
      names: [...this.#names],
    };
  }

  #addAddress(link: NetworkInterface, address: Ipv4): void {
    const key = `${link.index}/${address}`;
    if (this.#addresses.size < SERVED_ADDRESSES_MAX || this.#addresses.has(key))
      this.#addresses.set(key, { link, address });
    else
      this.#fault(
        link.name,
        `the interface ${link.name} is beyond the ${SERVED_ADDRESSES_MAX} addresses`,
        true,
      );
  }

  #fault(interfaceName: string, reason: string, isMissed: boolean): void {
    const known = this.#faults.get(reason);
    this.#faults.set(reason, { interfaceName, reason, isMissed: isMissed || known?.isMissed === true });
  }
}
