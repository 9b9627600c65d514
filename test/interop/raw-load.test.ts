/** The clients of the benchmark of raw sockets: their frames are those of DHCP clients, and a server answers them. */
import t from 'tap';
import { LoadProcess } from '../../bench/load-process.ts';
import { raw } from '../../bench/raw.ts';
import { TINY } from '../bench/options.ts';
import { needRootAnd } from '../support/need.ts';
import { createNetwork } from './network.ts';
import { BEGIN_MS } from './programs.ts';

const LINK = 'cable';

t.test('clients of the load on a link ask from no address, of all, with sums that are right', async (t) => {
  if (!needRootAnd(t, ['ip', 'tcpdump'])) return;
  const network = createNetwork(t, {});
  network.connect(LINK, { server: {}, load: {} });
  const options = ['-i', LINK, '-n', '-e', '-v', '-v', '-c', '1', 'udp'];
  const capture = network.start('server', 'tcpdump', options);
  await capture.waitForOutput(/listening on/, BEGIN_MS);
  const relay = { address: 0, port: 68 };
  const servers = [{ address: 0x0a400001, port: 67 }];
  const load = new LoadProcess({ relay, servers, link: LINK, inFlightMax: 1 }, network.enter('load'));
  t.same(await capture.ended, { code: 0, signal: null });
  await load.close();
  const frame = capture.output();
  t.match(frame, / > ff:ff:ff:ff:ff:ff, ethertype IPv4 \(0x0800\), length 342:/);
  t.match(frame, /0\.0\.0\.0\.68 > 255\.255\.255\.255\.67: \[udp sum ok\] BOOTP\/DHCP, Request/);
  t.notMatch(frame, /bad cksum/, 'of the IPv4 header');
});

t.test(
  'the benchmark starts a server for clients and one for a relay, and lays out its tables',
  async (t) => {
    if (!needRootAnd(t, ['ip'])) return;
    const tables = [await raw.run(TINY)].flat();
    t.match(tables, [{ title: 'clients on the link' }, { title: 'a relay' }]);
    for (const { rows, columns } of tables) {
      t.equal(rows.length, TINY.points.length);
      for (const row of rows) t.equal(row.length, columns.length);
    }
  },
);
