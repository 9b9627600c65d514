/**
 * The actor's side of a run: asks at each point who goes on, and sleeps while that is somebody else. Whoever is at the point
 * decides, by the choices given or by chance, and wakes the next: no switch goes by way of the explorer.
 */
import {
  ACTORS_MAX,
  BEFORE_AT,
  CHOICES_MAX,
  CHOSEN_AT,
  Doing,
  GIVEN_AT,
  NOBODY,
  OPERATIONS,
  type Operation,
  READY_AT,
  STEP_WORDS,
  STEPS_AT,
  type Stage,
  type StageMemory,
  StageWord,
} from './model.ts';

/** Those of this thread: the bundle's own are what asks the stage. */
const real = globalThis.Atomics;

/** Points that one actor passes while others could go on. */
const RUN_MAX = 64;
/** By chance: one point in so many has somebody else go on. */
const SWITCH_ONE_IN = 4;

/** The run is over, whatever an actor is in the middle of. */
export class Over extends Error {
  override readonly name = 'Over';
}

/** Hands the turn to an actor, or to NOBODY. */
export function handTo(words: Int32Array, actor: number): void {
  real.store(words, StageWord.wake + actor, 1);
  real.notify(words, StageWord.wake + actor);
}

/** Sleeps until the turn is `actor`'s. */
export function awaitTurn(words: Int32Array, actor: number): void {
  while (real.exchange(words, StageWord.wake + actor, 0) === 0) real.wait(words, StageWord.wake + actor, 0);
}

/** Decides who goes on. @param before who ran, or NOBODY @returns NOBODY when everybody sleeps or has ended */
export function choose(words: Int32Array, actors: number, before: number): number {
  let ready = 0;
  let count = 0;
  let last = NOBODY;
  for (let actor = 0; actor < actors; actor++) {
    if (words[StageWord.doing + actor] !== Doing.ready) continue;
    ready |= 1 << actor;
    count++;
    last = actor;
  }
  if (count <= 1) return last;
  const at = words[StageWord.choices]!;
  if (at >= CHOICES_MAX) throw new Error('it does not come to an end');
  words[StageWord.choices] = at + 1;
  // Who goes on and on waits for somebody, so that to let it go on leads nowhere.
  if (words[StageWord.runLength]! >= RUN_MAX) ready &= ~(1 << before);
  const isGiven = at < words[StageWord.given]!;
  const chosen = isGiven ? words[GIVEN_AT + at]! : decide(words, actors, ready, before);
  words[CHOSEN_AT + at] = chosen;
  words[READY_AT + at] = ready;
  words[BEFORE_AT + at] = isIn(ready, before) ? before : NOBODY;
  words[StageWord.runLength] = chosen === before ? words[StageWord.runLength]! + 1 : 0;
  return chosen;
}

function isIn(actors: number, actor: number): boolean {
  return (actors & (1 << actor)) !== 0;
}

function decide(words: Int32Array, actors: number, ready: number, before: number): number {
  const isByChance = words[StageWord.chance] !== 0;
  if (isIn(ready, before) && !(isByChance && draw(words, SWITCH_ONE_IN) === 0)) return before;
  let next = isByChance ? draw(words, actors) : (before + 1) % actors;
  while (!isIn(ready, next)) next = (next + 1) % actors;
  return next;
}

/** Marsaglia's xorshift of 32 bits. */
function draw(words: Int32Array, below: number): number {
  let x = words[StageWord.chance]!;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  words[StageWord.chance] = x;
  return (x >>> 0) % below;
}

export class ActorStage implements Stage {
  readonly #words: Int32Array;
  readonly #actors: number;
  readonly #me: number;
  readonly #numbers: ReadonlyMap<ArrayBufferLike, number>;
  #onChange: (() => void) | null = null;
  readonly #immediate: (() => void)[] = [];
  /** While an actor is made, and when it gives up, nothing is a point. */
  isMuted = true;

  constructor({ words }: StageMemory, actors: number, me: number, buffers: readonly SharedArrayBuffer[]) {
    this.#words = new Int32Array(words, 0, words.byteLength >>> 2);
    this.#actors = actors;
    this.#me = me;
    this.#numbers = new Map(buffers.map((buffer, index) => [buffer, index + 1]));
  }

  /** A point at which another actor may go on. @param key of the word that it is about, 0 = none */
  pass(operation: Operation, key = 0): void {
    if (this.isMuted) return;
    if (operation !== 'after') this.#note(operation, key);
    this.#leave(choose(this.#words, this.#actors, this.#me));
  }

  #note(operation: Operation, key: number): void {
    const step = this.#words[StageWord.steps]!;
    if (step >= CHOICES_MAX) return;
    this.#words[StageWord.steps] = step + 1;
    const at = STEPS_AT + step * STEP_WORDS;
    this.#words[at] = this.#me;
    this.#words[at + 1] = OPERATIONS.indexOf(operation);
    this.#words[at + 2] = key;
  }

  #leave(next: number): void {
    if (next === this.#me) return;
    handTo(this.#words, next);
    awaitTurn(this.#words, this.#me);
    if (this.#words[StageWord.isOver] === 0) return;
    this.isMuted = true;
    throw new Over();
  }

  /** Something was changed: who only waits for that may go on. */
  changed(): void {
    this.#words[StageWord.changes]! += 1;
    for (let actor = 0; actor < this.#actors; actor++)
      if (actor !== this.#me && this.#words[StageWord.doing + actor] === Doing.resting)
        this.#words[StageWord.doing + actor] = Doing.ready;
    this.pass('after');
  }

  /** A number for a word of the scenario's memory. */
  keyOf(words: Int32Array, index: number): number {
    const buffer = this.#numbers.get(words.buffer) ?? 0;
    return (buffer << 20) | ((words.byteOffset >>> 2) + index);
  }

  /** Sleeps until somebody wakes this actor; never of its own. */
  #sleep(doing: number, key: number): void {
    if (this.isMuted) throw new Over();
    const words = this.#words;
    words[StageWord.doing + this.#me] = doing;
    words[StageWord.key + this.#me] = key;
    words[StageWord.since + this.#me] = words[StageWord.waits]!;
    words[StageWord.waits]! += 1;
    words[StageWord.runLength] = 0;
    this.#leave(choose(words, this.#actors, this.#me));
  }

  wait(key: number): void {
    this.#sleep(Doing.waiting, key);
  }

  /** Wakes those who wait for a word, who has waited longest first. @returns how many */
  notify(key: number, most: number): number {
    let woken = 0;
    for (; woken < most; woken++) {
      const actor = this.#longest(key);
      if (actor === NOBODY) break;
      this.#words[StageWord.doing + actor] = Doing.ready;
    }
    for (let actor = 0; actor < ACTORS_MAX; actor++) {
      if (this.#words[StageWord.asyncKey + actor] !== key) continue;
      this.#words[StageWord.asyncEnded + actor] = 1;
      if (this.#words[StageWord.doing + actor] === Doing.looping)
        this.#words[StageWord.doing + actor] = Doing.ready;
    }
    return woken;
  }

  #longest(key: number): number {
    let found = NOBODY;
    for (let actor = 0; actor < this.#actors; actor++) {
      if (
        this.#words[StageWord.doing + actor] !== Doing.waiting ||
        this.#words[StageWord.key + actor] !== key
      )
        continue;
      if (found === NOBODY || this.#words[StageWord.since + actor]! < this.#words[StageWord.since + found]!)
        found = actor;
    }
    return found;
  }

  /** Atomics.waitAsync, of which an actor has one at a time. @param onChange is called by `loop` */
  waitAsync(key: number, onChange: () => void): void {
    this.#words[StageWord.asyncKey + this.#me] = key;
    this.#words[StageWord.asyncEnded + this.#me] = 0;
    this.#onChange = onChange;
  }

  soon(callback: () => void): void {
    this.#immediate.push(callback);
  }

  send(actor: number): void {
    this.pass('send', actor);
    this.#words[StageWord.messages + actor]! += 1;
    if (this.#words[StageWord.doing + actor] === Doing.looping)
      this.#words[StageWord.doing + actor] = Doing.ready;
    this.changed();
  }

  loop(isDone: () => boolean, onMessage: () => void): void {
    const messages = StageWord.messages + this.#me;
    while (!isDone()) {
      const immediate = this.#immediate.shift();
      if (immediate !== undefined) immediate();
      else if (this.#words[messages]! > 0) {
        this.#words[messages]! -= 1;
        onMessage();
      } else if (this.#words[StageWord.asyncEnded + this.#me] === 1) this.#runChange();
      else this.#sleep(Doing.looping, 0);
    }
  }

  #runChange(): void {
    this.#words[StageWord.asyncKey + this.#me] = 0;
    this.#words[StageWord.asyncEnded + this.#me] = 0;
    const onChange = this.#onChange!;
    this.#onChange = null;
    onChange();
  }

  pause(): void {
    this.pass('pause');
  }

  changes(): number {
    return this.#words[StageWord.changes]!;
  }

  rest(changes: number): void {
    if (changes !== this.changes()) return;
    this.#note('rest', 0);
    this.#sleep(Doing.resting, 0);
  }

  signal(fd: number): void {
    this.pass('signal', fd);
    this.#words[StageWord.fds + fd] = 1;
    for (let actor = 0; actor < this.#actors; actor++)
      if (this.#words[StageWord.doing + actor] === Doing.polling && this.#words[StageWord.key + actor] === fd)
        this.#words[StageWord.doing + actor] = Doing.ready;
    this.changed();
  }

  drain(fd: number): void {
    this.pass('drain', fd);
    this.#words[StageWord.fds + fd] = 0;
  }

  poll(fd: number): void {
    this.pass('poll', fd);
    while (this.#words[StageWord.fds + fd] === 0) this.#sleep(Doing.polling, fd);
  }
}

/** The stage of this thread; without one, operations are what they are. */
export const present: { stage: ActorStage | null } = { stage: null };
