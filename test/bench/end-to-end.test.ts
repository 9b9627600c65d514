import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';
import { TINY } from './options.ts';

// Each starts servers and waits until they answer.
t.setTimeout(290_000);

const SERVER_BENCHES = [
  'lease-file',
  'memory',
  'control',
  'single-server',
  'single-server6',
  'pair',
  'pair6',
  'sync',
  'cold',
  'idle',
];
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

t.test('a pair is compared in one table with one server, and with the same pair without TLS', async (t) => {
  const pair = BENCHES.find(({ name }) => name === 'pair')!;
  const tables = [
    await pair.run({
      ...ONE_POINT,
      modes: ['load-balancing'],
      clients: ['renewals'],
      tls: true,
      beside: ['single', 'plain'],
    }),
  ].flat();
  t.equal(tables[0]!.title, 'load-balancing, renewals, TLS between the servers');
  t.same(
    tables[0]!.rows.map(([, name]) => name),
    ['Tandem, one server', 'Tandem, plain', 'Tandem'],
  );
});
