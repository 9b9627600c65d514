/**
 * The lease stream over TLS, through the peer port, with somebody on the way: what he changes, cuts, repeats or holds back ends
 * the stream with a reason, no lease is changed by it, and the next stream is well.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { StreamSocket } from '../../src/io/stream-socket.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { createPeerListener } from '../../src/peer/listener.ts';
import { recordLog } from '../peer/support/log.ts';
import { peerAt, tlsFiles } from '../peer/support/peers.ts';
import { relationshipOf } from '../peer/support/relationship.ts';
import { LinkServer } from './support/link-server.ts';

const BASE = parseIpv4('10.0.0.100')!;
const PATIENCE_MS = 20_000;
/** An envelope has no less: a length, an octet, a tag. */
const ENVELOPE_BYTES_MIN = 19;
/** It looks like the least of them. */
const JUNK = Buffer.from([1, 0, ...Buffer.alloc(ENVELOPE_BYTES_MIN)]);

/** What comes of a chunk of the opening server, in order. */
type Meddle = (chunk: Buffer) => readonly Buffer[];

/** Between the two; while `meddle` is null it lets everything through. */
class Meddler {
  readonly #sockets = new Set<Socket>();
  meddle: Meddle | null = null;
  /** What the opening server has sent since it was last emptied. */
  readonly seen: Buffer[] = [];
  port = 0;

  async start(t: Test, port: number): Promise<void> {
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const each of [near, far]) this.#sockets.add(each.on('error', () => {}));
      far.pipe(near);
      near.on('data', (chunk: Buffer) => {
        this.seen.push(chunk);
        for (const piece of this.meddle?.(chunk) ?? [chunk]) far.write(piece);
      });
      near.once('close', () => far.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    t.teardown(() => {
      for (const socket of this.#sockets) socket.destroy();
      server.close();
    });
  }
}

/** A server as main is to its link thread: it closes what has ended. */
class End {
  readonly server: LinkServer;
  readonly #sockets = new Map<number, StreamSocket>();

  constructor(t: Test, name: string) {
    this.server = new LinkServer(t, name);
    t.teardown(() => {
      for (const socket of this.#sockets.values()) socket.close();
    });
  }

  open(socket: StreamSocket, head: Uint8Array): void {
    this.#sockets.set(this.server.open(socket.fd, head, socket.secrets), socket);
  }

  turn(): void {
    this.server.turn();
    for (const { connection } of this.server.heard('down')) {
      this.#sockets.get(connection)?.close();
      this.#sockets.delete(connection);
    }
  }

  get ends(): string[] {
    return this.server.heard('down').map(({ reason }) => reason);
  }
}

/** The port is that of server1; server2 opens the stream, by way of the meddler. */
async function sceneOf(t: Test) {
  const [accepting, opening] = [new End(t, 'server1'), new End(t, 'server2')];
  const own = { tls: tlsFiles('server1') };
  const listener = createPeerListener(
    relationshipOf(own),
    new Map(),
    'dhcp4',
    recordLog().log,
    null,
    (_, ...stream) => accepting.open(...stream),
  );
  const { port } = await listener.listen();
  const meddler = new Meddler();
  await meddler.start(t, port);
  const client = createPeerClient(
    peerAt(meddler.port, { name: 'server1', tls: tlsFiles('server2') }),
    1,
    'dhcp4',
  );
  t.teardown(async () => {
    await client.close();
    await listener.close();
  });
  const until = async (what: () => boolean): Promise<void> => {
    for (const untilMs = Date.now() + PATIENCE_MS; !what(); await delay(0)) {
      accepting.turn();
      opening.turn();
      if (Date.now() > untilMs) throw new Error(`never so; ends: ${[...accepting.ends, ...opening.ends]}`);
    }
  };
  /** @param answered is called when the one end has left TLS, and has not said anything behind it */
  const connectStream = async (answered = (): void => {}): Promise<void> => {
    const both = [accepting, opening];
    const [ups, downs] = [both.map(({ server }) => server.heard('up').length), opening.ends.length];
    const stream = await client.openStream('server2', PATIENCE_MS);
    if (stream.kind === 'failed') throw new Error(stream.reason);
    answered();
    opening.open(stream.socket, stream.head);
    const isUp = (): boolean => both.every(({ server }, at) => server.heard('up').length > ups[at]!);
    await until(() => isUp() || opening.ends.length > downs);
    if (!isUp()) throw new Error(opening.ends.at(-1));
    opening.server.lend();
    accepting.server.lend();
    await until(() => opening.server.isLent && accepting.server.isLent);
  };
  return {
    accepting: accepting.server,
    opening: opening.server,
    ends: accepting,
    meddler,
    until,
    connectStream,
  };
}

type Scene = Awaited<ReturnType<typeof sceneOf>>;

/** A lease of either server goes over, and its reply may leave. */
async function isWell(t: Test, { accepting, opening, until }: Scene, host: number): Promise<void> {
  const [up, down] = [
    opening.write([{ address: BASE + host }]),
    accepting.write([{ address: BASE + host + 1 }]),
  ];
  await until(() => accepting.lease(BASE + host) !== null && opening.lease(BASE + host + 1) !== null);
  for (const server of [accepting, opening]) server.makeDurable();
  await until(() => opening.shards.of(0, up).length > 0 && accepting.shards.of(0, down).length > 0);
  t.same(opening.shards.of(0, up), [Verdict.confirmed]);
  t.same(accepting.shards.of(0, down), [Verdict.confirmed]);
}

const changed = (chunk: Buffer, at: number, octet = chunk[at]! ^ 1): Buffer => {
  const copy = Buffer.from(chunk);
  copy[at] = octet;
  return copy;
};

t.test('leases go both ways over TLS, and nobody on the way can read them', async (t) => {
  const scene = await sceneOf(t);
  await scene.connectStream();
  scene.meddler.seen.length = 0;
  await isWell(t, scene, 1);
  const seen = Buffer.concat(scene.meddler.seen);
  const address = Buffer.alloc(4);
  address.writeUInt32LE(BASE + 1);
  t.ok(seen.length > ENVELOPE_BYTES_MIN);
  t.notOk(seen.includes(address));
  address.swap32();
  t.notOk(seen.includes(address));
});

t.test('a thousand leases, each in a turn of its own, all arrive', async (t) => {
  const scene = await sceneOf(t);
  const { opening, accepting, until } = scene;
  await scene.connectStream();
  for (let host = 0; host < 1_000; host++) {
    opening.write([{ address: BASE + host }]);
    opening.turn();
  }
  await until(() => accepting.book.table.count() === 1_000);
  await isWell(t, scene, 2_000);
});

/** The stream has carried its hello and `first`, the envelope of the lease before the one that is meddled with. */
const MEDDLING: [string, (chunk: Buffer, hello: Buffer, first: Buffer) => readonly Buffer[]][] = [
  ['the length smaller by one', (chunk) => [changed(chunk, 0, chunk[0]! - 1)]],
  ['the first octet changed', (chunk) => [changed(chunk, 2)]],
  ['an octet in the middle changed', (chunk) => [changed(chunk, chunk.length >> 1)]],
  ['the tag changed', (chunk) => [changed(chunk, chunk.length - 1)]],
  ['the first envelope of the stream once more in front', (chunk, hello) => [hello, chunk]],
  ['the envelope before once more in front', (chunk, _, first) => [first, chunk]],
  ['an octet less', (chunk) => [chunk.subarray(0, 10), chunk.subarray(11), Buffer.alloc(ENVELOPE_BYTES_MIN)]],
  ['a length that there is not', (chunk) => [Buffer.from([0xff, 0xff]), chunk]],
  ['no length', (chunk) => [Buffer.alloc(ENVELOPE_BYTES_MIN), chunk]],
  [
    'an alert of TLS',
    (chunk) => [Buffer.from([21, 3, 3, 0, 19, ...Buffer.alloc(19)]), chunk, Buffer.alloc(800)],
  ],
];

for (const [what, change] of MEDDLING)
  t.test(`${what}: the stream ends, no lease is changed, and the next one is well`, async (t) => {
    const scene = await sceneOf(t);
    const { accepting, opening, ends, meddler, until } = scene;
    const seen: Buffer[] = [];
    meddler.meddle = (chunk) => {
      seen.push(chunk);
      return [chunk];
    };
    await scene.connectStream();
    const hello = seen.at(-1)!;
    opening.write([{ address: BASE }]);
    await until(() => accepting.lease(BASE) !== null);
    const first = seen.at(-1)!;
    accepting.makeDurable();
    await until(() => opening.heard('completed').length > 0);
    meddler.meddle = (chunk) => change(chunk, hello, first);
    const number = opening.write([{ address: BASE + 1 }]);
    await until(() => ends.ends.length > 0 && opening.heard('down').length > 0);
    t.match(
      ends.ends[0],
      /protocol fault: an envelope (is not what the partner has sealed|says that it holds)/,
    );
    t.match(
      opening.heard('down')[0]!.reason,
      /the partner has ended the stream: protocol fault: an envelope/,
    );
    t.equal(accepting.lease(BASE + 1), null);
    t.equal(accepting.book.table.count(), 1);
    t.same(opening.shards.of(0, number), [Verdict.rejected], 'its client asks again');
    meddler.meddle = null;
    await scene.connectStream();
    await isWell(t, scene, 50);
  });

t.test('an envelope that is held back holds those behind it, or ends the stream', async (t) => {
  const scene = await sceneOf(t);
  const { accepting, opening, ends, meddler, until } = scene;
  await scene.connectStream();
  const held: Buffer[] = [];
  meddler.meddle = (chunk) => {
    held.push(chunk);
    return held.length === 1 ? [] : [chunk];
  };
  opening.write([{ address: BASE }]);
  await until(() => held.length === 1);
  opening.write([{ address: BASE, isUpdate: false }]);
  await until(() => ends.ends.length > 0);
  t.match(ends.ends[0], /an envelope is not what/);
  t.equal(accepting.book.table.count(), 0);
});

t.test(
  'what stands in front of the first envelope ends the stream before the server has said a word',
  async (t) => {
    const scene = await sceneOf(t);
    const { accepting, opening, ends, meddler } = scene;
    await t.rejects(
      scene.connectStream(() => {
        meddler.meddle = (chunk) => [JUNK, chunk];
      }),
      'it never comes up',
    );
    t.match(ends.ends, [/an envelope (is not what|says that it holds)/]);
    t.match(opening.heard('down'), [{ wasUp: false, reason: /has closed the connection|is broken/ }]);
    t.equal(accepting.book.table.count(), 0);
    meddler.meddle = null;
    await scene.connectStream();
    await isWell(t, scene, 50);
  },
);

t.test('octets behind the request, while it is TLS, open nothing', async (t) => {
  const scene = await sceneOf(t);
  const { accepting, meddler } = scene;
  let chunks = 0;
  meddler.meddle = (chunk) => (++chunks === 2 ? [chunk, JUNK] : [chunk]);
  await t.rejects(scene.connectStream());
  t.equal(accepting.heard('up').length, 0);
  meddler.meddle = null;
  await scene.connectStream();
  await isWell(t, scene, 50);
});
