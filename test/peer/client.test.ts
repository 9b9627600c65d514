import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createKeaHttpServer, type KeaHttpOptions } from '../../src/control/http/kea-http.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { readPeerCredentials } from '../../src/peer/credentials.ts';
import { recordLog } from './support/log.ts';
import { loginOf, peerAt, tlsDirectory, tlsFiles } from './support/peers.ts';

/** Of requests that come to an end by themselves: longer than a busy machine takes. */
const PATIENCE_MS = 20_000;

async function listening(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Whether the kernel has a connection from a port of 127.0.0.1, also when nobody has it open any more. */
function isKept(port: number): boolean {
  return unsentOf(port) >= 0;
}

/** Octets that the kernel has of the connection from a port of loopback and the other side has not; -1 = there is none. */
function unsentOf(port: number): number {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = new RegExp(`^ *[0-9]+: ${place} [0-9A-F:]+ [0-9A-F]+ ([0-9A-F]+):`, 'm');
  return Number.parseInt(line.exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1] ?? '-1', 16);
}

/** A TCP server that treats each connection as the test says. */
function bareServer(t: Test, serve: (socket: Socket, count: number) => void): Promise<number> {
  let count = 0;
  const open = new Set<Socket>();
  t.teardown(() => open.forEach((socket) => void socket.destroy()));
  return listening(
    t,
    createServer((socket) => {
      open.add(socket.on('error', () => {}));
      serve(socket, ++count);
    }),
  );
}

function httpServer(t: Test, serve: RequestListener): Promise<number> {
  const server = createHttpServer(serve);
  t.teardown(() => server.closeAllConnections());
  return listening(t, server);
}

function clientOf(t: Test, ...parameters: Parameters<typeof createPeerClient>) {
  const client = createPeerClient(...parameters);
  t.teardown(() => client.close());
  return client;
}

function setOf(name: string) {
  return readPeerCredentials(peerAt(1, { tls: tlsFiles(name) })).tls!;
}

async function keaServer(t: Test, options: Partial<KeaHttpOptions> = {}): Promise<number> {
  const server = createKeaHttpServer({
    log: recordLog().log,
    table: new Map([['echo', (args) => ({ result: 0, text: 'echoed', arguments: args })]]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    ...options,
  });
  t.teardown(() => server.close());
  return (await server.listen()).port;
}

t.test('a request carries exactly what Kea accepts', async (t) => {
  const seen: { headers: object; body: string; method: string; url: string }[] = [];
  const port = await httpServer(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    seen.push({ headers: request.headers, body, method: request.method!, url: request.url! });
    response.end('[{"result":0}]');
  });
  const client = clientOf(t, peerAt(port, { basicAuth: loginOf('ha', 'a:b') }), 1, 'dhcp4');
  t.same(await client.request('ha-heartbeat', null, PATIENCE_MS), {
    kind: 'answer',
    result: 0,
    text: '',
    arguments: undefined,
  });
  await client.request('ha-heartbeat', { 'server-name': 'sérver' }, PATIENCE_MS);
  await client.requestBytes(Buffer.from('{"command":"x"}'), PATIENCE_MS);
  t.match(seen[0], {
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/json',
      'content-length': '46',
      authorization: `Basic ${Buffer.from('ha:a:b').toString('base64')}`,
      'transfer-encoding': undefined,
    },
    body: '{"command":"ha-heartbeat","service":["dhcp4"]}',
  });
  t.same(JSON.parse(seen[1]!.body), {
    command: 'ha-heartbeat',
    service: ['dhcp4'],
    arguments: { 'server-name': 'sérver' },
  });
  t.equal(seen[2]!.body, '{"command":"x"}');
});

t.test('connections are kept and never more than allowed', async (t) => {
  const port = await keaServer(t);
  let connections = 0;
  const relay = await bareServer(t, (socket) => {
    connections++;
    const onward = connect(port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  const client = clientOf(t, peerAt(relay), 3, 'dhcp4');
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.request('echo', { i }, 5_000)),
    );
    t.strictSame(
      answers.map((answer) => answer.kind === 'answer' && answer.arguments),
      Array.from({ length: 20 }, (_, i) => ({ i })),
    );
  }
  t.equal(connections, 3);
});

t.test('nobody listening, no answer and a late answer are failures in time', async (t) => {
  const silent = await bareServer(t, () => {});
  const trickle = await bareServer(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => socket.write(' '), 20);
    socket.on('close', () => clearInterval(drip));
  });
  const closed = createServer();
  closed.listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port: refused } = closed.address() as AddressInfo;
  closed.close();
  t.match(await clientOf(t, peerAt(refused), 1, 'dhcp4').request('echo', null, PATIENCE_MS), {
    kind: 'failed',
    reason: /ECONNREFUSED/,
  });
  for (const port of [silent, trickle]) {
    const answer = await clientOf(t, peerAt(port), 1, 'dhcp4').request('echo', null, 200);
    t.same(answer, { kind: 'failed', reason: 'no answer within 200 ms' });
  }
});

t.test('what of a request has not arrived when it is given up never does', async (t) => {
  const server = createServer({ pauseOnConnect: true });
  const port = await listening(t, server);
  // More than the kernel on the other side takes while nobody reads.
  const body = Buffer.alloc(64 * 1024 * 1024, ' ');
  let from = 0;
  // A request whose time is over before it has a connection sends nothing, and leaves the connection as it is.
  for (let timeoutMs = 300, hasBegun = false; !hasBegun; timeoutMs *= 2) {
    const client = clientOf(t, peerAt(port), 0, 'dhcp4');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    let isOver = false;
    const answer = client.requestBytes(body, timeoutMs).finally(() => {
      isOver = true;
    });
    const [socket] = await connected;
    t.teardown(() => void socket.destroy());
    from = socket.remotePort!;
    t.ok(isKept(from));
    while (!isOver && unsentOf(from) <= 0) await delay(5);
    hasBegun = !isOver;
    t.match(await answer, { kind: 'failed', reason: `no answer within ${timeoutMs} ms` });
  }
  const endMs = performance.now() + PATIENCE_MS / 4;
  while (isKept(from) && performance.now() < endMs) await delay(10);
  t.notOk(isKept(from), 'the kernel sends nothing of it any more');
});

t.test('garbage is a failure, never an exception', async (t) => {
  const rows: [string, string][] = [
    ['no HTTP', 'hello\r\n\r\n'],
    ['an empty line', '\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['no body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['not JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{"result":0}]'],
    ['a wrong length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n[{"result":0}]'],
    ['no content', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['a redirect', 'HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'X-A: bbbbbbbbbbbb\r\n'.repeat(10_000)}`],
    ['bad chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ];
  for (const [name, text] of rows) {
    const port = await bareServer(t, (socket) => socket.once('data', () => socket.end(text)));
    t.match(
      await clientOf(t, peerAt(port), 1, 'dhcp4').request('echo', null, PATIENCE_MS),
      { kind: 'failed', reason: /./ },
      name,
    );
  }
});

t.test('the JSON alone counts: status, type and framing of the answer do not', async (t) => {
  const port = await bareServer(t, (socket) =>
    socket.once('data', () =>
      socket.end(
        'HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n[{"result":3}]\r\n0\r\n\r\n',
      ),
    ),
  );
  t.match(await clientOf(t, peerAt(port), 1, 'dhcp4').request('echo', null, PATIENCE_MS), {
    kind: 'answer',
    result: 3,
  });
  const forbidden = await keaServer(t, { allow: new Set() });
  t.match(await clientOf(t, peerAt(forbidden), 1, 'dhcp4').request('echo', null, PATIENCE_MS), {
    kind: 'failed',
    reason: /Forbidden/,
  });
});

t.test('an answer of several megabytes is taken for pages alone, one of 200 MB is cut off', async (t) => {
  const counts: number[] = [];
  const sizes = new Map([
    ['lease4-get-page', 20],
    ['echo', 2],
    ['lease4-get-all', 200],
  ]);
  for (const [command, megabytes] of sizes) {
    for (const announced of [true, false]) {
      const port = await httpServer(t, (request, response) => {
        request.resume();
        const total = megabytes * 1024 * 1024;
        if (announced) response.setHeader('content-length', total);
        let sent = 0;
        const head = '[{"result":0,"text":"';
        const chunk = Buffer.alloc(1024 * 1024, 'x');
        const more = (): void => {
          while (sent < total) {
            const part = Buffer.from(chunk);
            if (sent === 0) part.write(head);
            sent += part.length;
            if (sent >= total) part.write('"}]', part.length - 3);
            if (!response.write(part)) return void response.once('drain', more);
          }
          response.end();
        };
        response.on('close', () => counts.push(sent));
        more();
      });
      const answer = await clientOf(t, peerAt(port), 1, 'dhcp4').request(command, null, 20_000);
      if (megabytes === 20)
        t.match(answer, { kind: 'answer', result: 0 }, `${command}, announced: ${announced}`);
      else
        t.match(
          answer,
          { kind: 'failed', reason: /more than \d+ bytes/ },
          `${command}, announced: ${announced}`,
        );
    }
  }
  await delay(100);
  // Beside the 64 MB that are taken a kernel may hold some 40 of a connection that nobody reads.
  t.ok(Math.max(...counts) < 190 * 1024 * 1024, 'the connection of the endless answer was given up');
});

t.test('a request that meets a connection which the peer just closed is sent once more', async (t) => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n[{"result":0}]';
  const requests: number[] = [];
  const port = await bareServer(t, (socket, connection) => {
    let served = 0;
    socket.on('data', () => {
      requests.push(connection);
      // Each connection serves one request and dies of the second, as one does that crosses an idle close.
      if (++served === 1) socket.write(answer);
      else if (connection % 2 === 1) socket.resetAndDestroy();
      else socket.destroy();
    });
  });
  const client = clientOf(t, peerAt(port), 1, 'dhcp4');
  for (let i = 0; i < 4; i++)
    t.match(await client.request('echo', null, PATIENCE_MS), { kind: 'answer', result: 0 });
  t.strictSame(requests, [1, 1, 2, 2, 3, 3, 4]);
});

t.test('a peer that resets every connection gets two tries, not more', async (t) => {
  let tries = 0;
  const port = await bareServer(t, (socket) => {
    socket.once('data', () => {
      tries++;
      socket.resetAndDestroy();
    });
  });
  t.match(await clientOf(t, peerAt(port), 1, 'dhcp4').request('echo', null, PATIENCE_MS), { kind: 'failed' });
  t.equal(tries, 2);
});

t.test('close ends what is under way, and later requests fail at once', async (t) => {
  const port = await bareServer(t, () => {});
  const client = createPeerClient(peerAt(port), 1, 'dhcp4');
  const pending = client.request('echo', null, 10_000);
  await delay(20);
  await client.close();
  t.match(await pending, { kind: 'failed' });
  t.match(await client.request('echo', null, 10_000), { kind: 'failed' });
});

t.test('with the three files set, both sides show certificates of the trust anchor', async (t) => {
  const tls = { ...setOf('server1'), requireClientCerts: true };
  const port = await keaServer(t, { tls });
  const rows: [string, ReturnType<typeof tlsFiles> | null, 'answer' | 'failed'][] = [
    ['a certificate of the anchor', tlsFiles('server2'), 'answer'],
    ['a certificate of a stranger', tlsFiles('stranger'), 'failed'],
    ['another trust anchor', tlsFiles('server2', 'other-ca'), 'failed'],
    ['a directory with the anchor', { ...tlsFiles('server2'), trustAnchor: tlsDirectory }, 'answer'],
    ['no TLS', null, 'failed'],
  ];
  for (const [name, files, kind] of rows) {
    const client = clientOf(t, peerAt(port, { tls: files }), 1, 'dhcp4');
    t.match(await client.request('echo', { a: 1 }, PATIENCE_MS), { kind }, name);
  }
  const open = await keaServer(t, { tls: { ...tls, requireClientCerts: false } });
  t.match(
    await clientOf(t, peerAt(open, { tls: tlsFiles('stranger') }), 1, 'dhcp4').request(
      'echo',
      null,
      PATIENCE_MS,
    ),
    {
      kind: 'answer',
    },
  );
});

t.test('every TLS file that cannot be used is named', async (t) => {
  const missing = '/nonexistent.pem';
  const refusal = (changes: object): void =>
    void readPeerCredentials(peerAt(1, { tls: { ...tlsFiles('server1'), ...changes } }));
  t.throws(() => refusal({ trustAnchor: missing, certFile: missing, keyFile: missing }), {
    message:
      /^trust-anchor "\/nonexistent.pem": ENOENT: .*; cert-file "\/nonexistent.pem": .*; key-file "\/nonexistent.pem": /,
  });
  t.throws(() => refusal({ trustAnchor: t.testdir({ a: 'no certificate' }) }), /without certificates/);
});
