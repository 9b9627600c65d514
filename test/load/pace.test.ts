import t from 'tap';
import { Pace } from '../../src/load/pace.ts';

const MS = 1000;

t.test('the closed loop grants all the room there is', async (t) => {
  t.equal(new Pace(0).grant(1, 0, 17), 17);
});

t.test('a rate is kept exactly when nothing is in its way, also when it is below one a turn', async (t) => {
  const pace = new Pace(0);
  let granted = 0;
  for (let ms = 1; ms <= 10_000; ms++) granted += pace.grant(ms * MS, 37, 1000);
  t.equal(granted, 370);
});

t.test('after the thread was held up, no more than fifty milliseconds are made up for', async (t) => {
  const pace = new Pace(0);
  t.equal(pace.grant(10_000 * MS, 1000, 100_000), 50);
  t.equal(pace.grant(10_001 * MS, 1000, 100_000), 1);
});

t.test('never grants more than there is room for', async (t) => {
  const pace = new Pace(0);
  t.equal(pace.grant(40 * MS, 1000, 3), 3);
});

t.test('tells when the next exchange is due, and that one is due when it found no room', async (t) => {
  const pace = new Pace(0);
  t.equal(pace.grant(5 * MS, 100, 1000), 0);
  t.equal(pace.untilNextUs(100), 5 * MS);
  t.equal(pace.grant(12 * MS, 100, 0), 0);
  t.equal(pace.untilNextUs(100), 0);
});
