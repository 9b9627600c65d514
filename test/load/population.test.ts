import t from 'tap';
import { createPopulation } from '../../src/load/population.ts';

t.test('fresh clients never come back', async (t) => {
  const population = createPopulation({ kind: 'fresh' });
  t.same([population.take(), population.take(), population.take()], [0, 1, 2]);
  population.giveBack(1, 7);
  t.equal(population.take(), 3);
  t.equal(population.heldBy(1), 0);
});

t.test('bounded clients come in turn, none twice at once', async (t) => {
  const population = createPopulation({ kind: 'bounded', count: 3 });
  t.same([population.take(), population.take(), population.take(), population.take()], [0, 1, 2, -1]);
  population.giveBack(1, 7);
  t.equal(population.take(), 1);
  t.equal(population.heldBy(1), 0, 'they always ask anew');
});

t.test('renewing clients remember what they hold', async (t) => {
  const population = createPopulation({ kind: 'renewing', count: 1 });
  const client = population.take();
  t.equal(population.heldBy(client), 0);
  population.giveBack(client, 7);
  t.equal(population.heldBy(population.take()), 7);
});
