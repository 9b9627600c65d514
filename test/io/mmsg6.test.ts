import { networkInterfaces } from 'node:os';
import t from 'tap';
import { formatIpv6, parseIpv6 } from '../../src/base/ipv6-text.ts';
import { realtimeUs, stampArrivals } from '../../src/io/arrivals.ts';
import { Errno, libc } from '../../src/io/libc.ts';
import { Datagram6Receiver, Datagram6Sender } from '../../src/io/mmsg6.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { SOCKADDR_IN6_BYTES, writeSockaddrIn6 } from '../../src/io/sockaddr6.ts';
import { closeFd, localPort } from '../../src/io/udp.ts';
import { openUdp6Socket } from '../../src/io/udp6.ts';

const LOOPBACK = parseIpv6('::1')!;
const ANY = parseIpv6('::')!;
const LO_INDEX = 1;
const BUFFER_BYTES = 400_000;
const SOL_UDP = 17;
const UDP_GRO = 104;

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ family }) => family === 'IPv6'),
);
const skip = hasIpv6 ? false : 'this machine has no IPv6';

interface Teardown {
  teardown(close: () => void): void;
}

/** A socket of the loopback address that is closed after the test. */
function open(t: Teardown, address = LOOPBACK): number {
  const fd = openUdp6Socket({ address, port: 0, link: null, receiveBufferBytes: BUFFER_BYTES });
  t.teardown(() => closeFd(fd));
  return fd;
}

function sourceOf(receiver: Datagram6Receiver, i: number): string {
  const bytes = new Uint8Array(16);
  receiver.readSource(i, bytes, 0);
  return formatIpv6(bytes);
}

function destinationOf(receiver: Datagram6Receiver, i: number): string {
  const bytes = new Uint8Array(16).fill(0xee);
  receiver.readDestination(i, bytes, 0);
  return formatIpv6(bytes);
}

t.test('datagrams keep length, order, bytes, source and destination', { skip }, async (t) => {
  const [from, to] = [open(t), open(t, ANY)];
  const sender = new Datagram6Sender(8, 64, 4);
  const memory = new ArrayBuffer(1024);
  const receiver = new Datagram6Receiver(memory, 100, 64, 8);
  const addresses = Uint8Array.of(1, 2, 3, ...LOOPBACK);
  for (let slot = 0; slot < 8; slot++) {
    sender.bytes.fill(slot + 1, slot * 64, slot * 64 + 64);
    sender.queue(slot, slot * 5, addresses, 3, localPort(to), 0, from);
  }
  addresses.fill(0xee);
  t.equal(sender.line.queued, 8);
  t.equal(sender.line.flush(), 8, 'the address is the queue’s own');
  t.equal(receiver.burst.receive(to), 8);
  for (let i = 0; i < 8; i++) {
    t.equal(receiver.burst.length(i), i * 5);
    t.equal(sourceOf(receiver, i), '::1');
    t.equal(receiver.sourcePort(i), localPort(from));
    t.equal(receiver.sourceScope(i), 0, '::1 is no link-local address');
    t.equal(destinationOf(receiver, i), '::1');
    t.equal(receiver.interfaceIndex(i), LO_INDEX);
    const slot = new Uint8Array(memory, 100 + i * 64, 64);
    t.ok(slot.subarray(0, i * 5).every((byte) => byte === i + 1));
    t.ok(slot.subarray(i * 5).every((byte) => byte === 0));
  }
});

t.test('each burst has what the kernel says of it, however long the one before was', { skip }, async (t) => {
  const [from, to] = [open(t), open(t)];
  const sender = new Datagram6Sender(4, 8, 4);
  const receiver = new Datagram6Receiver(new ArrayBuffer(64), 0, 16, 4);
  for (const count of [4, 1, 0, 3, 4]) {
    for (let slot = 0; slot < count; slot++) sender.queue(slot, 8, LOOPBACK, 0, localPort(to), 0, from);
    sender.line.flush();
    t.equal(receiver.burst.receive(to), count);
    for (let i = 0; i < count; i++)
      t.same([destinationOf(receiver, i), receiver.interfaceIndex(i)], ['::1', LO_INDEX]);
    for (const read of [sourceOf, destinationOf])
      t.throws(() => read(receiver, count), { message: /the datagram was received/ });
    t.throws(() => receiver.sourcePort(-1), { message: /the datagram was received/ });
    t.throws(() => receiver.sourceScope(count), { message: /the datagram was received/ });
    t.throws(() => receiver.interfaceIndex(count), { message: /the datagram was received/ });
  }
});

t.test('a socket that says nothing has no destination, not that of another one', { skip }, async (t) => {
  const [from, to] = [open(t), open(t)];
  const silent = libc.socket(10, 2 | 0o4000, 0);
  t.teardown(() => closeFd(silent));
  const address = allocatePinned(SOCKADDR_IN6_BYTES);
  writeSockaddrIn6(address.words, 0, LOOPBACK, 0, 0, 0);
  t.equal(libc.bind(silent, address.address, SOCKADDR_IN6_BYTES), 0);
  const sender = new Datagram6Sender(2, 8, 4);
  sender.queue(0, 8, LOOPBACK, 0, localPort(to), 0, from);
  sender.queue(1, 8, LOOPBACK, 0, localPort(silent), 0, from);
  t.equal(sender.line.flush(), 2);
  const receiver = new Datagram6Receiver(new ArrayBuffer(64), 0, 16, 4);
  t.equal(receiver.burst.receive(to), 1);
  t.equal(receiver.burst.receive(silent), 1);
  t.same([destinationOf(receiver, 0), receiver.interfaceIndex(0)], ['::', 0]);
});

t.test('the time of arrival stands beside the destination', { skip }, async (t) => {
  const [from, to] = [open(t), open(t)];
  const sender = new Datagram6Sender(1, 8, 1);
  const receiver = new Datagram6Receiver(new ArrayBuffer(16), 0, 16, 1);
  const send = (): void => {
    sender.queue(0, 8, LOOPBACK, 0, localPort(to), 0, from);
    sender.line.flush();
  };
  send();
  receiver.burst.receive(to);
  t.equal(receiver.burst.arrivalUs(0), 0, 'not asked for');
  stampArrivals(to, true);
  send();
  receiver.burst.receive(to);
  t.ok(Math.abs(realtimeUs() - receiver.burst.arrivalUs(0)) < 60e6);
  t.same([destinationOf(receiver, 0), receiver.interfaceIndex(0)], ['::1', LO_INDEX]);
});

t.test('datagrams that the kernel refuses do not stop the others', { skip }, async (t) => {
  const [from, to] = [open(t), open(t)];
  const sender = new Datagram6Sender(4, 70_000, 4);
  sender.queue(0, 8, LOOPBACK, 0, 0, 0, from);
  sender.queue(1, 8, LOOPBACK, 0, localPort(to), 0, from);
  sender.queue(2, 66_000, LOOPBACK, 0, localPort(to), 0, from);
  sender.queue(3, 8, LOOPBACK, 0, localPort(to), 0, from);
  t.equal(sender.line.flush(), 2, 'port 0, too long');
  t.same([sender.line.failed, sender.line.lastErrno], [2, Errno.EMSGSIZE]);
  t.same(
    [0, 1, 2, 3].map((i) => sender.line.wasSent(i)),
    [false, true, false, true],
  );
  t.equal(new Datagram6Receiver(new ArrayBuffer(64), 0, 16, 4).burst.receive(to), 2);
  t.throws(() => sender.queue(0, 70_001, LOOPBACK, 0, 9, 0, from), { message: /fits its slot/ });
  sender.queue(0, 8, LOOPBACK, 0, 9, 0, -1);
  t.throws(() => sender.line.flush(), { code: 'EBADF', message: /cannot send on descriptor -1/ });
});

t.test('neighbours of one destination are joined, others are not', { skip }, async (t) => {
  const [from, to, other] = [open(t), open(t), open(t)];
  const value = allocatePinned(4);
  value.words[0] = 1;
  // What was joined comes out of such a socket joined, if the kernel may leave it so.
  t.equal(libc.setsockopt(to, SOL_UDP, UDP_GRO, value.address, 4), 0);
  const sender = new Datagram6Sender(8, 64, 8);
  sender.joining.allow(from, 1452);
  sender.bytes.forEach((_, at, bytes) => {
    bytes[at] = at >>> 6;
  });
  const ports = [to, to, to, other, other, to].map(localPort);
  ports.forEach((port, slot) => {
    sender.queue(slot, slot === 2 ? 30 : 40, LOOPBACK, 0, port, 0, from);
  });
  t.equal(sender.line.flush(), 6);
  const memory = new ArrayBuffer(8 * 256);
  const receiver = new Datagram6Receiver(memory, 0, 256, 8);
  t.equal(receiver.burst.receive(to), 2);
  t.same([receiver.burst.length(0), receiver.burst.length(1)], [110, 40]);
  const joined = new Uint8Array(memory, 0, 110);
  t.same(
    [0, 39, 40, 79, 80, 109].map((at) => joined[at]),
    [0, 0, 1, 1, 2, 2],
  );
  t.equal(receiver.burst.receive(other), 2);
  t.equal(sender.joining.refusals, 0);
});

t.test('100,000 paced datagrams arrive complete and in order', { skip }, async (t) => {
  const [from, to] = [open(t), open(t)];
  const burst = 64;
  const sender = new Datagram6Sender(burst, 300, burst);
  const memory = new ArrayBuffer(burst * 512);
  const receiver = new Datagram6Receiver(memory, 0, 512, burst);
  const out = new DataView(sender.bytes.buffer);
  const input = new DataView(memory);
  const port = localPort(to);
  let expected = 0;
  let mistakes = 0;
  for (let round = 0; expected < 100_000; round++) {
    for (let slot = 0; slot < burst; slot++) {
      out.setUint32(slot * 300, expected + slot);
      sender.queue(slot, 300, LOOPBACK, 0, port, 0, from);
    }
    if (sender.line.flush() !== burst) mistakes++;
    for (let n = receiver.burst.receive(to); n > 0; n = receiver.burst.receive(to))
      for (let i = 0; i < n; i++, expected++)
        if (input.getUint32(i * 512) !== expected || receiver.interfaceIndex(i) !== LO_INDEX) mistakes++;
    if (expected !== (round + 1) * burst) break;
  }
  t.equal(mistakes, 0);
  t.equal(expected, Math.ceil(100_000 / burst) * burst);
});
