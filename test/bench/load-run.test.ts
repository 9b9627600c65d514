import t from 'tap';
import { loadRivals } from '../../bench/load-run.ts';
import { startReflector } from '../../bench/rivals.ts';

t.test('a rival is measured in the closed loop and at a steady rate', async (t) => {
  const rival = await startReflector();
  const table = await loadRivals([rival], 'tiny');
  await rival.close();
  const [name, exchangesPerSec, p50Ms, p99Ms, retransmitted] = table.rows[0]!;
  t.match(name, 'reflector');
  t.ok(Number(exchangesPerSec!.replaceAll(',', '')) > 100, `${exchangesPerSec} exchanges a second`);
  t.ok(Number(p50Ms) <= Number(p99Ms));
  t.equal(retransmitted, '0');
});

t.test('a rival that answers a query twice is refused', async (t) => {
  const one = await startReflector();
  const other = await startReflector(one.relay);
  const both = { ...one, servers: [...one.servers, ...other.servers] };
  await t.rejects(loadRivals([both], 'tiny'), { message: /duplicate-received/ });
  await one.close();
  await other.close();
});
