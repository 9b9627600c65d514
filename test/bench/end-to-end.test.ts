import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';
import { TINY } from './options.ts';

// Each starts servers and waits until they answer.
t.setTimeout(290_000);

const SERVER_BENCHES = ['lease-file', 'memory', 'control', 'single-server', 'pair', 'sync', 'cold', 'idle'];
/** It starts its servers anew for each point. */
const ONE_POINT = { ...TINY, points: TINY.points.slice(0, 1) };

for (const bench of BENCHES.filter(({ name }) => SERVER_BENCHES.includes(name))) {
  t.test(`${bench.name} starts its servers, loads them and lays out its tables`, async (t) => {
    for (const table of [await bench.run(bench.name === 'cold' ? ONE_POINT : TINY)].flat()) {
      t.ok(table.rows.length >= 1);
      for (const row of table.rows) t.equal(row.length, table.columns.length);
    }
  });
}

t.test('a pair is loaded by renewals, in load-balancing and with TLS between its servers', async (t) => {
  const pair = BENCHES.find(({ name }) => name === 'pair')!;
  const tables = [
    await pair.run({ ...TINY, modes: ['load-balancing'], clients: ['renewals'], tls: true }),
  ].flat();
  t.match(tables, [{ title: 'load-balancing, renewals, TLS between the servers', rows: { length: 2 } }]);
});

t.test('a pair is compared in one table with one server, and with the same pair without TLS', async (t) => {
  const pair = BENCHES.find(({ name }) => name === 'pair')!;
  const [point] = TINY.points;
  const options = { ...TINY, points: [point!], beside: ['single', 'plain'] } as const;
  const namesIn = async (tls: boolean): Promise<string[]> => {
    const [table] = [await pair.run({ ...options, tls })].flat();
    return table!.rows.map(([, name = '']) => name);
  };
  t.same(await namesIn(true), ['Tandem, one server', 'Tandem, plain', 'Tandem']);
  t.same(await namesIn(false), ['Tandem, one server', 'Tandem'], 'which is without TLS anyway');
});
