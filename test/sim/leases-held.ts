/** Who holds which address by what servers have told clients: the invariant of the whole product is that it is one at a time. */
import { isInIpv6Prefix } from '../../src/base/ipv6.ts';
import { prefix6 } from '../engine/dhcp6/config.ts';
import type { ServerClocks } from './server-clocks.ts';

export interface Holding {
  readonly client: string;
  /** The client as servers know it. */
  readonly owner: string;
  readonly address: string;
  /** When the client began to ask for it. */
  readonly askedAtUs: number;
  readonly untilUs: number;
  /** By the clock of the server that gave it, ms since 1970. */
  readonly endMs: number;
  readonly server: string;
  /** When the client was told. */
  readonly atUs: number;
  /** The other server may not know of it. */
  readonly isAlone: boolean;
  /** The client has just given it back, or a copy of it asks for another, and the server may hear that last; or somebody else was told of it at the same time. */
  readonly isDoubtful: boolean;
}

/** What servers know. */
export interface Knowledge {
  /** Whether a server gives leases without the other one now. */
  isAlone(server: string): boolean;
  /** Whether the protocol leaves a server without knowledge of a lease. */
  couldNotKnow(server: string, lease: Holding): boolean;
  /** Whether two servers gave leases without knowledge of each other when this one was given: either may stand in the end. */
  wasGivenApart(lease: Holding): boolean;
}

export interface Violation {
  readonly kind: string;
  /** When it was noticed. */
  readonly atUs: number;
  readonly text: string;
  /** What the timeline is to be searched for. */
  readonly about: readonly string[];
}

/** Servers count whole seconds. */
const ROUNDING_MS = 1000;
/** Longer than any message is on its way. */
const UNDER_WAY_US = 2e6;
/** Times of leases are whole seconds, and a reply is under way for a while. */
const SAME_TIME_US = 2e6;

export class LeasesHeld {
  readonly #byAddress = new Map<string, Holding>();
  /** What a DHCPv4 client, or a copy of it, has asked for last. */
  readonly #asked = new Map<string, { readonly address: string; readonly atUs: number }>();
  /** Who calls himself so. */
  readonly #clients = new Map<string, Set<string>>();
  /** When a client gave an address back. */
  readonly #leftUs = new Map<string, number>();
  readonly #nowUs: () => number;
  readonly #knowledge: Knowledge;
  readonly #clocks: ServerClocks;
  readonly violations: Violation[] = [];
  /** Allowed by the protocol: who gave the address could not know. */
  splitBrains = 0;
  /** Allowed as well: by the clock of who gave the address, its former lease was over. */
  overByClock = 0;
  acknowledged = 0;
  /** Leases whose time was over before they were renewed. */
  expired = 0;
  /** The server whose reply a client hears now. */
  teller = '';

  constructor(nowUs: () => number, knowledge: Knowledge, clocks: ServerClocks) {
    this.#nowUs = nowUs;
    this.#clocks = clocks;
    this.#knowledge = knowledge;
  }

  /** A client has heard that it has an address. */
  taken(told: Pick<Holding, 'client' | 'owner' | 'address' | 'askedAtUs' | 'untilUs'>): void {
    this.acknowledged++;
    this.#clients.set(told.owner, (this.#clients.get(told.owner) ?? new Set()).add(told.client));
    const server = this.teller;
    const atUs = this.#nowUs();
    const leftUs = this.#leftUs.get(`${told.owner} ${told.address}`) ?? Number.NEGATIVE_INFINITY;
    const asked = this.#asked.get(told.owner);
    const isMoved = asked !== undefined && asked.address !== told.address && asked.atUs >= told.askedAtUs;
    const isDoubtful = atUs - leftUs < UNDER_WAY_US || isMoved;
    const isAlone = this.#knowledge.isAlone(server);
    const endMs = this.#clocks.endMs(server, told.askedAtUs, told.untilUs);
    const holding = { ...told, server, atUs, isDoubtful, isAlone, endMs };
    let isContested = false;
    for (const other of this.#overlapping(holding.address)) {
      if (other.owner === holding.owner || other.untilUs <= this.#nowUs()) continue;
      if (other.isDoubtful) continue;
      if (this.#knowledge.couldNotKnow(holding.server, other) || this.#knowledge.wasGivenApart(other)) {
        this.splitBrains++;
        // Of two leases of one second either may stand in the end.
        if (atUs - other.atUs < SAME_TIME_US) isContested = true;
      } else if (this.#clocks.takesForOver(holding.server, other)) this.overByClock++;
      else
        this.broken({
          kind: 'two clients',
          text: `${holding.address} was given to ${holding.client} by ${holding.server}, while ${other.client} has ${other.address} from ${other.server} for ${Math.round((other.untilUs - this.#nowUs()) / 1e6)} s more`,
          about: [holding.address, other.address, holding.client, other.client],
        });
    }
    this.#byAddress.set(holding.address, isContested ? { ...holding, isDoubtful: true } : holding);
  }

  /**
   * A server has answered, whether or not the client hears it: who asks again while shorter leases are configured gets one of those, and
   * goes on with the former one if it does not hear of it.
   * @param endMs by the server's clock, at the earliest: ms since 1970
   */
  answered(owner: string, address: string, endMs: number): void {
    const holding = this.#byAddress.get(address);
    if (holding?.owner === owner && endMs < holding.endMs)
      this.#byAddress.set(address, { ...holding, endMs: endMs - ROUNDING_MS });
  }

  /** Who was the last to have an address or a prefix. */
  at(address: string): Holding | undefined {
    return this.#byAddress.get(address);
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

  /** The time of a lease is over, and the client uses its address no more. */
  ranOut(address: string): void {
    this.expired++;
    // A copy of the client may have renewed it.
    if ((this.#byAddress.get(address)?.untilUs ?? 0) <= this.#nowUs()) this.#byAddress.delete(address);
  }

  /** A client uses its address no more; of whoever calls himself so the servers know no other. */
  left(owner: string, address: string): void {
    if (this.#byAddress.get(address)?.owner === owner) this.#byAddress.delete(address);
    this.#leftUs.set(`${owner} ${address}`, this.#nowUs());
  }

  /** Whether a client has given an address back since, or a copy of it has and a server may have heard that since. */
  hasLeft(owner: string, address: string, sinceUs: number): boolean {
    const isCopied = (this.#clients.get(owner)?.size ?? 0) > 1;
    return (
      (this.#leftUs.get(`${owner} ${address}`) ?? Number.NEGATIVE_INFINITY) >=
      sinceUs - (isCopied ? UNDER_WAY_US : 0)
    );
  }

  /**
   * A DHCPv4 client asks for an address. Where copies of one machine have several, the server takes them for one client, which is about
   * to give up all others.
   */
  moves(owner: string, asked: string): void {
    this.#asked.set(owner, { address: asked, atUs: this.#nowUs() });
    for (const holding of this.#byAddress.values())
      if (holding.owner === owner && holding.address !== asked) this.left(owner, holding.address);
  }

  /** Pools get smaller: a server ends a lease outside of them when its client asks, whether or not the client hears of that. */
  doubt(): void {
    for (const [address, holding] of this.#byAddress)
      this.#byAddress.set(address, { ...holding, isDoubtful: true });
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
