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

/** Of client `number`, 1... */
export function wishesOf(number: number): readonly Wish[] {
  return WISHES[number % WISHES.length]!;
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
