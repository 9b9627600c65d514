/** Where a server listens for its peers: at its own url, unless that is an address outside. */
import t from 'tap';
import { check } from '../../src/cli/check.ts';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';
import { ask, Reloadable, SERVER } from './reloading.ts';

t.setTimeout(170_000);

/** TEST-NET-1: nobody's address. */
const OUTSIDE = '192.0.2.17';

function pair(own: string, port: number, tandem: object = {}): Record<string, unknown> {
  const highAvailability = {
    'this-server-name': 'a',
    mode: 'hot-standby',
    peers: [
      { name: 'a', role: 'primary', url: `http://${own}:${port}/` },
      { name: 'b', role: 'standby', url: `http://127.0.0.2:${port}/` },
    ],
  };
  return {
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      { library: 'libdhcp_ha.so', parameters: { 'high-availability': [highAvailability] } },
    ],
    'user-context': { tandem },
  };
}

function heartbeat(host: string, port: number): Promise<{ result: number }> {
  return ask({ url: `http://${host}:${port}/` }, 'ha-heartbeat');
}

t.test("started with the other's file, a server says whose it is and what to do", async (t) => {
  const port = await findFreeTcpPort(SERVER);
  const file = writeConfig(scratch(t), pair(OUTSIDE, port));
  const server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
  t.equal(await server.exitCode(), 1);
  const { reason } = await server.logged('TDM_ENGINE_NOT_STARTED');
  t.match(reason, `this-server-name is "a", whose url http://${OUTSIDE}:${port}/ is no address of this host`);
  t.match(reason, /127\.0\.0\.1/, 'it names the addresses of the host');
  t.match(reason, /peer-listen-address/, 'and the setting for an address outside');
  const lines: string[] = [];
  t.equal(await check(file, false, (line) => lines.push(line)), 0, 'no fault of the file');
  t.match(lines.join('\n'), /^warning: .*this-server-name is "a".*no address of this host/m);
});

t.test('a reload to such a file is refused, and the old port stays', async (t) => {
  const port = await findFreeTcpPort(SERVER);
  const server = await Reloadable.start(t, scratch(t), pair(SERVER, port));
  t.match(await server.reload(pair(OUTSIDE, port)), { result: 1, text: /no address of this host/ });
  t.match(await heartbeat(SERVER, port), { result: 0 });
});

t.test('the url of a container: the server listens where it is told, and says where', async (t) => {
  const port = await findFreeTcpPort(SERVER);
  const file = writeConfig(scratch(t), pair(OUTSIDE, port, { 'peer-listen-address': '0.0.0.0' }));
  const server = await serve(t, file, freeUdpPort());
  t.match(await server.logged('TDM_PEER_LISTENING'), { address: '0.0.0.0', port });
  t.match(await heartbeat('127.0.0.9', port), { result: 0 });
  const lines: string[] = [];
  await check(file, false, (line) => lines.push(line));
  t.notMatch(lines.join('\n'), /no address of this host/);
});

t.test('a peer-listen-address that is none of this host, or none at all, is refused', async (t) => {
  const port = await findFreeTcpPort(SERVER);
  const start = async (address: unknown): Promise<string> => {
    const file = writeConfig(scratch(t), pair(SERVER, port, { 'peer-listen-address': address }));
    const server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
    t.equal(await server.exitCode(), 1);
    return JSON.stringify(server.log);
  };
  t.match(
    await start(OUTSIDE),
    new RegExp(`cannot listen for the peers of .*a.* on http://${OUTSIDE}:${port}/`),
  );
  t.match(await start('eth0'), /peer-listen-address/);
  t.match(await start('10.0.0.300'), /peer-listen-address/);
});

t.test('a url of 0.0.0.0 listens on every address', async (t) => {
  const port = await findFreeTcpPort(SERVER);
  const server = await serve(t, writeConfig(scratch(t), pair('0.0.0.0', port)), freeUdpPort());
  t.match(await server.logged('TDM_PEER_LISTENING'), { address: '0.0.0.0', port });
  t.match(await heartbeat('127.0.0.9', port), { result: 0 });
});

t.test('a port that another program has is named with the server that wants it', async (t) => {
  const port = await findFreeTcpPort(SERVER);
  await serve(t, writeConfig(scratch(t), pair(SERVER, port)), freeUdpPort());
  const second = new ServerUnderTest([
    'serve',
    '-c',
    writeConfig(scratch(t), pair(SERVER, port)),
    '-p',
    `${freeUdpPort()}`,
  ]);
  t.equal(await second.exitCode(), 1);
  const { reason } = await second.logged('TDM_ENGINE_NOT_STARTED');
  t.match(reason, new RegExp(`cannot listen for the peers of "a" on http://127.0.0.1:${port}/.*EADDRINUSE`));
});
