/** Who holds which address by what servers have told clients: the invariant of the whole product is that it is one at a time. */
import { isInIpv6Prefix } from '../../src/base/ipv6.ts';
import { prefix6 } from '../engine/dhcp6/config.ts';

export interface Holding {
  readonly client: string;
  /** The client as servers know it. */
  readonly owner: string;
  readonly address: string;
  readonly untilUs: number;
  readonly server: string;
}

export interface Violation {
  readonly kind: string;
  readonly text: string;
  /** What the timeline is to be searched for. */
  readonly about: readonly string[];
}

export class LeasesHeld {
  readonly #byAddress = new Map<string, Holding>();
  readonly #nowUs: () => number;
  readonly violations: Violation[] = [];
  /** Allowed by the protocol: both servers served everybody, each without the other. */
  splitBrains = 0;
  acknowledged = 0;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  /** A client has heard that it has an address. @param isSplit both servers have taken each other for dead since its holder was told */
  taken(holding: Holding, isSplit: boolean): void {
    this.acknowledged++;
    for (const other of this.#overlapping(holding.address)) {
      if (other.owner === holding.owner || other.untilUs <= this.#nowUs()) continue;
      if (isSplit) this.splitBrains++;
      else
        this.broken({
          kind: 'two clients',
          text: `${holding.address} was given to ${holding.client} by ${holding.server}, while ${other.client} has ${other.address} from ${other.server} for ${Math.round((other.untilUs - this.#nowUs()) / 1e6)} s more`,
          about: [holding.address, other.address, holding.client, other.client],
        });
    }
    this.#byAddress.set(holding.address, holding);
  }

  /** Who has an address, or anything of a prefix. */
  #overlapping(address: string): Holding[] {
    const same = this.#byAddress.get(address);
    if (!isPrefix(address)) return same === undefined ? [] : [same];
    return [...this.#byAddress.values()].filter((other) => doPrefixesOverlap(other.address, address));
  }

  /** A promise is broken, now. */
  broken(violation: Violation): void {
    this.violations.push({ ...violation, text: `${(this.#nowUs() / 1e6).toFixed(6)} s: ${violation.text}` });
  }

  /** A client uses its address no more; of whoever calls himself so the servers know no other. */
  left(owner: string, address: string): void {
    if (this.#byAddress.get(address)?.owner === owner) this.#byAddress.delete(address);
  }

  /** What is held now. */
  current(): Holding[] {
    return [...this.#byAddress.values()].filter(({ untilUs }) => untilUs > this.#nowUs());
  }
}

function isPrefix(address: string): boolean {
  return address.includes('/');
}

/** @param other may be an address */
function doPrefixesOverlap(other: string, prefix: string): boolean {
  if (!isPrefix(other)) return false;
  const [first, second] = [prefixOf(other), prefixOf(prefix)];
  const length = Math.min(first.prefixLength, second.prefixLength);
  return isInIpv6Prefix(first.prefix, 0, second.prefix, 0, length);
}

/** They are the same ones again and again. */
const prefixes = new Map<string, ReturnType<typeof prefix6>>();

function prefixOf(text: string): ReturnType<typeof prefix6> {
  const known = prefixes.get(text) ?? prefix6(text);
  prefixes.set(text, known);
  return known;
}
