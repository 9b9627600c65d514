/** The globals of an image: time and the waiting for shared words are those of its machine. */
import { slot } from './slot.ts';
import {
  simulatedClear,
  simulatedSetImmediate,
  simulatedSetInterval,
  simulatedSetTimeout,
} from './timers.ts';

const real = globalThis.Atomics;
const { load, store, add, sub, and, or, exchange, compareExchange } = real;

const simulatedAtomics = {
  load,
  store,
  add,
  sub,
  and,
  or,
  exchange,
  compareExchange,
  notify: (words: Int32Array, index: number) => slot.machine.notify(words, index),
  /** Only a lock waits so, and threads take turns: whoever holds it would never give it back. */
  wait: () => {
    throw new Error('a thread waits for a lock whose holder has left its turn');
  },
  waitAsync: (words: Int32Array, index: number, value: number, timeoutMs = Number.POSITIVE_INFINITY) => {
    if (load(words, index) !== value) return { async: false, value: 'not-equal' };
    if (timeoutMs <= 0) return { async: false, value: 'timed-out' };
    const { machine } = slot;
    const changed = new Promise((resolve) => {
      machine.waitForWord({ words, index, value, timeoutMs }, (isChanged) => {
        resolve(isChanged ? 'ok' : 'timed-out');
        machine.world.settle();
      });
    });
    return { async: true, value: changed };
  },
};

export {
  simulatedAtomics as Atomics,
  simulatedClear as clearImmediate,
  simulatedClear as clearInterval,
  simulatedClear as clearTimeout,
  simulatedSetImmediate as setImmediate,
  simulatedSetInterval as setInterval,
  simulatedSetTimeout as setTimeout,
};
