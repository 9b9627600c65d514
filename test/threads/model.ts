/**
 * Threads that run the product's own code for shared memory, one at a time, in an order that a schedule decides.
 *
 * Each actor is a thread of its own. Before each operation of Atomics, and behind each that changes something, it asks who goes on
 * (stage.ts); the others sleep. So a schedule is a list of choices, and the same choices make the same run. The explorer
 * (explorer.ts) makes schedules, by chance or one after the other, and judges what they come to. Waits have no end: a wake-up that is
 * lost leaves somebody asleep for ever, and is seen.
 */

export const ACTORS_MAX = 4;
/** In the place of an actor: the explorer. */
export const NOBODY = ACTORS_MAX;
const FDS_MAX = 8;
/** Choices of a run; whoever needs more does not come to an end. */
export const CHOICES_MAX = 4096;
export const MESSAGE_BYTES = 4096;

/** What an actor is doing. */
export const Doing = {
  ready: 0,
  /** Atomics.wait, poll, the event loop: until somebody wakes it. */
  waiting: 1,
  polling: 2,
  looping: 3,
  /** Until somebody else changes something: it would ask again and again. */
  resting: 4,
  done: 5,
} as const;

/** Words of the memory of a stage (Int32); each of the last block stands for one of so many. */
export const StageWord = {
  /** 1 = everybody gives up. */
  isOver: 0,
  hasFailed: 1,
  /** Choices made, and those that were given. */
  choices: 2,
  given: 3,
  /** State of the chance that decides behind the given choices; 0 = whoever runs goes on. */
  chance: 4,
  /** Points that the present actor has passed without a choice against it. */
  runLength: 5,
  /** Counts waits, so that who waits longest is woken first. */
  waits: 6,
  /** Steps of the run, for its story. */
  steps: 7,
  changes: 8,
  wake: 9,
  doing: 9 + ACTORS_MAX + 1,
  key: 9 + 2 * ACTORS_MAX + 1,
  since: 9 + 3 * ACTORS_MAX + 1,
  /** Of the one waitAsync that an actor may have pending: its key, 0 = none, and whether it has ended. */
  asyncKey: 9 + 4 * ACTORS_MAX + 1,
  asyncEnded: 9 + 5 * ACTORS_MAX + 1,
  /** Messages that its event loop has not taken yet. */
  messages: 9 + 6 * ACTORS_MAX + 1,
  /** By descriptor: 1 = it is readable. */
  fds: 9 + 7 * ACTORS_MAX + 1,
} as const;
const PLAIN_WORDS = StageWord.fds + FDS_MAX;

/** Where the columns of the choices begin: who was given, who was chosen, who could be, and who ran before. */
export const GIVEN_AT = PLAIN_WORDS;
export const CHOSEN_AT = GIVEN_AT + CHOICES_MAX;
export const READY_AT = CHOSEN_AT + CHOICES_MAX;
export const BEFORE_AT = READY_AT + CHOICES_MAX;
/** Of the story: actor, operation and key of each step. */
export const STEPS_AT = BEFORE_AT + CHOICES_MAX;
export const STEP_WORDS = 3;
const MESSAGE_AT = STEPS_AT + CHOICES_MAX * STEP_WORDS;

export interface StageMemory {
  readonly words: SharedArrayBuffer;
}

export function allocateStage(): StageMemory {
  return { words: new SharedArrayBuffer(MESSAGE_AT * 4 + MESSAGE_BYTES) };
}

/** Text of what has gone wrong, in UTF-8, ended by a zero. */
export function messageBytes({ words }: StageMemory): Uint8Array {
  return new Uint8Array(words, MESSAGE_AT * 4, MESSAGE_BYTES);
}

export const OPERATIONS = [
  'begin',
  'load',
  'store',
  'add',
  'and',
  'or',
  'exchange',
  'compareExchange',
  'notify',
  'wait',
  'waitAsync',
  'signal',
  'drain',
  'poll',
  'pause',
  'rest',
  'send',
  'after',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What an actor may do beside the product's code. */
export interface Stage {
  /** A point at which another actor may go on: between two looks at memory that is not atomic. */
  pause(): void;
  /** How often anything has been changed: to be asked before a look that `rest` may follow. */
  changes(): number;
  /** Lets others go on until one of them has changed something after `changes` was asked. */
  rest(changes: number): void;
  /** Until an eventfd is readable. */
  poll(fd: number): void;
  /** An event loop, with setImmediate and Atomics.waitAsync, until `isDone`. @param onMessage called once a message */
  loop(isDone: () => boolean, onMessage: () => void): void;
  /** Sends an actor a message that its event loop takes, as a MessagePort does. */
  send(actor: number): void;
}

/** @typeParam Memory plain data and shared memory */
export interface Scenario<Memory = unknown> {
  readonly name: string;
  /** Those with a name that ends in `*` may sleep at the end. */
  readonly actors: readonly string[];
  allocate(): Memory;
  /** Fills in what is not zero at the beginning. */
  prepare?(memory: Memory): void;
  /** Makes what an actor needs, in one go. @returns what it does then, point by point; throws what is wrong */
  act(actor: number, memory: Memory, stage: Stage): () => void;
  /** When everybody has ended, or sleeps. @returns what is wrong */
  check(memory: Memory): readonly string[];
}

/** Every shared memory in plain data, always in the same order. */
export function buffersIn(value: unknown, found: SharedArrayBuffer[] = []): SharedArrayBuffer[] {
  if (value instanceof SharedArrayBuffer) {
    if (!found.includes(value)) found.push(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) buffersIn(each, found);
  }
  return found;
}

/** Throws unless a promise of a scenario holds. */
export function expect(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise);
}
