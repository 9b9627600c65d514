/** What each server of a pair can know of what the other has given, by the states in which they are. */
import type { OwnedLease } from './family.ts';
import type { Holding, Knowledge } from './leases-held.ts';
import type { Relationship } from './relationship.ts';

/** A lease is acknowledged by both servers. */
const NORMAL_STATES: ReadonlySet<string> = new Set(['hot-standby', 'load-balancing', 'passive-backup']);
const SILENT_STATES: ReadonlySet<string> = new Set([
  'waiting',
  'syncing',
  'ready',
  'in-maintenance',
  'backup',
]);
const NEVER_US = Number.POSITIVE_INFINITY;

/** A time in which a server gave leases without the other one. */
interface AloneTime {
  untilUs: number;
  /** What the other one gave later was unknown in it. */
  readonly knowsUntilUs: number;
}

/** A lease that a Kea had and has lost. */
interface Loss {
  readonly atUs: number;
  readonly untilSec: number;
  /** What it had given until then its partner knew; nothing where the partner had a new disk. */
  readonly partnerKnewUntilUs: number;
}

class ServerKnowledge {
  state = 'off';
  sinceUs = 0;
  /** It knows what its partner has given until then. */
  knowsUntilUs = 0;
  /** Since when it has a new disk, if it has not got its leases again. */
  blankSinceUs = NEVER_US;
  readonly alone: AloneTime[] = [];
  /** By owner and address: leases that it lost with what its disk had not synced. */
  readonly lost = new Map<string, Loss>();

  /** Of a Kea: its disk has not taken all that it was to take since it has synchronized last. */
  isIncomplete = false;

  get isBlank(): boolean {
    return this.isIncomplete || this.blankSinceUs < NEVER_US;
  }

  get isNormal(): boolean {
    return NORMAL_STATES.has(this.state);
  }
}

export class PairKnowledge implements Knowledge {
  readonly #nowUs: () => number;
  readonly #names: readonly string[];
  readonly #servers: readonly ServerKnowledge[];
  readonly #active: readonly number[];
  /** How often one has begun to serve alone. */
  takeovers = 0;

  constructor(nowUs: () => number, names: readonly string[], { active }: Relationship) {
    this.#active = active;
    this.#nowUs = nowUs;
    this.#names = names;
    this.#servers = names.map(() => new ServerKnowledge());
  }

  /** Of a server's name, -1 = none. */
  placeOf(name: unknown): number {
    return this.#names.indexOf(String(name));
  }

  get states(): readonly string[] {
    return this.#servers.map(({ state }) => state);
  }

  /** @param state of Kea's, or 'off' */
  changed(index: number, state: string): void {
    const server = this.#servers[index]!;
    const last = server.alone.at(-1);
    if (last?.untilUs === NEVER_US) last.untilUs = this.#nowUs();
    server.state = state;
    server.sinceUs = this.#nowUs();
    if (state === 'partner-down') {
      this.takeovers++;
      server.alone.push({ untilUs: NEVER_US, knowsUntilUs: server.knowsUntilUs });
    }
    if (this.#active.every((each) => this.#servers[each]!.isNormal))
      for (const each of this.#active) this.learns(each);
  }

  /** From here on it has all that its partner has given until now. */
  learns(index: number): void {
    const server = this.#servers[index]!;
    server.knowsUntilUs = this.#nowUs();
    server.blankSinceUs = NEVER_US;
  }

  /** It has all that its partner has. */
  synchronized(index: number): void {
    this.learns(index);
    this.#servers[index]!.isIncomplete = false;
  }

  /** A Kea could not write a lease, and goes on without it. */
  misses(index: number): void {
    this.#servers[index]!.isIncomplete = true;
  }

  losesDisk(index: number): void {
    this.#servers[index]!.blankSinceUs = this.#nowUs();
  }

  /** A Kea starts without leases that it had: it does not sync what it writes. */
  forgets(index: number, leases: readonly OwnedLease[]): void {
    const partner = this.#servers[1 - index]!;
    const { lost } = this.#servers[index]!;
    for (const { owner, address, untilSec } of leases) {
      const key = `${owner} ${address}`;
      // What is not there at a start is not there at the next one.
      if (lost.get(key)?.untilSec === untilSec) continue;
      const partnerKnewUntilUs = partner.isBlank ? Number.NEGATIVE_INFINITY : partner.knowsUntilUs;
      lost.set(key, { atUs: this.#nowUs(), untilSec, partnerKnewUntilUs });
    }
  }

  /**
   * Whether a Kea has lost a lease, and a server can know of it no more: the Kea itself until it has synchronized, and both for ever
   * where it had given the lease alone and its partner had not heard of it.
   */
  wasLost(server: string, { owner, address, atUs, server: giver, isAlone }: Holding): boolean {
    return this.#servers.some((kea, index) => {
      const loss = kea.lost.get(`${owner} ${address}`);
      if (loss === undefined || loss.atUs < atUs) return false;
      const isKea = this.#names[index] === server;
      if (isKea && kea.knowsUntilUs < loss.atUs) return true;
      const wasOnlyCopy = loss.partnerKnewUntilUs === Number.NEGATIVE_INFINITY;
      return wasOnlyCopy || (isAlone && giver === this.#names[index] && loss.partnerKnewUntilUs < atUs);
    });
  }

  /** Whether it lacks leases that it is to have. */
  isBlank(index: number): boolean {
    return this.#servers[index]!.isBlank;
  }

  /** Whether a server has been in its normal state for so long. */
  isNormal(index: number, forUs: number): boolean {
    const { isNormal, sinceUs } = this.#servers[index]!;
    return isNormal && this.#nowUs() - sinceUs >= forUs;
  }

  /** Whether a server has been for a while in a state in which it answers nobody: the standby of a pair that works normally, too. */
  isSilent(index: number, forUs: number): boolean {
    const { state, sinceUs } = this.#servers[index]!;
    const isStandby = state === 'hot-standby' && index === 1;
    return (SILENT_STATES.has(state) || isStandby) && this.#nowUs() - sinceUs >= forUs;
  }

  isAlone(server: string): boolean {
    return !this.#servers[this.#names.indexOf(server)]!.isNormal;
  }

  /**
   * By the protocol a server cannot know of a lease which the other one has given alone, and until they have spoken it may give the address
   * to somebody else; nor can one whose disk has gone, until it has got back what was on it. Who has no partner then has lost the lease,
   * whatever the software does.
   */
  couldNotKnow(server: string, lease: Holding): boolean {
    const { server: giver, atUs, isAlone } = lease;
    if (this.wasLost(server, lease)) return true;
    const { isBlank, knowsUntilUs, alone } = this.#servers[this.#names.indexOf(server)]!;
    if (isBlank) return true;
    if (giver === server || !isAlone) return false;
    return wasIgnorant(alone, atUs) || knowsUntilUs < atUs;
  }

  /** Whether a server has given a lease alone while another one gave leases without knowing of it. */
  wasGivenApart({ server: giver, atUs, isAlone }: Holding): boolean {
    return (
      isAlone &&
      this.#active.some((at) => this.#names[at] !== giver && wasIgnorant(this.#servers[at]!.alone, atUs))
    );
  }
}

/** Whether a server did not know of a lease when it gave others. What it has decided without knowledge it may tell later as well. */
function wasIgnorant(alone: readonly AloneTime[], atUs: number): boolean {
  return alone.some((time) => time.untilUs > atUs && time.knowsUntilUs < atUs);
}
