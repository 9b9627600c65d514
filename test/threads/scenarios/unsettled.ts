/**
 * Two shards change one row and hear later that a change is safe, while a third answers from the row when it is settled
 * (src/lease/unsettled.ts).
 */
import { lock, unlock } from '../../../src/base/lock.ts';
import { UnsettledChanges } from '../../../src/lease/unsettled.ts';
import { expect, type Scenario } from '../model.ts';

const LOCK = 0;
/** Number of the last change, which is that of the row as it stands. */
const LAST = 1;
/** By number of a change: 1 = it is on the disk and with the partner. */
const SAFE = 2;
const ROW = 0;

interface RowStory {
  readonly words: SharedArrayBuffer;
  readonly row: SharedArrayBuffer;
}

export const ROW_SETTLES: Scenario<RowStory> = {
  name: 'a row that settles',
  actors: ['shard', 'other shard', 'cache'],
  allocate: () => ({ words: new SharedArrayBuffer(32), row: new SharedArrayBuffer(4) }),
  act: (actor, memory, stage) => {
    const words = new Int32Array(memory.words);
    const changes = new UnsettledChanges(memory.row);
    if (actor === 2)
      return () => {
        for (let look = 0; look < 2; look++) {
          lock(words, LOCK);
          const isSettled = changes.unsettledChange(ROW) === 0;
          const isSafe = words[LAST] === 0 || words[SAFE + words[LAST]!] === 1;
          expect(isSafe || !isSettled, 'a settled row is safe as it stands');
          unlock(words, LOCK);
        }
      };
    return () => {
      lock(words, LOCK);
      const change = words[LAST]! + 1;
      changes.setUnsettled(ROW, change);
      words[LAST] = change;
      unlock(words, LOCK);
      stage.pause();
      words[SAFE + change] = 1;
      changes.settle(ROW, change);
    };
  },
  check: ({ row }) =>
    new UnsettledChanges(row).unsettledChange(ROW) === 0
      ? []
      : ['the row is settled when both changes are safe'],
};
