/** What both families' plans are made with: the entries of interfaces-config by Kea's rules, and the faults in Kea's words. */
import type { InterfaceFault, SocketPlan } from './socket-set.ts';

/** Addresses served at once: each has a socket a shard. */
export const SERVED_ADDRESSES_MAX = 1024;

/** An entry of the configuration. */
interface WantedInterface {
  /** Interface name, or "*" for every interface but loopback. */
  readonly name: string;
}

/** An interface of the machine. */
interface PlannedLink {
  readonly name: string;
  readonly index: number;
  readonly isUp: boolean;
  readonly isRunning: boolean;
  readonly isLoopback: boolean;
}

export class PlanDraft<Wanted extends WantedInterface, Link extends PlannedLink, Planned> {
  /** By index and address: an interface that is named beside "*" is served once. */
  readonly #addresses = new Map<string, Planned>();
  readonly #faults = new Map<string, InterfaceFault>();
  readonly #missing: Wanted[] = [];
  readonly #names = new Set<string>();

  /**
   * Goes through the configuration.
   * @param available every interface of the machine that may be served
   * @param add adds the addresses of an interface; `isAll` = "*" stands for it
   */
  each(
    configured: readonly Wanted[],
    available: readonly Link[],
    add: (link: Link, wanted: Wanted, isAll: boolean) => void,
  ): void {
    for (const wanted of configured) {
      const isAll = wanted.name === '*';
      const links = available.filter(({ name, isLoopback }) => (isAll ? !isLoopback : name === wanted.name));
      if (links.length === 0 && !isAll)
        this.miss(wanted, `interface '${wanted.name}' doesn't exist in the system`);
      for (const link of links) {
        this.#names.add(link.name);
        add(link, wanted, isAll);
      }
    }
  }

  /** Notes that an interface is down or has no carrier. @returns whether it is so */
  isDown({ name, isUp, isRunning }: PlannedLink, isMissed: boolean): boolean {
    if (!isUp) this.fault(name, `the interface ${name} is down`, isMissed);
    else if (!isRunning) this.fault(name, `the interface ${name} is not running`, isMissed);
    return !isUp || !isRunning;
  }

  miss(wanted: Wanted, reason: string): void {
    this.#names.add(wanted.name);
    this.#missing.push(wanted);
    this.fault(wanted.name, reason, true);
  }

  /** @param address as text, which tells it from others of the interface */
  add({ name, index }: PlannedLink, address: string, planned: Planned): void {
    const key = `${index}/${address}`;
    if (this.#addresses.size < SERVED_ADDRESSES_MAX || this.#addresses.has(key))
      this.#addresses.set(key, planned);
    else this.fault(name, `the interface ${name} is beyond the ${SERVED_ADDRESSES_MAX} addresses`, true);
  }

  fault(interfaceName: string, reason: string, isMissed: boolean): void {
    const known = this.#faults.get(reason);
    this.#faults.set(reason, { interfaceName, reason, isMissed: isMissed || known?.isMissed === true });
  }

  finish(): SocketPlan & { readonly addresses: readonly Planned[]; readonly missing: readonly Wanted[] } {
    return {
      addresses: [...this.#addresses.values()],
      faults: [...this.#faults.values()],
      missing: this.#missing,
      names: [...this.#names],
    };
  }
}

/** The error for an entry without its interface or address. @param formatted the addresses of the interface, as text */
export function describeMissing(
  name: string,
  address: string | null,
  formatted: readonly string[] | null,
  available: readonly { readonly name: string }[],
): string {
  if (formatted === null || address === null) {
    const names = available.map((each) => each.name).join(', ');
    return `interfaces-config: interface '${name}' doesn't exist in the system; it has ${names}`;
  }
  const addresses = formatted.join(', ') || 'none';
  return `interfaces-config: interface '${name}' doesn't have address '${address}' assigned; it has ${addresses}`;
}
