/** What clients ask for, by their numbers: an address, a prefix, or several of them. */
import type { IaKind, Wish } from './identity-association.ts';

/** IAIDs of the two kinds have nothing to do with each other. */
const WISHES: readonly (readonly Wish[])[] = [
  [{ kind: 'na', iaid: 1 }],
  [
    { kind: 'na', iaid: 1 },
    { kind: 'pd', iaid: 1 },
  ],
  [{ kind: 'pd', iaid: 7 }],
  [
    { kind: 'na', iaid: 1 },
    { kind: 'na', iaid: 2 },
  ],
  [
    { kind: 'na', iaid: 0xffffffff },
    { kind: 'pd', iaid: 2 },
    { kind: 'pd', iaid: 3 },
  ],
];
const RAPID_EACH = 3;
const TWICE_EACH = 4;
const DIRECT_EACH = 7;
const DIRECT_FIRST = 3;
const CLONE_EACH = 8;
const CLONE_FIRST = 6;

/** The number by which client `number`, 1..., calls itself: some are copies of a machine that runs already. */
export function identityOf(number: number): number {
  return number % CLONE_EACH === CLONE_FIRST ? number - 1 : number;
}

/** Of client `number`. */
export function wishesOf(number: number): readonly Wish[] {
  return WISHES[identityOf(number) % WISHES.length]!;
}

/** Whether it is on the link of the servers, and no relay hears it. */
export function isDirect(number: number): boolean {
  return number % DIRECT_EACH === DIRECT_FIRST;
}

/** Whether it asks for rapid commit. */
export function isRapid(number: number): boolean {
  return number % RAPID_EACH === 0;
}

/** Whether it is heard by two relays. */
export function isHeardTwice(number: number): boolean {
  return number % TWICE_EACH === 0;
}

/** How many of a kind the first `clients` clients want. */
export function wishesCount(kind: IaKind, clients: number): number {
  let count = 0;
  for (let number = 1; number <= clients; number++)
    count += wishesOf(number).filter((wish) => wish.kind === kind).length;
  return count;
}
