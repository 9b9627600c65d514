import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runCtl } from '../../src/cli/ctl.ts';
import { type CommandHandler, failure, Result, success } from '../../src/control/answer.ts';
import { createKeaHttpServer } from '../../src/control/http/kea-http.ts';
import { OPEN_SOCKET, openSockets, recordingLog, temporaryFolder } from '../control/harness.ts';

const table = new Map<string, CommandHandler>([
  ['echo', (args) => success('echoed', args)],
  ['empty', () => failure('nothing', Result.empty)],
  ['conflict', () => failure('conflict', Result.conflict)],
  ['never', () => new Promise(() => {})],
]);

async function serve(t: Test) {
  const socket = join(temporaryFolder(t), 's');
  const { log } = recordingLog();
  const server = await openSockets(
    [
      { kind: 'unix', path: socket },
      { kind: 'http', address: '127.0.0.1', port: 0, ...OPEN_SOCKET },
    ],
    {
      service: 'dhcp4',
      log,
      table,
      pages: new Map(),
    },
  );
  t.teardown(() => server.close(0));
  return { socket, url: `http://127.0.0.1:${server.httpPorts[0]}/` };
}

t.test('both transports give the same indented answer', async (t) => {
  const { socket, url } = await serve(t);
  const command = { command: 'echo', argsJson: '{"a": [1]}' };
  const overHttp = await runCtl({ url, ...command });
  t.equal(overHttp.exitCode, 0);
  t.same(JSON.parse(overHttp.output), { arguments: { a: [1] }, result: 0, text: 'echoed' });
  t.match(overHttp.output, /^\{\n {2}"arguments": \{\n/);
  t.same(await runCtl({ socket, ...command }), overHttp);
});

t.test('without arguments none are sent', async (t) => {
  const { url } = await serve(t);
  t.notMatch((await runCtl({ url, command: 'echo' })).output, /arguments/);
});

t.test('a service is named where it is asked for, and is the server’s', async (t) => {
  const { url } = await serve(t);
  t.equal((await runCtl({ url, command: 'echo', service: 'dhcp4' })).exitCode, 0);
  const other = await runCtl({ url, command: 'echo', service: 'dhcp6' });
  t.equal(other.exitCode, 1, 'the server is none of DHCPv6');
  t.match(other.output, /'service' must be empty or name 'dhcp4' alone/);
});

t.test('the exit code tells the result', async (t) => {
  const { socket, url } = await serve(t);
  const rows: [command: string, exitCode: number][] = [
    ['echo', 0],
    ['empty', 3],
    ['conflict', 1],
    ['unheard-of', 1],
  ];
  for (const [command, exitCode] of rows) {
    t.equal((await runCtl({ url, command })).exitCode, exitCode, command);
    t.equal((await runCtl({ socket, command })).exitCode, exitCode, command);
  }
});

t.test('a wrong call is told before anything is sent', async (t) => {
  const rows: [name: string, options: Parameters<typeof runCtl>[0], output: RegExp][] = [
    ['no target', { command: 'x' }, /either a URL or a unix socket/],
    [
      'two targets',
      { command: 'x', url: 'http://127.0.0.1:1/', socket: '/x' },
      /either a URL or a unix socket/,
    ],
    ['no JSON', { command: 'x', socket: '/x', argsJson: '{' }, /must be a JSON map.*found \{$/],
    ['a list', { command: 'x', socket: '/x', argsJson: '[]' }, /must be a JSON map/],
    ['null', { command: 'x', socket: '/x', argsJson: 'null' }, /must be a JSON map/],
    ['no URL', { command: 'x', url: 'nonsense' }, /nonsense: Invalid URL/],
    ['another protocol', { command: 'x', url: 'ftp://127.0.0.1/' }, /ftp/],
  ];
  for (const [name, options, output] of rows) t.match(await runCtl(options), { exitCode: 2, output }, name);
});

t.test('a server that is not there is exit code 2 and says who was asked', async (t) => {
  const folder = temporaryFolder(t);
  const free = createNetServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  t.match(await runCtl({ command: 'x', url: `http://user:secret@127.0.0.1:${port}/` }), {
    exitCode: 2,
    output: new RegExp(`^http://127.0.0.1:${port}/: .*ECONNREFUSED`),
  });
  t.match(await runCtl({ command: 'x', socket: join(folder, 'none') }), { exitCode: 2, output: /ENOENT/ });
});

t.test('a server that does not answer in time is exit code 2', async (t) => {
  const { socket, url } = await serve(t);
  t.match(await runCtl({ url, command: 'never', timeoutMs: 30 }), { exitCode: 2 });
  t.match(await runCtl({ socket, command: 'never', timeoutMs: 30 }), {
    exitCode: 2,
    output: /no answer within 30 ms/,
  });
});

t.test('an answer without an end is given up', async (t) => {
  const folder = temporaryFolder(t);
  const endless = (connection: NodeJS.WritableStream): void => {
    while (connection.write(' '.repeat(4096)));
    connection.once('drain', () => endless(connection));
  };
  const socket = join(folder, 'endless');
  const servers = [
    createServer((_request, response) => endless(response)).listen(0, '127.0.0.1'),
    createNetServer((connection) => endless(connection.on('error', () => {}))).listen(socket),
  ] as const;
  t.teardown(() => {
    for (const server of servers) server.close();
  });
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const url = `http://127.0.0.1:${(servers[0].address() as AddressInfo).port}/`;
  const answerBytesMax = 100_000;
  t.match(await runCtl({ url, command: 'x', answerBytesMax }), { exitCode: 2, output: /max size/ });
  t.match(await runCtl({ socket, command: 'x', answerBytesMax }), {
    exitCode: 2,
    output: /longer than 100000 octets/,
  });
});

t.test('what is no answer is exit code 2 and is shown, cut', async (t) => {
  let body = '';
  const server: Server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (body of ['', '<html>', '[]', 'null', '3', '{"result":"0"}', '[[{"result":0}]]', 'x'.repeat(10_000)]) {
    const outcome = await runCtl({ url, command: 'x' });
    t.match(outcome, { exitCode: 2, output: /^this is no answer to a command/ }, body.slice(0, 20));
    t.ok(outcome.output.length < 300);
  }
});

t.test('credentials in the URL are sent; without them the refusal is shown', async (t) => {
  const { log } = recordingLog();
  const basicAuth = { user: 'us er', password: 'p@ss:word' };
  const server = createKeaHttpServer({
    log,
    table,
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    basicAuth,
  });
  t.teardown(() => server.close());
  const { port } = await server.listen();
  const url = `http://us%20er:p%40ss%3Aword@127.0.0.1:${port}/`;
  t.match(await runCtl({ url, command: 'echo' }), { exitCode: 0 });
  t.match(await runCtl({ url: `http://127.0.0.1:${port}/`, command: 'echo' }), {
    exitCode: 1,
    output: /"result": 401/,
  });
});
