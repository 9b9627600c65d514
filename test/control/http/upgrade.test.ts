/** Connections of an HTTP port that become something else, and all who want that and may not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { success } from '../../../src/control/answer.ts';
import { createKeaHttpServer, type KeaHttpOptions } from '../../../src/control/http/kea-http.ts';
import type { HttpUpgrade } from '../../../src/control/http/upgrade.ts';
import { recordLog } from '../../peer/support/log.ts';
import { keaRequest, openSocket, rawExchange, readResponse } from '../../peer/support/raw-http.ts';
import { StreamEnd } from '../../peer/support/stream-end.ts';

const OPEN_MAX = 3;
const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo-1\r\n\r\n';
const BASIC = `Authorization: Basic ${Buffer.from('ha:secret').toString('base64')}`;

interface Opened {
  readonly end: StreamEnd;
  readonly head: Uint8Array;
}

async function serve(t: Test, options: Partial<KeaHttpOptions> = {}) {
  const recorded = recordLog();
  const opened: Opened[] = [];
  const waiters: (() => void)[] = [];
  const upgrade: HttpUpgrade = {
    protocol: 'echo-1',
    openMax: OPEN_MAX,
    judge: ({ 'x-who': who }) => (who === 'nobody' ? { status: 403, reason: 'Forbidden: nobody' } : null),
    opened: (socket, _headers, head) => {
      opened.push({ end: new StreamEnd(socket), head });
      for (const resolve of waiters.splice(0)) resolve();
    },
  };
  const server = createKeaHttpServer({
    log: recorded.log,
    table: new Map([['echo', (args: unknown) => success('echoed', args)]]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    upgrade,
    ...options,
  });
  t.teardown(async () => {
    for (const { end } of opened) end.socket.close();
    await server.close();
  });
  const { port } = await server.listen();
  const nth = async (count: number): Promise<Opened> => {
    while (opened.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
    return opened[count - 1]!;
  };
  return { port, opened, nth, server, ...recorded };
}

async function ask(t: Test, port: number, text: string): Promise<Socket> {
  const socket = await openSocket(port);
  t.teardown(() => socket.destroy());
  socket.write(text, 'latin1');
  return socket;
}

const withLine = (line: string): string => UPGRADE.replace('\r\n\r\n', `\r\n${line}\r\n\r\n`);

t.test('an upgrade is answered with 101, and the connection is a plain one in both directions', async (t) => {
  const { port, nth, opened } = await serve(t);
  const client = await ask(t, port, UPGRADE);
  const response = await readResponse(client);
  t.match(response, { status: 101, headers: { upgrade: 'echo-1', connection: 'Upgrade' } });
  const { end, head } = await nth(1);
  t.equal(head.length, 0);
  await end.write(Buffer.from('hello'));
  t.equal(String((await once(client.resume(), 'data'))[0]), 'hello');
  client.write('there');
  t.equal(String(await end.read(5)), 'there');
  client.destroy();
  await end.ended();
  t.equal(opened.length, 1);
});

t.test('octets that come before the answer are handed along, in one piece or in many', async (t) => {
  const { port, nth } = await serve(t);
  const eager = await ask(t, port, `${UPGRADE}at once`);
  const first = await nth(1);
  t.equal(String(Buffer.from(first.head)), 'at once');
  t.equal((await readResponse(eager))?.status, 101);
  eager.write(' and later');
  t.equal(String(await first.end.read(10)), ' and later');

  const flood = await ask(t, port, UPGRADE + 'x'.repeat(1 << 20));
  const { head, end } = await nth(2);
  t.ok(head.length <= 1 << 16, `${head.length} octets of a megabyte are the head`);
  const rest = await end.read((1 << 20) - head.length);
  t.ok(rest.every((octet) => octet === 0x78));
  flood.destroy();

  const slow = await openSocket(port);
  t.teardown(() => slow.destroy());
  for (const letter of `${UPGRADE}z`) {
    slow.write(letter);
    await delay(0);
  }
  const last = await nth(3);
  t.equal(String(last.head.length === 1 ? Buffer.from(last.head) : await last.end.read(1)), 'z');
});

t.test('who may not is refused as every request is, is named in the log, and opens nothing', async (t) => {
  const { port, opened, events } = await serve(t, { basicAuth: { user: 'ha', password: 'secret' } });
  const good = withLine(BASIC);
  const used = keaRequest('{"command":"echo"}', [BASIC]);
  const rows: [string, string, number, RegExp][] = [
    ['no credentials', UPGRADE, 401, /Unauthorized/],
    ['wrong credentials', withLine('Authorization: Basic aGE6d3Jvbmc='), 401, /Unauthorized/],
    ['another protocol', good.replace('echo-1', 'h2c'), 400, /become echo-1 or nothing/],
    ['two protocols', good.replace('echo-1', 'echo-1, h2c'), 400, /become echo-1 or nothing/],
    ['POST', good.replace('GET', 'POST'), 400, /only GET/],
    ['a body', good.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\nhello'), 400, /no body/],
    ['chunks', good.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'), 400, /no body/],
    ['nobody', good.replace('\r\n\r\n', '\r\nX-Who: nobody\r\n\r\n'), 403, /Forbidden: nobody/],
    ['a second request', used + good, 400, /first request/],
  ];
  for (const [name, text, status, reason] of rows) {
    const socket = await ask(t, port, text);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    if (!socket.closed) await once(socket, 'close');
    t.match(received, new RegExp(`HTTP/1.1 ${status} [^]*"result": ${status}`), name);
    t.match(received, reason, name);
    if (status === 401) t.match(received, /WWW-Authenticate: Basic realm=/);
  }
  t.equal(opened.length, 0);
  t.same(
    events.filter(({ id }) => id === 'TDM_HTTP_REFUSED').map(({ fields }) => fields['status']),
    [401, 400, 403],
    'one line a minute for each sender and status',
  );
});

t.test('a port without upgrades takes no notice of such a header', async (t) => {
  const { port } = await serve(t, { upgrade: null });
  const text = keaRequest('{"command":"echo"}', ['Connection: Upgrade', 'Upgrade: echo-1']);
  t.equal((await rawExchange(port, text))?.status, 200);
});

t.test('more connections than may be open get 503, and one that closes makes room', async (t) => {
  const { port, nth, opened } = await serve(t);
  for (let n = 1; n <= OPEN_MAX; n++) t.equal((await readResponse(await ask(t, port, UPGRADE)))?.status, 101);
  for (let n = 0; n < 1_000; n++) {
    const response = await rawExchange(port, UPGRADE);
    if (response?.status !== 503) t.fail(`${response?.status}`);
  }
  t.equal(opened.length, OPEN_MAX, 'a thousand more opened nothing');
  const { end } = await nth(1);
  end.socket.close();
  end.socket.close();
  t.equal((await readResponse(await ask(t, port, UPGRADE)))?.status, 101);
  t.equal((await rawExchange(port, UPGRADE))?.status, 503, 'closing twice makes room once');
  t.equal((await rawExchange(port, keaRequest('{"command":"echo"}')))?.status, 200, 'commands are answered');
});

t.test('a thousand half-open upgrades: bounded, ended in time, and in nobody`s way', async (t) => {
  const { port, opened, count } = await serve(t, { requestTimeoutMs: 1_000 });
  const half = UPGRADE.slice(0, -2);
  const sockets = Array.from({ length: 1_000 }, () => connect(port, '127.0.0.1'));
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()));
  const closed = sockets.map((socket) => {
    socket.on('error', () => {}).once('connect', () => socket.write(half));
    return new Promise((resolve) => socket.resume().once('close', resolve));
  });
  const other = await openSocket(port, '127.0.0.2');
  t.teardown(() => other.destroy());
  other.write(UPGRADE);
  t.equal((await readResponse(other))?.status, 101, 'another address gets its stream');
  await Promise.all(closed);
  t.equal(opened.length, 1);
  t.ok(count('TDM_HTTP_CROWDED') > 0, 'most of them were not even taken');
});

t.test('what is upgraded outlives the port', async (t) => {
  const { port, nth, server } = await serve(t);
  const client = await ask(t, port, UPGRADE);
  const { end } = await nth(1);
  await readResponse(client);
  await server.close();
  client.write('still here');
  t.equal(String(await end.read(10)), 'still here');
});
