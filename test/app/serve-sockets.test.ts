/** The server at its start, with a port in use or an interface that is not there. */
import { join } from 'node:path';
import t from 'tap';
import { runCtl } from '../../src/cli/ctl.ts';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

t.setTimeout(170_000);

async function statusOf(directory: string): Promise<unknown> {
  const { output } = await runCtl({ socket: join(directory, 'ctl'), command: 'status-get' });
  return JSON.parse(output);
}

const LOOPBACK = { interfaces: ['lo/127.0.0.1'], 'dhcp-socket-type': 'udp' };

t.test('a port in use: the server says whose it is not, and serves when it is free', async (t) => {
  const port = freeUdpPort();
  const first = await serve(t, writeConfig(scratch(t)), port);
  const directory = scratch(t);
  const httpPort = await findFreeTcpPort('127.0.0.1');
  const config = {
    'interfaces-config': { ...LOOPBACK, 'service-sockets-retry-wait-time': 100 },
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': '127.0.0.1', 'socket-port': httpPort },
    ],
  };
  const page = async (path: string): Promise<[status: number, body: string]> => {
    const response = await fetch(`http://127.0.0.1:${httpPort}/${path}`);
    return [response.status, await response.text()];
  };
  const second = await serve(t, writeConfig(directory, config), port);
  const reasons = String((await second.logged('TDM_ENGINE_INTERFACES_NOT_SERVED'))['reasons']);
  t.match(
    reasons,
    new RegExp(`Failed to open socket on interface lo, reason: .*127.0.0.1:${port}: EADDRINUSE`),
  );
  const sockets = { status: 'failed', errors: [/Failed to open socket on interface lo/] };
  t.match(await statusOf(directory), { arguments: { sockets } });
  t.match(await page('readyz'), [503, /not ready.*Failed to open socket on interface lo/]);
  t.match(await page('metrics'), [200, /^tandem_interface_served\{interface="lo"\} 0$/m]);
  t.equal(await first.stop(), 0);
  await second.logged('TDM_ENGINE_INTERFACES_MENDED');
  t.same(await page('readyz'), [200, '{"status":"ready"}']);
  t.match(await page('metrics'), [200, /^tandem_interface_served\{interface="lo"\} 1$/m]);
  await second.logged('TDM_ENGINE_SOCKET_OPEN');
  t.match(await statusOf(directory), { arguments: { sockets: { status: 'ready' } } });
});

t.test('a port in use, all sockets required: the server does not start, and says why', async (t) => {
  const port = freeUdpPort();
  await serve(t, writeConfig(scratch(t)), port);
  const config = { 'interfaces-config': { ...LOOPBACK, 'service-sockets-require-all': true } };
  const second = new ServerUnderTest(['serve', '-c', writeConfig(scratch(t), config), '-p', `${port}`]);
  t.equal(await second.exitCode(), 1);
  const line = await second.logged('TDM_ENGINE_NOT_STARTED');
  t.match(line['reason'], /require-all/);
  t.match(line['reason'], new RegExp(`127.0.0.1:${port}: EADDRINUSE`));
});

t.test('a port in use, all sockets required, retries: the server ends when they are used up', async (t) => {
  const port = freeUdpPort();
  await serve(t, writeConfig(scratch(t)), port);
  const withRetries = (count: number) => ({
    'interfaces-config': {
      ...LOOPBACK,
      'service-sockets-max-retries': count,
      'service-sockets-retry-wait-time': 100,
      'service-sockets-require-all': true,
    },
  });
  const directory = scratch(t);
  // More than are used up before the status is asked for; the reload begins to count anew.
  const second = await serve(t, writeConfig(directory, withRetries(10_000)), port);
  t.match(await statusOf(directory), { arguments: { sockets: { status: 'retrying' } } });
  writeConfig(directory, withRetries(2));
  second.child.kill('SIGHUP');
  t.equal(await second.exitCode(), 1);
  t.match(await second.logged('TDM_ENGINE_SOCKET_RETRIES_USED_UP'), { retries: 2, isFatal: true });
  await second.logged('TDM_ENGINE_STOPPED');
});

t.test('an interface that does not exist is named, with those that do', async (t) => {
  const file = writeConfig(scratch(t), {
    'interfaces-config': { interfaces: ['nosuch0'], 'dhcp-socket-type': 'udp' },
  });
  const server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
  t.equal(await server.exitCode(), 1);
  const line = await server.logged('TDM_ENGINE_NOT_STARTED');
  t.match(line['reason'], /nosuch0/);
  t.match(line['reason'], /lo/);
});
