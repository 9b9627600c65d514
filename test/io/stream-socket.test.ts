/** Connections that leave the event loop, in plain and out of TLS. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  connect as connectTls,
  createServer as createTlsServer,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import t, { type Test } from 'tap';
import { libc } from '../../src/io/libc.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { leavingProblem } from '../../src/io/session-secrets.ts';
import { detachSocket, stopReading } from '../../src/io/stream-socket.ts';
import { tlsFiles } from '../peer/support/peers.ts';
import { StreamEnd } from '../peer/support/stream-end.ts';

const F_GETFD = 1;
const FD_CLOEXEC = 1;
const POLLRDHUP = 0x2000;
const MEGABYTE = 1 << 20;
/** All that the kernel holds of one direction, and half as much again. */
const HELD_BYTES_MAX = 24 * MEGABYTE;
const PROTOCOL = 'something/1';

interface Sockets {
  /** Of the server. */
  readonly accepted: Socket;
  /** The other side of the connection. */
  readonly client: Socket;
}

interface Pair {
  /** Detached from the event loop. */
  readonly end: StreamEnd;
  /** The socket that it was. */
  readonly before: Socket;
  readonly client: Socket;
}

function pem(name: string) {
  const { certFile, keyFile, trustAnchor } = tlsFiles(name);
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), ca: readFileSync(trustAnchor) };
}

async function socketsOver(
  t: Test,
  kind: 'TCP' | 'TLS',
  maxVersion: SecureVersion = 'TLSv1.3',
): Promise<Sockets> {
  const server: Server =
    kind === 'TCP' ? createServer() : createTlsServer({ ...pem('server1'), requestCert: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, kind === 'TCP' ? 'connection' : 'secureConnection');
  const tls = { ...pem('server2'), maxVersion, checkServerIdentity: () => undefined };
  const client =
    kind === 'TCP' ? connect(port, '127.0.0.1') : connectTls({ port, host: '127.0.0.1', ...tls });
  client.on('error', () => {});
  const [socket] = (await accepted) as [Socket];
  t.teardown(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { accepted: socket, client };
}

async function pair(t: Test): Promise<Pair> {
  const { accepted, client } = await socketsOver(t, 'TCP');
  const socket = detachSocket(accepted, PROTOCOL, 'server');
  t.teardown(() => socket.close());
  t.equal(socket.secrets, null);
  return { end: new StreamEnd(socket), before: accepted, client };
}

/** Both ends after an opening by TLS, as by HTTP: a question, its answer. @param answerMs from the one to the other */
async function leftTls(t: Test, answerMs = 0) {
  const { accepted, client } = await socketsOver(t, 'TLS');
  client.write('question');
  await once(accepted, 'data');
  stopReading(accepted);
  const answered = new Promise((resolve) => accepted.write('answer', resolve));
  const [answer] = await once(client, 'data');
  t.equal(String(answer), 'answer');
  const ours = new StreamEnd(detachSocket(client, PROTOCOL, 'client'));
  await ours.write(Buffer.from('client first'));
  await answered;
  await delay(answerMs);
  const theirs = new StreamEnd(detachSocket(accepted, PROTOCOL, 'server'));
  t.teardown(() => {
    ours.socket.close();
    theirs.socket.close();
  });
  return { ours, theirs, accepted, client };
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function readClient(client: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let count = 0;
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    count += chunk.length;
    if (count >= bytes) break;
  }
  return Buffer.concat(chunks);
}

/** What poll() says of the other side. */
function isHungUp(fd: number): boolean {
  const entry = allocatePinned(8);
  entry.words[0] = fd;
  entry.words[1] = POLLRDHUP;
  libc.poll(entry.address, 1, 0);
  return entry.words[1]! >>> 16 !== 0;
}

t.test('a connection lives on when Node has closed its socket', async (t) => {
  const { end, before, client } = await pair(t);
  if (!before.closed) await once(before, 'close');
  t.ok(before.destroyed);
  t.equal(end.take(), null, 'reading waits for nothing');
  t.equal(libc.fcntl(end.socket.fd, F_GETFD, 0), FD_CLOEXEC, 'a child process does not inherit it');
  t.equal(end.socket.remote, `127.0.0.1 ${client.localPort}`);
  client.write('over');
  t.equal(String(await end.read(4)), 'over');
  await end.write(Buffer.from('and out'));
  t.equal(String(await readClient(client, 7)), 'and out');
  end.socket.close();
  end.socket.close();
  client.resume();
  await once(client, 'end');
});

t.test('octets arrive as they were sent, both ways at once', async (t) => {
  const { end, client } = await pair(t);
  const [up, down] = [randomBytes(3 * MEGABYTE + 7), randomBytes(2 * MEGABYTE + 1)];
  client.write(up);
  const [received, sent] = await Promise.all([
    readClient(client, down.length),
    end.read(up.length),
    end.write(down),
  ]);
  t.equal(digest(received), digest(down));
  t.equal(digest(sent), digest(up));
});

t.test('a partner that stops reading stops the writer, and what waits is bounded', async (t) => {
  const { end, client } = await pair(t);
  client.pause();
  const chunk = randomBytes(65_536);
  let accepted = 0;
  // Full for a tenth of a second: nobody takes anything any more.
  for (let idle = 0; idle < 100 && accepted < HELD_BYTES_MAX; idle++) {
    for (let count = end.offer(chunk); count > 0; count = end.offer(chunk)) {
      accepted += count;
      idle = 0;
      if (accepted >= HELD_BYTES_MAX) break;
    }
    await delay(1);
  }
  t.ok(accepted < HELD_BYTES_MAX, `${accepted} octets were taken`);
  t.equal((await readClient(client, accepted)).length, accepted, 'and none of them was lost');
});

t.test('the end of the one side is seen by the other', async (t) => {
  const gone = await pair(t);
  gone.client.end('last words');
  t.equal(String(await gone.end.read(10)), 'last words');
  await gone.end.ended();
  t.ok(isHungUp(gone.end.socket.fd));

  const cut = await pair(t);
  cut.client.resetAndDestroy();
  await cut.end.ended();
  t.ok(isHungUp(cut.end.socket.fd));

  const left = await pair(t);
  await left.end.write(Buffer.from('goodbye'));
  left.end.socket.close();
  t.equal(String(await readClient(left.client, 7)), 'goodbye');
  left.client.resume();
  if (!left.client.readableEnded) await once(left.client, 'end');
  t.pass('in each of the three ways');
});

t.test('after a reset nothing more arrives of what had not', async (t) => {
  const { end, client } = await pair(t);
  client.pause();
  const chunk = randomBytes(65_536);
  let written = 0;
  for (let idle = 0; idle < 50; idle++) {
    for (let count = end.offer(chunk); count > 0; count = end.offer(chunk)) {
      written += count;
      idle = 0;
    }
    await delay(1);
  }
  end.socket.reset();
  end.socket.reset();
  end.socket.close();
  let received = 0;
  client.on('data', ({ length }: Buffer) => {
    received += length;
  });
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.resume();
  await closed;
  t.ok(received < written, `${received} of ${written} octets arrived`);
});

t.test('a socket that is closed already cannot be detached', async (t) => {
  const { before } = await pair(t);
  t.throws(() => detachSocket(before, PROTOCOL, 'server'), /cannot duplicate a connection: EBADF/);
});

for (const answerMs of [0, 100])
  t.test(`TLS is left at the same octet by both sides, ${answerMs} ms apart`, async (t) => {
    const { ours, theirs, accepted, client } = await leftTls(t, answerMs);
    t.equal(String(await theirs.read(12)), 'client first', 'nobody has taken it for TLS');
    await theirs.write(Buffer.from('server second'));
    t.equal(String(await ours.read(13)), 'server second');
    for (const before of [accepted, client]) if (!before.closed) await once(before, 'close');
    t.same([ours.take(), theirs.take()], [null, null], 'no farewell of TLS follows');
    ours.socket.close();
    await theirs.ended();
  });

t.test('both sides take the same secrets along, one a direction, others each time', async (t) => {
  const first = await leftTls(t);
  const [client, server] = [first.ours.socket.secrets!, first.theirs.socket.secrets!];
  t.same([client.side, server.side], ['client', 'server']);
  t.same(client.ours, server.theirs);
  t.same(client.theirs, server.ours);
  t.not(digest(client.ours), digest(client.theirs));
  const second = await leftTls(t);
  t.not(digest(second.ours.socket.secrets!.ours), digest(client.ours));
});

t.test('secrets are bound to the protocol that goes on', async (t) => {
  const { accepted, client } = await socketsOver(t, 'TLS');
  if (!(client as TLSSocket).getProtocol()) await once(client, 'secureConnect');
  const [ours, theirs] = [
    detachSocket(client, 'something/1', 'client'),
    detachSocket(accepted, 'something/2', 'server'),
  ];
  t.not(digest(ours.secrets!.ours), digest(theirs.secrets!.theirs));
  ours.close();
  theirs.close();
});

t.test('a session of TLS 1.2 cannot be left', async (t) => {
  const { accepted } = await socketsOver(t, 'TLS', 'TLSv1.2');
  t.match(leavingProblem(accepted as TLSSocket), /of TLSv1\.2, a stream needs TLSv1\.3/);
  t.throws(() => detachSocket(accepted, PROTOCOL, 'server'), /of TLSv1\.2/);
  t.ok(accepted.destroyed);
});
