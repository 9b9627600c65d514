/** Three threads take the lock, twice each (src/base/lock.ts). */
import { lock, tryLock, unlock } from '../../../src/base/lock.ts';
import { expect, type Scenario } from '../model.ts';

const LOCK = 0;
const INSIDE = 1;
const VISITS = 2;
const TIMES = 2;

export const LOCKED: Scenario<SharedArrayBuffer> = {
  name: 'the lock',
  actors: ['one', 'two', 'three'],
  allocate: () => new SharedArrayBuffer(16),
  act: (actor, memory, stage) => {
    const words = new Int32Array(memory);
    const visit = (): void => {
      expect(words[INSIDE] === 0, 'nobody else holds the lock');
      words[INSIDE] = 1;
      stage.pause();
      words[VISITS]! += 1;
      words[INSIDE] = 0;
    };
    return () => {
      for (let time = 0; time < TIMES; time++) {
        // The last takes it only where nobody holds it, as those do who commit few rows.
        if (actor < 2) lock(words, LOCK);
        else if (!tryLock(words, LOCK)) continue;
        visit();
        unlock(words, LOCK);
      }
    };
  },
  check: (memory) => {
    const words = new Int32Array(memory);
    const isFree = words[LOCK] === 0 && words[INSIDE] === 0;
    return isFree && words[VISITS]! >= 2 * TIMES
      ? []
      : ['the lock is free at the end, and everybody was inside'];
  },
};

/** Three that all wait: who was woken must wake the next. */
export const QUEUED: Scenario<SharedArrayBuffer> = {
  ...LOCKED,
  name: 'the lock, with a queue',
  act: (actor, memory, stage) => LOCKED.act(Math.min(actor, 1), memory, stage),
};
