import t from 'tap';
import { createPopulation } from '../../src/load/population.ts';

t.test('fresh clients never come back', async (t) => {
  const population = createPopulation({ kind: 'fresh' });
  t.same([population.take(), population.take(), population.take()], [0, 1, 2]);
  population.giveBack(1, true);
  t.equal(population.take(), 3);
  t.equal(population.renews(1), false);
});

t.test('bounded clients come in turn, none twice at once', async (t) => {
  const population = createPopulation({ kind: 'bounded', count: 3 });
  t.same([population.take(), population.take(), population.take(), population.take()], [0, 1, 2, -1]);
  population.giveBack(1, true);
  t.equal(population.take(), 1);
  t.equal(population.renews(1), false, 'they always ask anew');
});

t.test('renewing clients remember what they hold', async (t) => {
  const population = createPopulation({ kind: 'renewing', count: 1 });
  const client = population.take();
  t.equal(population.renews(client), false);
  population.giveBack(client, true);
  t.equal(population.renews(population.take()), true);
  population.giveBack(client, false);
  t.equal(population.renews(population.take()), false, 'what was refused is renewed no more');
});
