/** A reload goes over from raw sockets to UDP sockets and back while clients ask: only what waits in a raw socket is lost. */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { describeReport, perfdhcp, startPerfdhcp, unansweredPercent } from './perfdhcp.ts';
import { createServer } from './server.ts';

const LAN = { server1: { address: '10.64.0.1/12' }, load: { address: '10.64.0.9/12' } };
const ROUNDS = 6;
/** Seen on a busy machine: 2 % for six of them within two seconds. A socket that stays deaf would cost most. */
const LOST_PERCENT_MAX = 10;
const LOAD = { rate: 300, seconds: 8, clients: 60_000, lingerMs: 3000 };
const WAYS = {
  'as a relay': { local: '10.64.0.9', target: '10.64.0.1' },
  'by broadcast': { local: 'lan', target: 'all' },
} as const;

for (const [way, plan] of Object.entries(WAYS)) {
  t.test(`raw to udp and back ${ROUNDS} times under load ${way} goes on serving`, async (t) => {
    if (!needRootAnd(t, ['ip', 'perfdhcp'])) return;
    const network = createNetwork(t, { lan: LAN });
    const server = createServer(network, 'tandem', {
      name: 'server1',
      directory: temporaryDirectory(t),
      mode: null,
      dhcp4: {
        'interfaces-config': { interfaces: ['lan'], 'dhcp-socket-type': 'raw' },
        subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.66.255.255' }] }],
      },
    });
    await server.start();
    const { Dhcp4 } = (await server.command('config-get')).arguments as { Dhcp4: Record<string, unknown> };
    const load = startPerfdhcp(network, 'load', { ...LOAD, ...plan });
    for (let round = 0; round < ROUNDS; round++) {
      const type = round % 2 === 0 ? 'udp' : 'raw';
      const interfaces = { interfaces: ['lan'], 'dhcp-socket-type': type };
      const args = { Dhcp4: { ...Dhcp4, 'interfaces-config': interfaces } };
      t.equal((await server.command('config-set', args)).result, 0, `to ${type}`);
    }
    t.ok(load.program.isRunning(), 'clients asked all the time');
    const report = await load.report;
    t.comment(describeReport(report));
    t.ok(report.requestAck.received > 1000);
    t.ok(unansweredPercent(report) < LOST_PERCENT_MAX, `${unansweredPercent(report)} % lost`);
    const after = await perfdhcp(network, 'load', {
      ...LOAD,
      ...plan,
      seconds: 2,
      firstMac: '00:0c:09:00:00:00',
    });
    t.equal(unansweredPercent(after), 0, 'nothing is lost after the last one');
    t.same(await server.stop(), { code: 0, signal: null });
  });
}
