import t from 'tap';
import { REFLECTOR } from '../../bench/contenders.ts';
import { loadRivals } from '../../bench/load-run.ts';
import { createSingle } from '../../bench/rivals.ts';
import { TINY } from './options.ts';

t.test('a rival is measured in the closed loop and at a steady rate', async (t) => {
  const table = await loadRivals([() => createSingle(REFLECTOR)], TINY.points, 'new', 'tiny');
  t.match(
    table.rows.map(([load]) => load),
    ['2 in flight', '100/s'],
  );
  for (const [load = '', name, perSec = '', p50Ms, p99Ms] of table.rows) {
    t.match(name, 'reflector');
    t.ok(Number(perSec.replaceAll(',', '')) > (load === '100/s' ? 50 : 100), `${perSec} exchanges a second`);
    t.ok(Number(p50Ms) <= Number(p99Ms));
  }
  t.match(table.records, { length: 2 }, 'a record for every row');
});

t.test('a rival that answers a query twice is refused', async (t) => {
  const both = async () => {
    const one = await createSingle(REFLECTOR);
    const other = await createSingle(REFLECTOR, { relay: one.relay });
    return {
      ...one,
      servers: [...one.servers, ...other.servers],
      start: async () => {
        await one.start();
        await other.start();
      },
      close: async () => {
        await one.close();
        await other.close();
      },
    };
  };
  await t.rejects(loadRivals([both], TINY.points, 'new', 'tiny'), { message: /two answers/ });
});
