import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type CommandHandler, success } from '../../../src/control/answer.ts';
import {
  HTTP_CONNECTIONS_MAX,
  HTTP_CONNECTIONS_PER_ADDRESS_MAX,
} from '../../../src/control/http/connections.ts';
import { createKeaHttpServer, type KeaHttpOptions } from '../../../src/control/http/kea-http.ts';
import { recordLog } from '../../peer/support/log.ts';
import { keaRequest, openSocket, rawExchange, readResponse } from '../../peer/support/raw-http.ts';

const echo: CommandHandler = (args) => success('echoed', args);

async function serve(t: Test, options: Partial<KeaHttpOptions> = {}) {
  const recorded = recordLog();
  const server = createKeaHttpServer({
    log: recorded.log,
    table: new Map([['echo', echo]]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    ...options,
  });
  t.teardown(() => server.close());
  return { ...(await server.listen()), ...recorded };
}

t.test('a command as Kea sends it gets one answer in a list, in exactly the headers Kea reads', async (t) => {
  const { port } = await serve(t);
  const socket = await openSocket(port);
  t.teardown(() => socket.destroy());
  for (let round = 0; round < 3; round++) {
    socket.write(keaRequest('{"command":"echo","service":["dhcp4"],"arguments":{"a":1}}'));
    const response = await readResponse(socket);
    t.equal(response?.status, 200);
    t.equal(response?.headers['content-type'], 'application/json');
    t.equal(response?.headers['content-length'], String(response?.body.length));
    t.match(response?.headers['date'], /GMT$/);
    t.equal(response?.body, '[ { "arguments": { "a": 1 }, "result": 0, "text": "echoed" } ]');
  }
});

t.test('the path, even a malformed one, and the Host are not looked at', async (t) => {
  const { port } = await serve(t);
  for (const path of ['/', '/deep/er', '/%', '/%ff?%', '*', 'http://other/']) {
    const text = keaRequest('{"command":"echo"}').replace('POST /', `POST ${path}`);
    t.equal((await rawExchange(port, text))?.status, 200, path);
  }
  const hostless = keaRequest('{"command":"echo"}').replace('Host: 127.0.0.1\r\n', '');
  t.equal((await rawExchange(port, hostless))?.status, 200, 'no Host');
  t.equal((await rawExchange(port, hostless.replace('1.1', '1.0')))?.status, 200, 'HTTP/1.0');
});

t.test(
  'whatever is not a POST of application/json with a Content-Length is 400 with a bare map',
  async (t) => {
    const { port, count } = await serve(t);
    const good = keaRequest('{"command":"echo"}');
    const rows: [string, string][] = [
      ['GET', good.replace('POST', 'GET')],
      ['PUT', good.replace('POST', 'PUT')],
      ['PROPFIND', good.replace('POST', 'PROPFIND')],
      ['OPTIONS', good.replace('POST', 'OPTIONS')],
      ['no such method', good.replace('POST', 'FETCH')],
      ['a charset', good.replace('application/json', 'application/json; charset=utf-8')],
      ['another type', good.replace('application/json', 'text/plain')],
      ['no type', good.replace('Content-Type: application/json\r\n', '')],
      ['no length', good.replace(/Content-Length: \d+\r\n/, '')],
      ['chunks', good.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')],
      ['chunks and length', good.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n')],
      ['two lengths', good.replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n')],
      ['a length that is none', good.replace(/Content-Length: \d+/, 'Content-Length: -5')],
      ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
      ['noise', '\0\0\0\xff\xfe noise\r\n\r\n'],
      ['a huge header', good.replace('\r\n\r\n', `\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`)],
      ['a thousand headers', good.replace('\r\n\r\n', `\r\n${'X-A: b\r\n'.repeat(40_000)}\r\n`)],
      ['not JSON', keaRequest('{"command":"echo"')],
      ['no body', keaRequest('')],
      ['NUL', keaRequest('\0')],
      ['100,000 lists', keaRequest('['.repeat(100_000) + ']'.repeat(100_000))],
      ['100,000 open maps', keaRequest('{"a":'.repeat(100_000))],
      [
        'deep arguments',
        keaRequest(`{"command":"echo","arguments":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      ],
      ['101 levels', keaRequest(`{"command":"echo","arguments":${'['.repeat(100)}${']'.repeat(100)}}`)],
    ];
    for (const [name, text] of rows) {
      const response = await rawExchange(port, text);
      t.equal(response?.status, 400, name);
      t.equal(JSON.parse(response?.body ?? '').result, 400, `${name}: a map with the code`);
      t.equal(response?.headers['content-type'], 'application/json');
      t.equal(response?.headers['connection'], 'close', `${name} costs the connection`);
    }
    t.ok(count('TDM_HTTP_REFUSED') >= 1, 'refusals are logged, once a minute for each sender and status');
    t.equal((await rawExchange(port, good))?.status, 200, 'the server serves on');
    const ninetyNine = `{"command":"echo","arguments":${'['.repeat(99)}${']'.repeat(99)}}`;
    t.equal((await rawExchange(port, keaRequest(ninetyNine)))?.status, 200, '100 levels are taken');
  },
);

t.test('JSON that is no command is answered with result 1', async (t) => {
  const { port } = await serve(t);
  const rows: [string, string][] = [
    ['a list', '[]'],
    ['a string', '"echo"'],
    ['null', 'null'],
    ['no command', '{"arguments":{}}'],
    ['a command that is no string', '{"command":["echo"]}'],
    ['an unknown key', '{"command":"echo","x":1}'],
    ['__proto__', '{"command":"echo","__proto__":{"command":"echo"}}'],
    ['constructor', '{"command":"echo","constructor":{"prototype":{"x":1}}}'],
    ['a second command', '{"command":"list-commands","command":"echo"}'],
    [
      'a second command, far away',
      '{"command":"x","arguments":{"command":1},"service":[],"command" :"echo"}',
    ],
    ['a second command, escaped', '{"command":"list-commands","comm\\u0061nd":"echo"}'],
    ['two arguments', '{"command":"echo","arguments":{},"arguments":{"a":1}}'],
    ['another service', '{"command":"echo","service":["dhcp6"]}'],
    ['two services', '{"command":"echo","service":["dhcp4","dhcp6"]}'],
    ['a service that is no list', '{"command":"echo","service":"dhcp4"}'],
  ];
  for (const [name, body] of rows) {
    const response = await rawExchange(port, keaRequest(body));
    t.equal(response?.status, 200, name);
    t.match(JSON.parse(response?.body ?? ''), [{ result: 1, text: /./ }], name);
  }
  const unknown = await rawExchange(port, keaRequest('{"command":"echo\\u0000"}'));
  t.match(JSON.parse(unknown?.body ?? ''), [{ result: 2 }], 'an unknown command');
  t.equal(({} as Record<string, unknown>)['x'], undefined, 'no prototype was touched');
});

t.test('keys that repeat below the top level, or in strings, are no offence', async (t) => {
  const { port } = await serve(t);
  const bodies = [
    '{"command":"echo","arguments":{"command":"a","service":["command"]}}',
    '{"command":"echo","arguments":{"a":"\\"command\\":","b":[{"command":1},{"command":2}]}}',
    '{"arguments":{"x":"\\\\"},"command":"echo","service":[]}',
  ];
  for (const body of bodies) {
    const response = await rawExchange(port, keaRequest(body));
    t.match(JSON.parse(response?.body ?? ''), [{ result: 0, arguments: JSON.parse(body).arguments }]);
  }
});

t.test('with credentials set, a request without them is 401 before its body is read', async (t) => {
  const { port } = await serve(t, { basicAuth: { user: 'ha', password: 'pass:word' } });
  const body = '{"command":"echo"}';
  const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
  const refused = await rawExchange(port, keaRequest(body));
  t.equal(refused?.status, 401);
  t.match(refused?.headers['www-authenticate'], /^Basic realm="/);
  t.match(JSON.parse(refused?.body ?? ''), { result: 401 });
  for (const wrong of ['ha:pass', 'ha:pass:word1', 'ha:Pass:word', ':', '']) {
    t.equal((await rawExchange(port, keaRequest(body, [basic(wrong)])))?.status, 401, wrong);
  }
  t.equal((await rawExchange(port, keaRequest(body, ['Authorization: Bearer x'])))?.status, 401);
  t.equal((await rawExchange(port, keaRequest(body, [basic('ha:pass:word')])))?.status, 200);
  t.equal(
    (await rawExchange(port, keaRequest(body, [basic('ha:pass:word').replace('Basic', 'bAsIc')])))?.status,
    200,
  );
  const large = keaRequest(body).replace(/Content-Length: \d+/, 'Content-Length: 60000000');
  t.equal((await rawExchange(port, large))?.status, 401, 'no need to send 60 MB first');
});

t.test('commands outside the accept list are 403', async (t) => {
  const table = new Map([
    ['echo', echo],
    ['config-set', echo],
  ]);
  const { port } = await serve(t, { table, allow: new Set(['echo']) });
  t.equal((await rawExchange(port, keaRequest('{"command":"echo"}')))?.status, 200);
  for (const command of ['config-set', 'no-such-command', '__proto__']) {
    const response = await rawExchange(port, keaRequest(JSON.stringify({ command })));
    t.equal(response?.status, 403, command);
    t.match(JSON.parse(response?.body ?? ''), { result: 403 });
  }
});

t.test('a body of megabytes is taken, one beyond the limit is refused by its announcement', async (t) => {
  const { port } = await serve(t);
  const body = JSON.stringify({ command: 'echo', arguments: { filler: 'x'.repeat(5_000_000) } });
  const answer = JSON.parse((await rawExchange(port, keaRequest(body)))?.body ?? '');
  t.equal(answer[0].arguments.filler.length, 5_000_000);
  const huge = keaRequest('{').replace(/Content-Length: \d+/, 'Content-Length: 67108865');
  t.equal((await rawExchange(port, huge))?.status, 413);
});

t.test(
  'large bodies share a budget, small ones always find room, and an aborted one gives its share back',
  async (t) => {
    const { port } = await serve(t);
    const large = keaRequest('{').replace(/Content-Length: \d+/, 'Content-Length: 60000000');
    const senders = [await openSocket(port), await openSocket(port)];
    for (const socket of senders) socket.write(large);
    await delay(50);
    t.equal((await rawExchange(port, large))?.status, 503, 'two large bodies are under way');
    t.equal((await rawExchange(port, keaRequest('{"command":"echo"}')))?.status, 200);
    for (const socket of senders) socket.destroy();
    await delay(50);
    const body = JSON.stringify({ command: 'echo', arguments: 'x'.repeat(2_000_000) });
    t.equal((await rawExchange(port, keaRequest(body)))?.status, 200);
  },
);

t.test('connections are bounded for one address and in all, and a closed one makes room', async (t) => {
  const { port, count } = await serve(t);
  const sockets: Socket[] = [];
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()));
  for (let i = 0; i < HTTP_CONNECTIONS_PER_ADDRESS_MAX; i++)
    sockets.push(await openSocket(port, '127.0.0.2'));
  const extra = await openSocket(port, '127.0.0.2');
  extra.resume();
  await once(extra, 'close');
  t.equal(count('TDM_HTTP_CROWDED'), 1);
  t.equal(
    (await rawExchange(port, keaRequest('{"command":"echo"}')))?.status,
    200,
    'another address gets in',
  );
  for (let host = 3; sockets.length < HTTP_CONNECTIONS_MAX; host++)
    for (let i = 0; i < HTTP_CONNECTIONS_PER_ADDRESS_MAX && sockets.length < HTTP_CONNECTIONS_MAX; i++)
      sockets.push(await openSocket(port, `127.0.0.${host}`));
  const beyond = await openSocket(port);
  beyond.resume();
  await once(beyond, 'close');
  t.equal(count('TDM_HTTP_CROWDED'), 1, 'logged at most once a minute');
  sockets.pop()!.destroy();
  // The server hears of it a moment later; until then it turns everybody away.
  let answer = await rawExchange(port, keaRequest('{"command":"echo"}'));
  while (answer === null) answer = await rawExchange(port, keaRequest('{"command":"echo"}'));
  t.equal(answer.status, 200);
});

t.test('three hundred aborted requests leave nothing behind', async (t) => {
  const { port } = await serve(t);
  const partial = keaRequest('{"command":"echo"}').slice(0, -3);
  for (let i = 0; i < 300; i++) {
    const socket = await openSocket(port);
    socket.write(i % 2 === 0 ? partial : keaRequest('{"command":"echo"}'));
    if (i % 3 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
  await delay(100);
  t.equal((await rawExchange(port, keaRequest('{"command":"echo"}')))?.status, 200);
});

t.test('who does not finish a request in time gets 408, idle connections stay', async (t) => {
  const { port } = await serve(t, { requestTimeoutMs: 1_000 });
  const silent = await openSocket(port);
  const slowHeaders = await openSocket(port);
  const slowBody = await openSocket(port);
  const drip = setInterval(() => slowHeaders.write('X-A: b\r\n'), 100);
  t.teardown(() => clearInterval(drip));
  slowHeaders.write('POST / HTTP/1.1\r\n');
  slowBody.write(keaRequest('{"command":"echo"}').slice(0, -3));
  const idle = await openSocket(port);
  idle.write(keaRequest('{"command":"echo"}'));
  t.equal((await readResponse(idle))?.status, 200);
  const answers = await Promise.all([silent, slowHeaders, slowBody].map(readResponse));
  t.strictSame(
    answers.map((answer) => answer?.status),
    [408, 408, 408],
  );
  t.match(JSON.parse(answers[1]?.body ?? ''), { result: 408 });
  idle.write(keaRequest('{"command":"echo"}'));
  t.equal((await readResponse(idle))?.status, 200, 'a connection that is idle between requests stays open');
});

t.test('close ends idle connections and running requests', async (t) => {
  const recorded = recordLog();
  const never: CommandHandler = () => new Promise(() => {});
  const server = createKeaHttpServer({
    log: recorded.log,
    table: new Map([['never', never]]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
  });
  const { port } = await server.listen();
  const idle = await openSocket(port);
  const busy = await openSocket(port);
  busy.write(keaRequest('{"command":"never"}'));
  await delay(50);
  await server.close();
  t.equal(await readResponse(idle), null);
  t.equal(await readResponse(busy), null);
});

t.test('an address that cannot be bound is an error of listen', async (t) => {
  const { port } = await serve(t);
  const second = createKeaHttpServer({
    log: recordLog().log,
    table: new Map(),
    address: '127.0.0.1',
    port,
    service: 'dhcp4',
  });
  await t.rejects(second.listen(), { code: 'EADDRINUSE' });
});
