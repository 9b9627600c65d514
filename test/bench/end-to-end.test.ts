import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';

// Each starts servers and waits until they answer.
t.setTimeout(150_000);

const SERVER_BENCHES = ['lease-file', 'control', 'single-server', 'hot-standby'];

for (const bench of BENCHES.filter(({ name }) => SERVER_BENCHES.includes(name))) {
  t.test(`${bench.name} starts its servers, loads them and lays out a table`, async (t) => {
    const table = await bench.run({ scale: 'tiny', kea: false });
    t.ok(table.rows.length >= 1);
    for (const row of table.rows) t.equal(row.length, table.columns.length);
  });
}
