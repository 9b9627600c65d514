import t from 'tap';
import { ControlData, controlSpace } from '../../src/io/control-data.ts';
import { HEADER_CONTROL_LENGTH, HEADER_WORDS, MessageVector } from '../../src/io/message-vector.ts';
import { numbersFrom } from '../support/numbers.ts';

const BYTES = controlSpace(20) + controlSpace(16);
const WORDS = BYTES / 4;
const SECOND = 1;

/** Control data of two messages; the second one has these words, of which the kernel used `used` octets. */
function scene(words: readonly number[], used: number): ControlData {
  const vector = new MessageVector(2, 28);
  const control = new ControlData(vector, 2, BYTES);
  control.words.fill(0xee);
  control.words.set(words, SECOND * WORDS);
  vector.headers.words[SECOND * HEADER_WORDS + HEADER_CONTROL_LENGTH] = used;
  return control;
}

/** A piece of control data: its header and 4 words. */
const piece = (length: number, level: number, type: number): number[] => [length, 0, level, type, 1, 2, 3, 4];

t.test('a piece is found behind another one, at its first word', async (t) => {
  const control = scene([...piece(32, 1, 35), ...piece(36, 41, 50), 5, 0], BYTES);
  t.equal(control.find(SECOND, 1, 35, 16), WORDS + 4);
  t.equal(control.find(SECOND, 41, 50, 20), WORDS + 12);
  t.equal(control.find(SECOND, 41, 51, 0), -1);
  t.equal(control.find(SECOND, 42, 50, 0), -1);
});

t.test('what the kernel has not written in this call is not found', async (t) => {
  const words = [...piece(32, 1, 35), ...piece(36, 41, 50), 5, 0];
  const rows: readonly [string, number, number, number][] = [
    ['nothing at all', 0, -1, -1],
    ['half a header', 15, -1, -1],
    ['one piece', 32, WORDS + 4, -1],
    ['one piece and a header', 48, WORDS + 4, -1],
    ['all but an octet', 67, WORDS + 4, -1],
    ['all but the padding', 68, WORDS + 4, WORDS + 12],
    ['more than there is room for', 4711, WORDS + 4, WORDS + 12],
  ];
  for (const [what, used, first, second] of rows) {
    const control = scene(words, used);
    t.same([control.find(SECOND, 1, 35, 16), control.find(SECOND, 41, 50, 20)], [first, second], what);
  }
});

t.test('a piece that is shorter than what is looked for is none', async (t) => {
  t.equal(scene(piece(32, 41, 50), 32).find(SECOND, 41, 50, 20), -1);
  t.equal(scene(piece(32, 41, 50), 32).find(SECOND, 41, 50, 16), WORDS + 4);
});

t.test('whatever stands there, the search ends and stays within its message', async (t) => {
  const chance = numbersFrom(11);
  const lengths = [0, 1, 15, 16, 17, 20, 24, 32, 36, 40, 72, 73, 0x7fffffff, 0x80000000, 0xffffffff];
  let mistakes = 0;
  for (let round = 0; round < 20_000; round++) {
    const words = Array.from({ length: WORDS }, () => lengths[chance(lengths.length)]!);
    const control = scene(words, chance(BYTES + 8));
    const at = control.find(SECOND, lengths[chance(4)]!, lengths[chance(4)]!, 4 * chance(6));
    if (at !== -1 && (at < WORDS + 4 || at > 2 * WORDS)) mistakes++;
  }
  t.equal(mistakes, 0);
});

t.test('renewed, there is room again for all', async (t) => {
  const vector = new MessageVector(2, 28);
  const control = new ControlData(vector, 2, BYTES);
  const lengthAt = (i: number): number => i * HEADER_WORDS + HEADER_CONTROL_LENGTH;
  vector.headers.words[lengthAt(0)] = 0;
  vector.headers.words[lengthAt(1)] = 0;
  control.renew(1);
  t.same(
    [0, 1].map((i) => vector.headers.words[lengthAt(i)]),
    [BYTES, 0],
  );
});
