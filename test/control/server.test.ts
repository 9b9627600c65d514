import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import type { ControlSocketConfig } from '../../src/config/control-model.ts';
import { type CommandHandler, success } from '../../src/control/answer.ts';
import { createStatusCommands, type StatusSources } from '../../src/control/commands/status.ts';
import {
  ask,
  type ControlSockets,
  OPEN_SOCKET,
  openSockets,
  recordingLog,
  temporaryFolder,
} from './harness.ts';

const loopback: ControlSocketConfig = { kind: 'http', address: '127.0.0.1', port: 0, ...OPEN_SOCKET };
const echo: CommandHandler = (args) => success('echoed', args);

async function open(t: Test, sockets: readonly ControlSocketConfig[], table = new Map([['echo', echo]])) {
  const { log, events } = recordingLog();
  const pages = new Map([['/page', async () => ({ status: 200, contentType: 'text/plain', body: 'here' })]]);
  const server = await openSockets(sockets, { service: 'dhcp4', log, table, pages });
  t.teardown(() => server.close(0));
  return { server, events };
}

async function post(port: number, body: unknown): Promise<unknown> {
  const response = await request(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    reset: true,
  });
  return response.body.json();
}

t.test('every socket of the configuration is opened and takes the same commands', async (t) => {
  const path = join(temporaryFolder(t), 's');
  const { server, events } = await open(t, [
    loopback,
    { kind: 'unix', path },
    { ...loopback, address: '127.0.0.2' },
  ]);
  t.equal(server.httpPorts.length, 2);
  t.same(await post(server.httpPorts[0]!, { command: 'echo', arguments: { a: 1 } }), [
    { result: 0, text: 'echoed', arguments: { a: 1 } },
  ]);
  t.same(await ask(path, { command: 'echo' }), { result: 0, text: 'echoed' });
  t.match(
    events.filter(({ id }) => id.endsWith('_LISTENING')),
    [
      { id: 'TDM_CONTROL_HTTP_LISTENING', fields: { address: '127.0.0.1', port: server.httpPorts[0] } },
      { id: 'TDM_CONTROL_UNIX_LISTENING', fields: { path } },
      { id: 'TDM_CONTROL_HTTP_LISTENING', fields: { address: '127.0.0.2', port: server.httpPorts[1] } },
    ],
  );
});

t.test('a configuration without control sockets opens none', async (t) => {
  const { server } = await open(t, []);
  t.same(server.httpPorts, []);
  await server.close(0);
});

t.test('an HTTP socket is bound to its own address only', async (t) => {
  const { server } = await open(t, [loopback]);
  const other = createServer().listen(server.httpPorts[0], '127.0.0.2');
  t.teardown(() => other.close());
  await once(other, 'listening');
  t.pass('the same port is free at another address');
});

t.test('a socket that cannot be opened says where and why', async (t) => {
  const { server } = await open(t, [loopback]);
  const taken: ControlSocketConfig = { ...loopback, port: server.httpPorts[0]! };
  await t.rejects(open(t, [taken]), {
    code: 'TDM_ERR_CONTROL_LISTEN',
    message: new RegExp(`cannot listen for control commands on 127.0.0.1 port ${taken.port}: .*EADDRINUSE`),
  });
  t.match(await post(server.httpPorts[0]!, { command: 'echo' }), [{ result: 0 }]);
});

t.test('pages are served on HTTP sockets; any other GET is refused', async (t) => {
  const { server } = await open(t, [loopback]);
  const get = async (path: string, method: 'GET' | 'HEAD' | 'PUT' = 'GET') => {
    const response = await request(`http://127.0.0.1:${server.httpPorts[0]}${path}`, { method, reset: true });
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      body: await response.body.text(),
    };
  };
  t.same(await get('/page'), { status: 200, type: 'text/plain', body: 'here' });
  t.same(await get('/page?x=1'), { status: 200, type: 'text/plain', body: 'here' });
  for (const path of ['/', '/pag', '/page/', '/page/../x', '/PAGE', '/%70age', '/constructor']) {
    t.match(await get(path), { status: 400, body: /^\{ "result": 400/ }, path);
  }
  t.equal((await get('/page', 'HEAD')).status, 400);
  t.equal((await get('/page', 'PUT')).status, 400);
});

t.test('the answer to a shutdown arrives although the server closes its sockets at once', async (t) => {
  const path = join(temporaryFolder(t), 's');
  let server: ControlSockets | null = null;
  const closings: Promise<void>[] = [];
  const table = createStatusCommands({
    shutdown: () => void closings.push(server!.close(0)),
  } as unknown as StatusSources);
  for (const kind of ['http', 'unix'] as const) {
    server = (await open(t, [kind === 'http' ? loopback : { kind, path }], table)).server;
    const answer =
      kind === 'http'
        ? await post(server.httpPorts[0]!, { command: 'shutdown' })
        : await ask(path, { command: 'shutdown' });
    t.match(kind === 'http' ? answer : [answer], [{ result: 0, text: 'Shutting down.' }], kind);
  }
  await Promise.all(closings);
  t.equal(closings.length, 2);
});
