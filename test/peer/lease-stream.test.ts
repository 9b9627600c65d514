/** Two servers open a lease stream: client and peer port of this program, and each of them with somebody hostile. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { HaPeerConfig } from '../../src/config/ha-model.ts';
import { success } from '../../src/control/answer.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { readPeerCredentials } from '../../src/peer/credentials.ts';
import type { StreamListener } from '../../src/peer/lease-stream.ts';
import { createPeerListener } from '../../src/peer/listener.ts';
import type { StreamOpening } from '../../src/peer/model.ts';
import { recordLog } from './support/log.ts';
import { loginOf, peerAt, tlsFiles } from './support/peers.ts';
import { openSocket, readResponse } from './support/raw-http.ts';
import { relationshipOf } from './support/relationship.ts';
import { StreamEnd } from './support/stream-end.ts';

const NAMES = ['server1', 'server2', 'zwölf & "drei": 50 %'] as const;
const PATIENCE_MS = 20_000;

interface Accepted {
  readonly name: string;
  readonly end: StreamEnd;
  readonly head: Uint8Array;
}

/** A peer port of server1 with streams. */
async function portOf(t: Test, own: Partial<HaPeerConfig> = {}) {
  const recorded = recordLog();
  const accepted: Accepted[] = [];
  const waiters: (() => void)[] = [];
  const onStream: StreamListener = (name, socket, head) => {
    accepted.push({ name, end: new StreamEnd(socket), head });
    for (const resolve of waiters.splice(0)) resolve();
  };
  const peers = NAMES.map((name) => peerAt(0, { name, ...(name === 'server1' ? own : {}) }));
  const config = relationshipOf({}, { peers });
  const table = new Map([['ha-heartbeat', () => success('ok')]]);
  const listener = createPeerListener(config, table, 'dhcp4', recorded.log, null, onStream);
  t.teardown(async () => {
    for (const { end } of accepted) end.socket.close();
    await listener.close();
  });
  const { port } = await listener.listen();
  const nth = async (count: number): Promise<Accepted> => {
    while (accepted.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
    return accepted[count - 1]!;
  };
  return { port, accepted, nth, listener, ...recorded };
}

/** A server that does what it is told with each connection. */
async function strangeServer(t: Test, act: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

function clientOf(t: Test, port: number, changes: Partial<HaPeerConfig> = {}) {
  const client = createPeerClient(peerAt(port, { name: 'server1', ...changes }), 1, 'dhcp4');
  t.teardown(() => client.close());
  return client;
}

function endOf(t: Test, opening: StreamOpening): { readonly end: StreamEnd; readonly head: Uint8Array } {
  if (opening.kind === 'failed') throw new Error(opening.reason);
  t.teardown(() => opening.socket.close());
  return { end: new StreamEnd(opening.socket), head: opening.head };
}

const SECURE: [string, Partial<HaPeerConfig>, Partial<HaPeerConfig>][] = [
  ['in plain', {}, {}],
  ['with a password', { basicAuth: loginOf('ha', 'x') }, { basicAuth: loginOf('ha', 'x') }],
  ['with certificates', { tls: tlsFiles('server1') }, { tls: tlsFiles('server2') }],
  [
    'with both',
    { tls: tlsFiles('server1'), basicAuth: loginOf('ha', 'x') },
    { tls: tlsFiles('server2'), basicAuth: loginOf('ha', 'x') },
  ],
];

for (const [name, own, theirs] of SECURE)
  t.test(
    `a stream opens ${name}, under the name of who opened it, and carries octets both ways`,
    async (t) => {
      const { port, nth } = await portOf(t, own);
      for (const [index, name] of NAMES.slice(1).entries()) {
        const client = clientOf(t, port, theirs);
        const { end, head } = endOf(t, await client.openStream(name, PATIENCE_MS));
        const accepted = await nth(index + 1);
        t.equal(accepted.name, name);
        t.equal(head.length + accepted.head.length, 0);
        await end.write(Buffer.from('up'));
        t.equal(String(await accepted.end.read(2)), 'up');
        await accepted.end.write(Buffer.from('down'));
        t.equal(String(await end.read(4)), 'down');
        t.match(await client.request('ha-heartbeat', {}, PATIENCE_MS), { kind: 'answer', result: 0 });
        await client.close();
        await end.write(Buffer.from('still'));
        t.equal(String(await accepted.end.read(5)), 'still', 'a stream outlives the client that opened it');
        end.socket.close();
        await accepted.end.ended();
      }
    },
  );

t.test('who does not show what every request must show gets no stream, and is told why', async (t) => {
  const basicAuth = loginOf('ha', 'secret');
  const { port, accepted, count } = await portOf(t, { tls: tlsFiles('server1'), basicAuth });
  const rows: [string, Partial<HaPeerConfig>, string, RegExp][] = [
    ['no credentials', { tls: tlsFiles('server2') }, 'server2', /Unauthorized/],
    ['wrong ones', { tls: tlsFiles('server2'), basicAuth: loginOf('ha', 'no') }, 'server2', /Unauthorized/],
    ['a stranger`s certificate', { tls: tlsFiles('stranger'), basicAuth }, 'server2', /./],
    ['no TLS', { basicAuth }, 'server2', /./],
    ['a name that nobody has', { tls: tlsFiles('server2'), basicAuth }, 'server9', /no peer .*"server9"/],
    ['its own name', { tls: tlsFiles('server2'), basicAuth }, 'server1', /no peer .*"server1"/],
    ['another authority', { tls: tlsFiles('server2', 'other-ca'), basicAuth }, 'server2', /certificate/],
  ];
  for (const [what, changes, name, reason] of rows) {
    const client = clientOf(t, port, changes);
    t.match(await client.openStream(name, PATIENCE_MS), { kind: 'failed', reason }, what);
  }
  t.equal(accepted.length, 0);
  t.ok(count('TDM_HTTP_REFUSED') > 0);
});

t.test('a stream opens while credentials change, on either side first', async (t) => {
  const before = { basicAuth: loginOf('ha', 'before') };
  const after = { basicAuth: loginOf('ha', 'after') };
  const { port, nth, listener } = await portOf(t, before);
  const client = clientOf(t, port, before);
  client.renew(readPeerCredentials(peerAt(port, after)));
  endOf(t, await client.openStream('server2', PATIENCE_MS));
  listener.renew(readPeerCredentials(peerAt(port, after)));
  endOf(t, await client.openStream('server2', PATIENCE_MS));
  endOf(t, await clientOf(t, port, before).openStream('server2', PATIENCE_MS));
  await nth(3);
  t.pass('three streams');
});

t.test('a header without a name, or with one that is no text, opens nothing', async (t) => {
  const { port, accepted } = await portOf(t);
  for (const line of ['', 'Tandem-Server: %ff\r\n', 'Tandem-Server: a%\r\n']) {
    const socket = await openSocket(port);
    socket.write(`GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tandem-lease-stream/3\r\n${line}\r\n`);
    t.match(await readResponse(socket), { status: 400, body: /must name a server/ }, line);
    socket.destroy();
  }
  t.equal(accepted.length, 0);
});

t.test('a peer that knows no streams is well, and has none', async (t) => {
  const table = new Map([['ha-heartbeat', () => success('ok')]]);
  const listener = createPeerListener(relationshipOf({}), table, 'dhcp4', recordLog().log);
  t.teardown(() => listener.close());
  const { port } = await listener.listen();
  const client = clientOf(t, port);
  t.match(await client.openStream('server2', PATIENCE_MS), { kind: 'failed', reason: /Bad Request/ });
  t.match(await client.request('ha-heartbeat', {}, PATIENCE_MS), { kind: 'answer', result: 0 });
});

t.test('whatever the other side answers, the opening ends', async (t) => {
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade:';
  const rows: [string, string | null, RegExp][] = [
    ['nothing', null, /no answer within 300 ms/],
    ['an end', '', /socket hang up/],
    ['noise', '\0\0\xff noise\r\n\r\n', /Parse Error/],
    ['half an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[', /no answer within|broke/],
    ['another protocol', `${switched} h2c\r\n\r\n`, /another protocol \(101\)/],
    ['no protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /./],
    ['200 and an upgrade', `${switched.replace('101', '200')} tandem-lease-stream/3\r\n\r\n`, /./],
    ['headers without end', `HTTP/1.1 101 A\r\n${'X-A: b\r\n'.repeat(40_000)}`, /Header overflow|./],
    [
      'a body without end',
      `HTTP/1.1 400 A\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(100_000)}`,
      /more than 4096/,
    ],
    ['a list', 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n[{"result": 0}]', /as to a command/],
    ['a refusal', 'HTTP/1.1 400 A\r\nContent-Length: 14\r\n\r\n{"text": "no"}', /refused: no/],
  ];
  for (const [name, answer, reason] of rows) {
    const port = await strangeServer(t, (socket) => {
      if (answer !== null) socket.once('data', () => void socket.write(answer, 'latin1'));
      if (answer === '') socket.once('data', () => void socket.destroy());
    });
    const client = clientOf(t, port);
    t.match(
      await client.openStream('server2', answer === null ? 300 : 2_000),
      { kind: 'failed', reason },
      name,
    );
  }
  const [closed] = [await strangeServer(t, () => {})];
  const client = clientOf(t, closed);
  const opening = client.openStream('server2', PATIENCE_MS);
  await client.close();
  t.match(await opening, { kind: 'failed', reason: /client is closed/ });
  t.match(await client.openStream('server2', PATIENCE_MS), { kind: 'failed', reason: /client is closed/ });
  t.match(await clientOf(t, 1).openStream('server2', PATIENCE_MS), {
    kind: 'failed',
    reason: /ECONNREFUSED/,
  });
});

t.test('octets that come with the answer are handed along', async (t) => {
  const port = await strangeServer(t, (socket) => {
    socket.once('data', async () => {
      socket.write('HTTP/1.1 101 A\r\nConnection: upgrade\r\nUpgrade: Tandem-Lease-Stream/3\r\n\r\nfirst');
      await delay(20);
      socket.write('second');
    });
  });
  const { end, head } = endOf(t, await clientOf(t, port).openStream('server2', PATIENCE_MS));
  const rest = await end.read('firstsecond'.length - head.length);
  t.equal(String(Buffer.concat([head, rest])), 'firstsecond');
});
