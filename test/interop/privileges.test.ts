/**
 * A server that does not run as root: with the two capabilities it serves through raw sockets, without one of them it
 * says which it is and how it is granted. The user may read everything, so that the checkout may lie anywhere.
 */
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import { sendCommand } from './command.ts';
import { type ConfigurationPlan, configurationOf, socketOf } from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { perfdhcp, unansweredPercent } from './perfdhcp.ts';

const TANDEM_MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const NOBODY = 65_534;
const TIMEOUT_MS = 20_000;
const BOTH = ['net_raw', 'net_bind_service'];
const SERVING = /TDM_ENGINE_SERVING/;
const RETRIES = { 'service-sockets-require-all': true, 'service-sockets-max-retries': 0 };

/** Starts a server as nobody with these capabilities. */
function startAsNobody(t: Test, type: 'raw' | 'udp', capabilities: readonly string[], more = {}) {
  const directory = temporaryDirectory(t);
  chownSync(directory, NOBODY, NOBODY);
  const plan: ConfigurationPlan = {
    name: 'server1',
    directory,
    mode: null,
    dhcp4: {
      'interfaces-config': { interfaces: ['lan'], 'dhcp-socket-type': type, ...more },
      subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.66.255.255' }] }],
    },
  };
  const file = join(directory, 'server1.json');
  writeFileSync(file, JSON.stringify(configurationOf(plan)));
  const network = createNetwork(t, {
    lan: { server1: { address: '10.64.0.1/12' }, load: { address: '10.64.0.9/12' } },
  });
  const list = ['-all', ...['dac_read_search', ...capabilities].map((name) => `+${name}`)].join(',');
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const server = network.start('server1', 'setpriv', [
    ...user,
    `--inh-caps=${list}`,
    `--ambient-caps=${list}`,
    process.execPath,
    TANDEM_MAIN,
    'serve',
    '-c',
    file,
  ]);
  return { network, server, socket: socketOf(plan) };
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 3;

for (const type of ['raw', 'udp'] as const) {
  t.test(`as nobody with both capabilities, clients are served through ${type} sockets`, async (t) => {
    if (!needRootAnd(t, ['ip', 'perfdhcp', 'setpriv'])) return;
    const { network, server, socket } = startAsNobody(t, type, BOTH);
    await server.waitForOutput(SERVING, TIMEOUT_MS);
    const load = { rate: 100, seconds: 2, clients: 1000 };
    const broadcast = await perfdhcp(network, 'load', { ...load, local: 'lan', target: 'all' });
    t.ok(broadcast.requestAck.received > 50);
    t.equal(unansweredPercent(broadcast), 0);
    const status = await sendCommand(socket, 'status-get');
    t.same((status.arguments as { sockets: unknown }).sockets, { status: 'ready' });
    t.same(await server.stop('SIGTERM'), { code: 0, signal: null });
  });
}

/** What is missing, and what is said of it. */
const LACKING = [
  { type: 'raw', granted: ['net_bind_service'], needs: 'raw sockets need CAP_NET_RAW' },
  { type: 'raw', granted: ['net_raw'], needs: 'port 67 needs CAP_NET_BIND_SERVICE' },
  { type: 'raw', granted: [], needs: 'needs CAP_NET_BIND_SERVICE' },
  { type: 'udp', granted: [], needs: 'port 67 needs CAP_NET_BIND_SERVICE' },
] as const;

for (const { type, granted, needs } of LACKING) {
  t.test(`as nobody with ${granted.join() || 'nothing'}, ${type} sockets: ${needs}`, async (t) => {
    if (!needRootAnd(t, ['ip', 'setpriv'])) return;
    const advice = `setcap cap_net_bind_service,cap_net_raw=+ep ${process.execPath}`;
    // As Kea, it goes on without the interface, and says so in the log and to who asks.
    const { server, socket } = startAsNobody(t, type, granted);
    await server.waitForOutput(SERVING, TIMEOUT_MS);
    for (const said of [needs, advice]) t.ok(server.output().includes(said), said);
    const { sockets } = (await sendCommand(socket, 'status-get')).arguments as {
      sockets: { status: string; errors: string[] };
    };
    t.equal(sockets.status, 'failed');
    t.ok(
      sockets.errors.join().includes(needs) && sockets.errors.join().includes(advice),
      'status-get says it',
    );
    t.same(await server.stop('SIGTERM'), { code: 0, signal: null });
    // Where every socket is required it does not start.
    const strict = startAsNobody(t, type, granted, RETRIES);
    t.equal((await strict.server.ended).code, 1);
    for (const said of [needs, advice]) t.ok(strict.server.output().includes(said), said);
  });
}
