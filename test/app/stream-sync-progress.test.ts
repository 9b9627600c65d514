/** How far a synchronization by the stream is: in ha-why and in the metrics of the server that takes it. */
import { join } from 'node:path';
import t from 'tap';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { Pair } from './hot-standby-pair.ts';
import { scratch } from './process.ts';
import { SERVER } from './reloading.ts';
import { ALONE, directoryWith, FIRST, leaseRows, startAlone } from './synchronizing.ts';

t.setTimeout(120_000);

const LEASES = 100_000;
const SENTENCE =
  /; a synchronization has taken (\d+) of about (\d+) leases, (\d+) a second(?:, about (\d+) s left)?/;

interface Progress {
  readonly rows: number;
  readonly total: number;
  readonly perSecond: number;
}

function metricsOf(page: string): Progress {
  const value = (name: string): number =>
    Number(new RegExp(`^tandem_ha_sync_${name}\\{[^}]*server="b"[^}]*\\} (\\d+)$`, 'm').exec(page)?.[1]);
  return { rows: value('rows'), total: value('rows_total'), perSecond: value('rows_per_second') };
}

t.test('rows, rate and time left are told while it goes on, and the sum afterwards', async (t) => {
  const pair = await Pair.prepare(t);
  await startAlone(t, pair, 'a', {}, directoryWith(t, leaseRows(FIRST, LEASES, 100)));
  const directory = scratch(t);
  const httpPort = await findFreeTcpPort(SERVER);
  const sockets = [
    { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
    { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': httpPort },
  ];
  const dhcp4 = { 'control-socket': undefined, 'control-sockets': sockets };
  await pair.begin(t, 'b', { more: ALONE, dhcp4 }, directory);
  const metrics = async () => metricsOf(await (await fetch(`http://${SERVER}:${httpPort}/metrics`)).text());
  const told: (Progress & { readonly leftSec: number })[] = [];
  const measured: Progress[] = [];
  const b = pair.get('b');
  while (b.logged('TDM_HA_SYNC_SUCCEEDED').length === 0) {
    const { arguments: why } = await b.ask('ha-why');
    const sentence = SENTENCE.exec(JSON.stringify(why));
    if (sentence !== null) {
      const [rows, total, perSecond, leftSec] = sentence.slice(1).map(Number);
      told.push({ rows: rows!, total: total!, perSecond: perSecond!, leftSec: leftSec! });
    }
    measured.push(await metrics());
  }
  const midway = told.filter(({ rows, total }) => rows > 0 && rows < total);
  t.ok(midway.length > 0, `${midway.length} looks in the middle of it`);
  const wrong = midway.filter(
    ({ rows, total, perSecond, leftSec }) =>
      total !== LEASES || leftSec !== Math.ceil((total - rows) / perSecond),
  );
  t.same(wrong, []);
  const moving = measured.filter(({ rows, perSecond }) => rows > 0 && rows < LEASES && perSecond > 0);
  t.ok(moving.length > 0, `${moving.length} pages in the middle of it`);
  t.same(
    moving.map(({ rows }) => rows),
    moving.map(({ rows }) => rows).toSorted((one, other) => one - other),
    'it never goes back',
  );
  t.same(await metrics(), { rows: LEASES, total: LEASES, perSecond: 0 });
  t.notMatch(JSON.stringify(await b.ask('ha-why')), SENTENCE);
});
