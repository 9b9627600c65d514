import t from 'tap';
import { scale } from '../../bench/scale.ts';
import { TINY } from './options.ts';

// It starts a server for each size.
t.setTimeout(240_000);

t.test('scale starts a server of each size, loads it and compares it with the first', async (t) => {
  const tables = [await scale.run({ ...TINY, points: TINY.points.slice(0, 1) })].flat();
  t.same(
    tables.map(({ title, rows }) => [title, rows.length]),
    [
      ['sizes', 7],
      ['pools', 2],
    ],
  );
  for (const { columns, rows } of tables) {
    for (const row of rows) t.equal(row.length, columns.length);
    t.equal(rows[0]!.at(-1), '1', 'the first against itself');
  }
});
