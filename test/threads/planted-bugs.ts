/** What a careless hand might change in the product's code for shared memory. Each must show within so many runs. */
import type { SourceChange } from '../sim/images.ts';

export interface PlantedBug {
  readonly name: string;
  /** Name of the scenario in which it shows. */
  readonly scenario: string;
  readonly changes: readonly SourceChange[];
}

const LOCK = 'src/base/lock.ts';
const RING = 'src/base/byte-ring.ts';
const VERDICTS = 'src/engine/parked/verdicts.ts';
const POLICY = 'src/engine/policy.ts';
const BATCH = 'src/journal/batch.ts';

const OF_THE_LOCK: readonly PlantedBug[] = [
  {
    name: 'the lock is looked at, then taken',
    scenario: 'the lock',
    changes: [
      {
        file: LOCK,
        from: '  if (Atomics.compareExchange(words, index, FREE, HELD) === FREE) return;\n',
        to: '  if (Atomics.load(words, index) === FREE) {\n    Atomics.store(words, index, HELD);\n    return;\n  }\n',
      },
    ],
  },
  {
    name: 'whoever leaves the lock wakes nobody',
    scenario: 'the lock',
    changes: [
      {
        file: LOCK,
        from: 'if (Atomics.exchange(words, index, FREE) === CONTENDED) Atomics.notify(words, index, 1);',
        to: 'Atomics.store(words, index, FREE);',
      },
    ],
  },
  {
    name: 'who was woken forgets those who still wait',
    scenario: 'the lock, with a queue',
    changes: [
      {
        file: LOCK,
        from: 'while (Atomics.exchange(words, index, CONTENDED) !== FREE) Atomics.wait',
        to: 'while (Atomics.compareExchange(words, index, FREE, HELD) !== FREE)\n    if (Atomics.compareExchange(words, index, HELD, CONTENDED) !== FREE) Atomics.wait',
      },
    ],
  },
];

const OF_RINGS: readonly PlantedBug[] = [
  {
    name: 'a record is published before it is written',
    scenario: 'a ring',
    changes: [
      {
        file: RING,
        from: '    this.#words[position >>> 2] = (length | (kind << 16)) >>> 0;\n',
        to: '    Atomics.store(this.#control, HEAD, (head + size) | 0);\n    this.#words[position >>> 2] = (length | (kind << 16)) >>> 0;\n',
      },
    ],
  },
  {
    name: 'what is skipped at the end of the ring needs no room',
    scenario: 'a ring',
    changes: [{ file: RING, from: 'untilEnd < size ? untilEnd + size : size;', to: 'size;' }],
  },
  {
    name: 'a reader gives back what it has not read',
    scenario: 'a ring',
    changes: [
      {
        file: RING,
        from: 'Atomics.store(this.#control, this.#tail, this.#cursor | 0);',
        to: 'Atomics.store(this.#control, this.#tail, Atomics.load(this.#control, HEAD));',
      },
    ],
  },
  {
    name: 'the slower of two readers is overtaken',
    scenario: 'a ring with two readers',
    changes: [{ file: RING, from: 'return Math.max(first, second);', to: 'return Math.min(first, second);' }],
  },
  {
    name: 'a verdict is published before it is written',
    scenario: 'a shard, the journal and the stream',
    changes: [
      {
        file: VERDICTS,
        from: '    this.#words[at] = first | 0;\n',
        to: '    Atomics.store(this.#words, HEAD, (head + 1) | 0);\n    this.#words[at] = first | 0;\n',
      },
    ],
  },
];

const OF_WORDS: readonly PlantedBug[] = [
  {
    name: 'a policy that is being written does not say so',
    scenario: 'policies',
    changes: [{ file: POLICY, from: '  Atomics.add(words, VERSION, 1);\n', to: '' }],
  },
  {
    name: 'nobody looks whether the policy has changed meanwhile',
    scenario: 'policies',
    changes: [
      {
        file: POLICY,
        from: '(before & 1) === 0 && Atomics.load(words, VERSION) === before',
        to: '(before & 1) === 0',
      },
    ],
  },
  {
    name: 'an older change settles a newer one',
    scenario: 'a row that settles',
    changes: [
      {
        file: 'src/lease/unsettled.ts',
        from: 'Atomics.compareExchange(this.#unsettled, slot, change | 0, 0);',
        to: 'Atomics.store(this.#unsettled, slot, 0);',
      },
    ],
  },
];

const OF_SLEEP: readonly PlantedBug[] = [
  {
    name: 'a shard lies down without a second look',
    scenario: 'a shard, the journal and the stream',
    changes: [{ file: 'src/shard/sleep.ts', from: 'if (this.#hasNews()) return 0;', to: '' }],
  },
  {
    name: 'a shard looks, and then says that it lies down',
    scenario: 'a shard, the journal and the stream',
    changes: [
      {
        file: 'src/shard/sleep.ts',
        from: '      this.#bell.lieDown();\n      if (this.#hasNews()) return 0;\n',
        to: '      if (this.#hasNews()) return 0;\n      this.#bell.lieDown();\n',
      },
    ],
  },
  {
    name: 'the bell rings before the news are there',
    scenario: 'a shard, the journal and the stream',
    changes: [
      {
        file: BATCH,
        from: '    this.#reader.release();\n',
        to: '    for (const bell of this.#bells) bell.ring();\n    this.#reader.release();\n',
      },
      { file: BATCH, from: 'for (let i = 0; i < bells.length; i++) bells[i]!.ring();', to: 'void bells;' },
    ],
  },
  {
    name: 'whoever rings takes the sleeper for awake',
    scenario: 'a shard, the journal and the stream',
    changes: [
      {
        file: 'src/base/bell.ts',
        from: '    if (Atomics.exchange(this.#asleep, 0, AWAKE) === ASLEEP) this.#signal(this.#eventFd);',
        to: '    Atomics.store(this.#asleep, 0, AWAKE);\n    if (Atomics.load(this.#asleep, 0) === ASLEEP) this.#signal(this.#eventFd);',
      },
    ],
  },
  {
    name: 'the journal looks for what is announced after it has looked for work',
    scenario: 'two shards and the journal',
    changes: [
      {
        file: 'src/journal/loop.ts',
        from: 'return this.#rest(pending);',
        to: 'return this.#rest(Atomics.load(this.#changeWords, ChangeWord.pending));',
      },
    ],
  },
];

const OF_THE_DISK: readonly PlantedBug[] = [
  {
    name: 'rows that another is about to commit are announced to nobody',
    scenario: 'two shards and the journal',
    changes: [
      {
        file: 'src/journal/committer.ts',
        from: '!tryLock(this.#words, JournalWord.commitLock)) return false;',
        to: '!tryLock(this.#words, JournalWord.commitLock)) return true;',
      },
    ],
  },
  {
    name: 'rows are committed without the lock',
    scenario: 'two shards and the journal',
    changes: [
      {
        file: 'src/journal/committer.ts',
        from: '!tryLock(this.#words, JournalWord.commitLock)) return false;',
        to: '!(tryLock(this.#words, JournalWord.commitLock) || true)) return false;',
      },
    ],
  },
  {
    name: 'rows are safe before fdatasync',
    scenario: 'a shard, the journal and the stream',
    changes: [{ file: 'src/journal/committer.ts', from: '      files.fdatasync(fd);', to: '' }],
  },
  {
    name: 'rows of a batch that has failed are not written again',
    scenario: 'a shard, the journal and a disk that fails',
    changes: [{ file: BATCH, from: '    this.#reader.rewind();\n', to: '' }],
  },
];

const OF_THE_LOAN: readonly PlantedBug[] = [
  {
    name: 'a shard tells main of more without changing the word that main waits for',
    scenario: 'a log that is lent',
    changes: [
      { file: 'src/shard/announce.ts', from: '    Atomics.add(words, UpdateWord.pending, 1);\n', to: '' },
    ],
  },
  {
    name: 'the stream sleeps and is not to be woken for updates',
    scenario: 'a log that is lent',
    changes: [{ file: 'src/link/sleep.ts', from: '    if (forUpdates) this.#updates.lieDown();\n', to: '' }],
  },
  {
    name: 'main waits for what comes after its watch, not after its look',
    scenario: 'a log that is lent',
    changes: [
      {
        file: 'src/peer/update-log.ts',
        from: 'Atomics.waitAsync(this.#words, UpdateWord.pending, this.#seen, TICK_MS)',
        to: 'Atomics.waitAsync(\n      this.#words,\n      UpdateWord.pending,\n      Atomics.load(this.#words, UpdateWord.pending),\n      TICK_MS,\n    )',
      },
    ],
  },
  {
    name: 'main goes on where it was, and not behind what the stream has taken',
    scenario: 'a log that is lent',
    changes: [{ file: 'src/peer/update-log.ts', from: '    this.#reader.rewind();\n', to: '' }],
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...OF_THE_LOCK,
  ...OF_RINGS,
  ...OF_WORDS,
  ...OF_SLEEP,
  ...OF_THE_DISK,
  ...OF_THE_LOAN,
];
