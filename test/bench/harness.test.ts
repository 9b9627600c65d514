import t from 'tap';
import { compare, createRandom, folding, formatNumber, median, time } from '../../bench/harness.ts';

t.test('contenders run in turn, one round to warm up', async (t) => {
  const order: string[] = [];
  const contender = (name: string) =>
    folding(name, () => {
      order.push(name);
      return 1;
    });
  const timings = time({ operations: 1, sameDigest: true, contenders: [contender('a'), contender('b')] }, 2);
  t.same(order, ['a', 'b', 'a', 'b', 'a', 'b']);
  t.match(timings, [
    { name: 'a', digest: 1 },
    { name: 'b', digest: 1 },
  ]);
  t.ok(timings[0]!.lowNs <= timings[0]!.medianNs && timings[0]!.medianNs <= timings[0]!.highNs);
});

t.test('rivals that compute something else are refused', async (t) => {
  const contenders = [folding('right', () => 1), folding('wrong', () => 2)];
  t.throws(() => compare({ operations: 1, sameDigest: true, contenders }, 'tiny'), {
    message: /^wrong computed 2/,
  });
  t.doesNotThrow(() => compare({ operations: 1, sameDigest: false, contenders }, 'tiny'));
});

t.test('a contender whose digest changes between rounds is refused', async (t) => {
  let round = 0;
  const contenders = [folding('restless', () => round++)];
  t.throws(() => time({ operations: 1, sameDigest: false, contenders }, 1), {
    message: /^restless computed 1/,
  });
});

t.test('the median is the middle of what was measured', async (t) => {
  t.equal(median([9, 1, 5]), 5);
  t.equal(median([4, 1, 3, 2]), 2);
  t.ok(Number.isNaN(median([])));
});

t.test('numbers are shown with three significant figures', async (t) => {
  t.equal(formatNumber(1_234_567), '1,230,000');
  t.equal(formatNumber(0.012345), '0.012');
  t.equal(formatNumber(Number.NaN), 'n/a');
});

t.test('random numbers are the same in every run', async (t) => {
  const random = createRandom(1);
  t.same([random(), random(), random()], [270369, 67634689, 2647435461]);
});
