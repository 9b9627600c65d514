/** What waits in sockets of a type that goes: with sockets of this machine's loopback in the place of either type. */
import t, { type Test } from 'tap';
import { handOver, type SocketSide } from '../../../src/app/sockets/handover.ts';
import { G } from '../../../src/engine/figures/statistics.ts';
import type { ServerSocket } from '../../../src/engine/query.ts';
import { deafen, hearAll } from '../../../src/io/deaf.ts';
import { DatagramSender } from '../../../src/io/mmsg.ts';
import { closeFd, localPort, openUdpSocket } from '../../../src/io/udp.ts';
import type { HandedQuery } from '../../../src/shard/dhcp4/handed-query.ts';

const LOOPBACK = 0x7f000001;
const SERVED = 0x0a000001;

interface Ear {
  readonly fd: number;
  hear(...texts: string[]): void;
}

function openEar(t: Test, sender: number): Ear {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  const slots = new DatagramSender(1, 4096, 1);
  t.teardown(() => closeFd(fd));
  const hear = (...texts: string[]): void => {
    for (const text of texts) {
      slots.bytes.set(Buffer.from(text, 'latin1'));
      slots.queue(0, text.length, LOOPBACK, localPort(fd), sender);
      slots.flush();
    }
  };
  return { fd, hear };
}

function socketOf({ fd }: Ear, more: Partial<ServerSocket> = {}): ServerSocket {
  const common = { address: SERVED, interfaceName: 'lan', broadcast: false, joinMax: 0, raw: null };
  return { fd, replyFd: fd, broadcastFd: fd, ...common, ...more };
}

/** A side of which nothing is deaf in truth: the test says who hears what, and when. */
function side(sockets: readonly ServerSocket[], deafen = () => {}, hear = () => {}): SocketSide {
  return { lists: [sockets], deafen, hear };
}

function scene(t: Test) {
  const sender = openUdpSocket({ address: LOOPBACK, port: 0 });
  t.teardown(() => closeFd(sender));
  return { leaving: openEar(t, sender), entering: openEar(t, sender) };
}

function texts(handed: readonly HandedQuery[]): string[] {
  return handed.map(({ payload, cell }) =>
    cell === 0 ? Buffer.from(payload).toString('latin1') : `${cell}`,
  );
}

t.test('each query is handed over once, whoever heard it and when', async (t) => {
  const { leaving, entering } = scene(t);
  leaving.hear('waits', 'waits too');
  entering.hear('answered long ago', 'waits');
  const from = side([socketOf(leaving)], () => entering.hear('heard by the new one alone'));
  const to = side(
    [socketOf(entering)],
    () => {},
    () => {
      leaving.hear('heard by both', 'sent twice', 'sent twice');
      entering.hear('heard by both', 'sent twice', 'sent twice', 'sent twice');
    },
  );
  const handed = handOver(from, to);
  const byOld = ['waits', 'waits too', 'heard by both', 'sent twice', 'sent twice'];
  t.same(texts(handed), [...byOld, 'sent twice', 'heard by the new one alone']);
  t.ok(
    handed.every(({ socket }) => socket.fd === entering.fd),
    'they are answered by the sockets that stay',
  );
  t.same(texts(handOver(side([]), side([socketOf(entering)]))), [], 'nothing is left');
});

t.test('what came to an address that is not served any more, or is too much, is counted', async (t) => {
  const { leaving, entering } = scene(t);
  const gone = `${G['tandem-drop-socket-gone']}`;
  leaving.hear('a');
  t.same(texts(handOver(side([socketOf(leaving)]), side([socketOf(entering, { address: 1 })]))), [gone]);
  leaving.hear('abc', 'def', 'g', 'h', '');
  const handed = handOver(side([socketOf(leaving)]), side([socketOf(entering)]), 5);
  t.same(texts(handed), ['abc', gone, 'g', 'h', '']);
});

t.test('more than a batch, and more octets than a slot', async (t) => {
  const { leaving, entering } = scene(t);
  const many = Array.from({ length: 150 }, (_, i) => `query ${i}`);
  leaving.hear(...many, 'x'.repeat(3000));
  const handed = handOver(side([socketOf(leaving)]), side([socketOf(entering)]));
  t.same(texts(handed).slice(0, 150), many);
  t.match(handed[150], { length: 3000, payload: { length: 2048 } });
});

t.test(
  'a query that came as a datagram is answered as one, though its socket is one of frames now',
  async (t) => {
    const { leaving, entering } = scene(t);
    leaving.hear('a');
    const raw = { mtu: 1500, port: 67, shadowFd: leaving.fd };
    const [query] = handOver(side([socketOf(leaving)]), side([socketOf(entering, { raw })]));
    t.match(query?.socket, { fd: leaving.fd, replyFd: leaving.fd, broadcastFd: leaving.fd, raw: null });
  },
);

t.test('sockets hear nothing while they are deaf, keep what waits, and hear again', async (t) => {
  const { leaving, entering } = scene(t);
  const real = (ear: Ear): SocketSide => ({
    lists: [[socketOf(ear)]],
    deafen: () => deafen(ear.fd),
    hear: () => hearAll(ear.fd),
  });
  leaving.hear('before');
  deafen(leaving.fd);
  leaving.hear('not heard');
  t.same(texts(handOver(real(leaving), real(entering))), ['before']);
  leaving.hear('nor this');
  hearAll(leaving.fd);
  hearAll(leaving.fd);
  leaving.hear('heard');
  t.same(texts(handOver(real(leaving), real(entering))), ['heard']);
  t.throws(() => deafen(-1), { code: 'EBADF' });
  t.throws(() => hearAll(-1), { code: 'EBADF' });
});

t.test('where the old ones cannot be made deaf, the new ones hear all the same', async (t) => {
  const { leaving, entering } = scene(t);
  let hears = 0;
  const fail = (): never => {
    throw new Error('ENOMEM');
  };
  const to = side([socketOf(entering)], fail, () => {
    hears += 1;
  });
  t.throws(() => handOver(side([socketOf(leaving)]), to), /ENOMEM/);
  t.equal(hears, 1);
});
