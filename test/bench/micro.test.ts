import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';
import { TINY } from './options.ts';

/** Those without a server process; the others are in end-to-end.test.ts. */
const MICRO = ['hash', 'classify', 'table', 'pool', 'encode', 'exchange', 'journal'];

for (const bench of BENCHES.filter(({ name }) => MICRO.includes(name))) {
  t.test(`${bench.name} answers its question, and always computes the same`, async (t) => {
    const [first] = [await bench.run(TINY)].flat();
    if (first === undefined) throw new Error('no table');
    t.ok(first.rows.length >= 2, 'there are contenders');
    for (const row of first.rows) {
      t.equal(row.length, first.columns.length);
      t.notMatch(row.join(), 'n/a');
    }
    t.match(await bench.run(TINY), { digest: first.digest });
  });
}
