/** Who waits until the partner has answered what stood in the update log: in order, over the end of the counters, given up. */
import t from 'tap';
import { Settlements } from '../../src/link/settlements.ts';

function open() {
  const answers: boolean[] = [];
  return { settlements: new Settlements((isSettled) => void answers.push(isSettled)), answers };
}

t.test('a question is answered when all of before was read and answered by the partner', async (t) => {
  const { settlements, answers } = open();
  settlements.add(100);
  settlements.look(96, 6, 6);
  t.same(answers, [], 'the last record has not been read');
  settlements.look(100, 7, 6);
  t.same(answers, [], 'it is on its way');
  settlements.look(100, 7, 7);
  t.same(answers, [true]);
  settlements.look(200, 9, 9);
  t.same(answers, [true], 'once');
});

t.test('a log that is empty, with nothing on its way, is answered for at once', async (t) => {
  const { settlements, answers } = open();
  settlements.add(100);
  settlements.look(100, 7, 7);
  t.same(answers, [true]);
});

t.test('what is written and sent after the question does not put the answer off', async (t) => {
  const { settlements, answers } = open();
  settlements.add(100);
  settlements.look(100, 7, 3);
  settlements.look(300, 20, 6);
  t.same(answers, []);
  settlements.look(400, 30, 7);
  t.same(answers, [true]);
});

t.test('questions are answered in their order, each when its own records are', async (t) => {
  const { settlements, answers } = open();
  settlements.add(100);
  settlements.look(100, 7, 3);
  settlements.add(200);
  settlements.add(200);
  settlements.look(200, 11, 7);
  t.same(answers, [true]);
  settlements.look(200, 11, 10);
  t.same(answers, [true]);
  settlements.look(200, 11, 11);
  t.same(answers, [true, true, true]);
});

t.test('octets and numbers pass the end of their range', async (t) => {
  const { settlements, answers } = open();
  settlements.add(8);
  settlements.look(2 ** 32 - 16, 2 ** 32 - 2, 2 ** 32 - 2);
  t.same(answers, [], 'eight octets after the end of the range are ahead');
  settlements.look(8, 1, 2 ** 32 - 1);
  t.same(answers, [], 'so is the record number 1');
  settlements.look(16, 2, 0);
  t.same(answers, []);
  settlements.look(16, 2, 1);
  t.same(answers, [true]);
  settlements.add(2 ** 32 - 4);
  settlements.look(4, 3, 2);
  t.same(answers, [true], 'read beyond it, and not answered');
  settlements.look(4, 3, 3);
  t.same(answers, [true, true]);
});

t.test('when the log goes, everybody hears that it is not settled, and nobody twice', async (t) => {
  const { settlements, answers } = open();
  settlements.add(100);
  settlements.look(100, 7, 3);
  settlements.add(200);
  settlements.giveUp();
  t.same(answers, [false, false]);
  settlements.giveUp();
  settlements.look(300, 9, 9);
  t.same(answers, [false, false]);
  settlements.add(400);
  settlements.look(400, 10, 10);
  t.same(answers, [false, false, true], 'the next one is for the next log');
});
