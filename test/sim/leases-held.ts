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
  /** When the client was told. */
  readonly atUs: number;
  /** The other server may not know of it. */
  readonly isAlone: boolean;
  /** The client has just given it back, and the server may hear that last; or somebody else was told of it at the same time. */
  readonly isDoubtful: boolean;
}

/** What servers know. */
export interface Knowledge {
  /** Whether a server gives leases without the other one now. */
  isAlone(server: string): boolean;
  /** Whether the protocol leaves a server without knowledge of a lease. */
  couldNotKnow(server: string, lease: Holding): boolean;
}

export interface Violation {
  readonly kind: string;
  /** When it was noticed. */
  readonly atUs: number;
  readonly text: string;
  /** What the timeline is to be searched for. */
  readonly about: readonly string[];
}

/** Longer than any message is on its way. */
const UNDER_WAY_US = 2e6;
/** Times of leases are whole seconds, and a reply is under way for a while. */
const SAME_TIME_US = 2e6;

export class LeasesHeld {
  readonly #byAddress = new Map<string, Holding>();
  /** When a client gave an address back. */
  readonly #leftUs = new Map<string, number>();
  readonly #nowUs: () => number;
  readonly #knowledge: Knowledge;
  readonly violations: Violation[] = [];
  /** Allowed by the protocol: who gave the address could not know. */
  splitBrains = 0;
  acknowledged = 0;
  /** The server whose reply a client hears now. */
  teller = '';

  constructor(nowUs: () => number, knowledge: Knowledge) {
    this.#nowUs = nowUs;
    this.#knowledge = knowledge;
  }

  /** A client has heard that it has an address. */
  taken(told: Omit<Holding, 'server' | 'atUs' | 'isAlone' | 'isDoubtful'>): void {
    this.acknowledged++;
    const server = this.teller;
    const atUs = this.#nowUs();
    const leftUs = this.#leftUs.get(`${told.owner} ${told.address}`) ?? Number.NEGATIVE_INFINITY;
    const isDoubtful = atUs - leftUs < UNDER_WAY_US;
    const holding = { ...told, server, atUs, isDoubtful, isAlone: this.#knowledge.isAlone(server) };
    let isContested = false;
    for (const other of this.#overlapping(holding.address)) {
      if (other.owner === holding.owner || other.untilUs <= this.#nowUs()) continue;
      if (other.isDoubtful) continue;
      if (this.#knowledge.couldNotKnow(holding.server, other)) {
        this.splitBrains++;
        // Of two leases of one second either may stand in the end.
        if (atUs - other.atUs < SAME_TIME_US) isContested = true;
      } else
        this.broken({
          kind: 'two clients',
          text: `${holding.address} was given to ${holding.client} by ${holding.server}, while ${other.client} has ${other.address} from ${other.server} for ${Math.round((other.untilUs - this.#nowUs()) / 1e6)} s more`,
          about: [holding.address, other.address, holding.client, other.client],
        });
    }
    this.#byAddress.set(holding.address, isContested ? { ...holding, isDoubtful: true } : holding);
  }

  /** Who has an address, or anything of a prefix. */
  #overlapping(address: string): Holding[] {
    const same = this.#byAddress.get(address);
    if (!isPrefix(address)) return same === undefined ? [] : [same];
    return [...this.#byAddress.values()].filter((other) => doPrefixesOverlap(other.address, address));
  }

  /** A promise is broken, now. */
  broken(violation: Omit<Violation, 'atUs'>): void {
    this.violations.push({ ...violation, atUs: this.#nowUs() });
  }

  /** A client uses its address no more; of whoever calls himself so the servers know no other. */
  left(owner: string, address: string): void {
    if (this.#byAddress.get(address)?.owner === owner) this.#byAddress.delete(address);
    this.#leftUs.set(`${owner} ${address}`, this.#nowUs());
  }

  /** What is held now, without doubt. */
  current(): Holding[] {
    return [...this.#byAddress.values()].filter(
      ({ untilUs, isDoubtful }) => untilUs > this.#nowUs() && !isDoubtful,
    );
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
