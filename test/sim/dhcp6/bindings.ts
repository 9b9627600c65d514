/** What a simulated client holds: its identity associations with their leases, and when it is to ask for them again. */
import { StatusCode } from '../../../src/dhcp6/codes.ts';
import type { ClientsParts } from '../family.ts';
import { IdentityAssociation, type Wish } from './identity-association.ts';
import type { RepliedIa, Reply } from './reply.ts';

const US_PER_SEC = 1e6;
/** Who has not got all that it wants does not ask for the rest at once again. */
const REST_SEC = 60;
/** Of the preferred lifetime, where the server leaves it open. */
const T1_SHARE = 0.5;
const T2_SHARE = 0.8;

/** A lease that somebody has given up. */
export interface Left {
  readonly owner: string;
  readonly address: string;
}

export class Bindings {
  readonly ias: readonly IdentityAssociation[];
  readonly #parts: ClientsParts;
  readonly #name: string;
  t1AtUs = 0;
  t2AtUs = 0;

  /** @param name of the client @param duid as lease files have it */
  constructor(parts: ClientsParts, name: string, wishes: readonly Wish[], duid: string) {
    this.#parts = parts;
    this.#name = name;
    this.ias = wishes.map((wish) => new IdentityAssociation(wish, duid));
  }

  /** Those that hold something. */
  held(): IdentityAssociation[] {
    const { held, agenda } = this.#parts;
    for (const ia of this.ias) for (const address of ia.expire(agenda.nowUs)) held.ranOut(address);
    return this.ias.filter(({ leases }) => leases.size > 0);
  }

  get isComplete(): boolean {
    return this.held().length === this.ias.length;
  }

  /** When the last lease is over, us. */
  lastUntilUs(): number {
    return Math.max(0, ...this.ias.flatMap(({ leases }) => [...leases.values()]));
  }

  options(): number[] {
    return this.ias.flatMap((ia) => ia.option());
  }

  /** They are given up, or were lost. @returns what there was */
  drop(ias: readonly IdentityAssociation[]): Left[] {
    const all = ias.flatMap(({ owner, leases }) => [...leases.keys()].map((address) => ({ owner, address })));
    for (const { owner, address } of all) this.#parts.held.left(owner, address);
    for (const { leases } of ias) leases.clear();
    return all;
  }

  /** How many leases an ADVERTISE offers. */
  static offeredBy({ ias }: Reply): number {
    return ias.reduce((sum, { leases }) => sum + leases.filter(({ validSec }) => validSec > 0).length, 0);
  }

  /** Asks for what was offered from here on. @param reply an ADVERTISE, null = nothing was */
  offer(reply: Reply | null): void {
    for (const ia of this.ias)
      ia.offered = this.#answerTo(ia, reply)?.leases.map(({ address }) => address) ?? [];
  }

  /**
   * Takes what a REPLY gives, and gives up what it ends.
   * @param askedAtUs when the client began to ask: lifetimes count from then
   * @returns whether the server does not know of what was asked for
   */
  take(reply: Reply, askedAtUs: number): boolean {
    let isUnknown = false;
    for (const ia of this.ias) {
      const answer = this.#answerTo(ia, reply);
      if (answer === undefined) continue;
      if (answer.status === StatusCode.noBinding) {
        isUnknown = true;
        this.drop([ia]);
      }
      for (const lease of answer.leases) this.#takeLease(ia, lease, askedAtUs);
    }
    this.#setTimes(reply, askedAtUs);
    return isUnknown;
  }

  #answerTo({ kind, iaid }: IdentityAssociation, reply: Reply | null): RepliedIa | undefined {
    return reply?.ias.find((each) => each.kind === kind && each.iaid === iaid);
  }

  #takeLease(
    { owner, leases }: IdentityAssociation,
    { address, validSec }: RepliedIa['leases'][number],
    askedAtUs: number,
  ): void {
    const { held, timeline } = this.#parts;
    if (validSec === 0) {
      if (leases.delete(address)) held.left(owner, address);
      timeline.note(this.#name, `is to leave ${address}, by ${held.teller}`);
      return;
    }
    const untilUs = askedAtUs + validSec * US_PER_SEC;
    leases.set(address, untilUs);
    timeline.note(this.#name, `has ${address} of ${held.teller} for ${validSec} s`);
    held.taken({ client: this.#name, owner, address, askedAtUs, untilUs });
  }

  #setTimes({ ias }: Reply, askedAtUs: number): void {
    const given = ias.filter(({ leases }) => leases.some(({ validSec }) => validSec > 0));
    const preferred = given.flatMap(({ leases }) =>
      leases.filter(({ validSec }) => validSec > 0).map(({ preferredSec }) => preferredSec),
    );
    const shortest = Math.min(...preferred);
    const t1 = Math.min(...given.map(({ t1Sec }) => t1Sec || shortest * T1_SHARE));
    const t2 = Math.min(...given.map(({ t2Sec }) => t2Sec || shortest * T2_SHARE));
    const isComplete = given.length === this.ias.length;
    this.t1AtUs = askedAtUs + Math.min(t1, isComplete ? t1 : REST_SEC) * US_PER_SEC;
    this.t2AtUs = askedAtUs + t2 * US_PER_SEC;
  }
}
