/** Connections that leave the event loop, in plain and out of TLS. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { libc } from '../../src/io/libc.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { detachSocket } from '../../src/io/stream-socket.ts';
import { tlsFiles } from '../peer/support/peers.ts';
import { StreamEnd } from '../peer/support/stream-end.ts';

const F_GETFD = 1;
const FD_CLOEXEC = 1;
const POLLRDHUP = 0x2000;
const MEGABYTE = 1 << 20;
/** All that kernel and event loop hold of one direction, and half as much again. */
const HELD_BYTES_MAX = 24 * MEGABYTE;

interface Pair {
  /** Detached from the event loop. */
  readonly end: StreamEnd;
  /** The socket that it was. */
  readonly before: Socket;
  /** The other side of the connection. */
  readonly client: Socket;
}

function pem(name: string) {
  const { certFile, keyFile, trustAnchor } = tlsFiles(name);
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), ca: readFileSync(trustAnchor) };
}

async function pairOver(t: Test, kind: 'TCP' | 'TLS', first?: Uint8Array): Promise<Pair> {
  const server: Server = kind === 'TCP' ? createServer() : createTlsServer(pem('server1'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, kind === 'TCP' ? 'connection' : 'secureConnection');
  const client =
    kind === 'TCP'
      ? connect(port, '127.0.0.1')
      : connectTls({ port, host: '127.0.0.1', ...pem('server2'), checkServerIdentity: () => undefined });
  client.on('error', () => {});
  const [before] = (await accepted) as [Socket];
  const socket = detachSocket(before, first);
  t.teardown(() => {
    socket.close();
    client.destroy();
    server.close();
  });
  return { end: new StreamEnd(socket), before, client };
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
  const { end, before, client } = await pairOver(t, 'TCP');
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

for (const kind of ['TCP', 'TLS'] as const) {
  t.test(`${kind}: what is sent first comes before everything else`, async (t) => {
    const { end, client } = await pairOver(t, kind, Buffer.from('first '));
    await end.write(Buffer.from('second'));
    t.equal(String(await readClient(client, 12)), 'first second');
  });

  t.test(`${kind}: octets arrive as they were sent, both ways at once`, async (t) => {
    const { end, client } = await pairOver(t, kind);
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

  t.test(`${kind}: a partner that stops reading stops the writer, and what waits is bounded`, async (t) => {
    const { end, client } = await pairOver(t, kind);
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

  t.test(`${kind}: who does not read stops the partner, and what waits is bounded`, async (t) => {
    const { end, client } = await pairOver(t, kind);
    const chunk = randomBytes(65_536);
    let offered = 0;
    for (let idle = 0; idle < 100 && offered < HELD_BYTES_MAX; idle++) {
      while (!client.writableNeedDrain && offered < HELD_BYTES_MAX) {
        client.write(chunk);
        offered += chunk.length;
        idle = 0;
      }
      await delay(1);
    }
    t.ok(offered < HELD_BYTES_MAX, `${offered} octets were taken`);
    t.equal((await end.read(offered)).length, offered);
  });

  t.test(`${kind}: the end of the one side is seen by the other`, async (t) => {
    const gone = await pairOver(t, kind);
    gone.client.end('last words');
    t.equal(String(await gone.end.read(10)), 'last words');
    await gone.end.ended();

    t.ok(isHungUp(gone.end.socket.fd));

    const cut = await pairOver(t, kind);
    if (kind === 'TCP') cut.client.resetAndDestroy();
    else cut.client.destroy();
    await cut.end.ended();
    t.ok(isHungUp(cut.end.socket.fd));

    const left = await pairOver(t, kind);
    await left.end.write(Buffer.from('goodbye'));
    left.end.socket.close();
    t.equal(String(await readClient(left.client, 7)), 'goodbye');
    left.client.resume();
    if (!left.client.readableEnded) await once(left.client, 'end');
    t.pass('in each of the three ways');
  });
}

for (const kind of ['TCP', 'TLS'] as const)
  t.test(`${kind}: after a reset nothing more arrives of what had not`, async (t) => {
    const { end, client } = await pairOver(t, kind);
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

t.test('the session behind a closed end goes, also when its client reads nothing', async (t) => {
  const { end, before, client } = await pairOver(t, 'TLS');
  client.pause();
  const chunk = randomBytes(65_536);
  while (end.offer(chunk) > 0);
  end.socket.close();
  if (!before.closed) await once(before, 'close');
  t.ok(before.destroyed);
});

t.test('a socket that is closed already cannot be detached', async (t) => {
  const { before } = await pairOver(t, 'TCP');
  t.throws(() => detachSocket(before), /cannot duplicate a connection: EBADF/);
});
