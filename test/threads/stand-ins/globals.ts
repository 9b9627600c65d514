/** The globals of an image: each operation on shared words is a point at which the stage decides who goes on. */
import type { Operation } from '../model.ts';
import { present } from '../stage.ts';

const real = globalThis.Atomics;

type Change = 'store' | 'add' | 'and' | 'or' | 'exchange';

/** @param words those of 32 bits are all that the product has */
function changing(name: Change & Operation): (words: Int32Array, index: number, value: number) => number {
  return (words, index, value) => {
    const { stage } = present;
    stage?.pass(name, stage.keyOf(words, index));
    const before = real[name](words, index, value);
    stage?.changed();
    return before;
  };
}

const stagedAtomics = {
  store: changing('store'),
  add: changing('add'),
  and: changing('and'),
  or: changing('or'),
  exchange: changing('exchange'),
  load: (words: Int32Array, index: number): number => {
    const { stage } = present;
    stage?.pass('load', stage.keyOf(words, index));
    return real.load(words, index);
  },
  compareExchange: (words: Int32Array, index: number, expected: number, value: number): number => {
    const { stage } = present;
    stage?.pass('compareExchange', stage.keyOf(words, index));
    const before = real.compareExchange(words, index, expected, value);
    if (before === expected) stage?.changed();
    return before;
  },
  notify: (words: Int32Array, index: number, most = Number.POSITIVE_INFINITY): number => {
    const { stage } = present;
    if (stage === null) return 0;
    const key = stage.keyOf(words, index);
    stage.pass('notify', key);
    const woken = stage.notify(key, most);
    stage.changed();
    return woken;
  },
  wait: (words: Int32Array, index: number, value: number): string => {
    const stage = present.stage!;
    const key = stage.keyOf(words, index);
    stage.pass('wait', key);
    if (real.load(words, index) !== value) return 'not-equal';
    stage.wait(key);
    return 'ok';
  },
  waitAsync: (words: Int32Array, index: number, value: number) => {
    const stage = present.stage!;
    const key = stage.keyOf(words, index);
    stage.pass('waitAsync', key);
    if (real.load(words, index) !== value) return { async: false, value: 'not-equal' };
    // Not a promise: its `then` is called in the event loop of the stage, which has no microtasks.
    return {
      async: true,
      // biome-ignore lint/suspicious/noThenProperty: the product calls nothing else of it
      value: { then: (onChange: () => void) => stage.waitAsync(key, onChange) },
    };
  },
};

function stagedImmediate(callback: () => void): void {
  present.stage!.soon(callback);
}

export { stagedAtomics as Atomics, stagedImmediate as setImmediate };
