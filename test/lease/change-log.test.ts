import t from 'tap';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { allocateChangeLog, ChangeLog, ChangeWord, isReached } from '../../src/lease/change-log.ts';

const ROW = Buffer.from('10.0.0.1,\n');

t.test('numbers grow by one, and 0 is none of them when they wrap', async (t) => {
  const memory = allocateChangeLog(1 << 18);
  const log = new ChangeLog(memory);
  t.equal(log.append(ROW, ROW.length), 1);
  new Int32Array(memory.words)[ChangeWord.last] = -2;
  t.same(
    [1, 2, 3].map(() => log.append(ROW, ROW.length)),
    [0xffffffff, 1, 2],
  );
  const reader = new ByteRingReader(memory.ring);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const sequences: number[] = [];
  while (reader.next(record)) sequences.push(record.sequence);
  t.same(sequences, [1, 0xffffffff, 1, 2]);
});

t.test('a refused row uses up no number', async (t) => {
  const log = new ChangeLog(allocateChangeLog(1 << 18));
  const long = new Uint8Array(60_000);
  let last = 0;
  for (let number = log.append(long, long.length); number !== 0; number = log.append(long, long.length))
    last = number;
  t.ok(log.free() < 60_008);
  t.equal(log.append(ROW, ROW.length), last + 1);
});

t.test('a number is reached by itself and by the two thousand million after it', async (t) => {
  const cases: readonly (readonly [mark: number, number: number, reached: boolean])[] = [
    [0, 0, true],
    [0, 1, false],
    [1, 1, true],
    [5, 1, true],
    [1, 0xffffffff, true],
    [0xffffffff, 1, false],
    [0x80000000, 1, true],
    [0x80000001, 1, false],
    [0x7fffffff, 0x80000000, false],
    [0x80000000, 0x7fffffff, true],
  ];
  for (const [mark, number, reached] of cases)
    t.equal(isReached(mark, number), reached, `${mark} reaches ${number}`);
  t.ok(isReached(1 | 0, 0xffffffff | 0), 'as signed words too');
});

t.test('the journal is woken once a batch', async (t) => {
  const memory = allocateChangeLog(1 << 18);
  const log = new ChangeLog(memory);
  const words = new Int32Array(memory.words);
  log.append(ROW, ROW.length);
  t.equal(words[ChangeWord.pending], 0);
  const wait = Atomics.waitAsync(words, ChangeWord.pending, 0);
  log.announce();
  t.equal(words[ChangeWord.pending], 1);
  t.equal(await wait.value, 'ok');
});
