import t from 'tap';
import { Errno } from '../../src/io/libc.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { collectGarbage } from '../support/heap.ts';

const LOOPBACK = 0x7f000001;
const BUFFER_BYTES = 200_000;

/** Two sockets that are closed after the test. */
function openPair(t: { teardown(close: () => void): void }): { from: number; to: number; port: number } {
  const options = { address: LOOPBACK, port: 0, receiveBufferBytes: BUFFER_BYTES };
  const from = openUdpSocket(options);
  const to = openUdpSocket(options);
  t.teardown(() => {
    closeFd(from);
    closeFd(to);
  });
  return { from, to, port: localPort(to) };
}

t.test('datagrams keep length, order, bytes and source', async (t) => {
  const { from, to, port } = openPair(t);
  const sender = new DatagramSender(8, 64, 4);
  const memory = new ArrayBuffer(1024);
  const receiver = new DatagramReceiver(memory, 100, 64, 8);
  for (let slot = 0; slot < 8; slot++) {
    sender.bytes.fill(slot + 1, slot * 64, slot * 64 + 64);
    sender.queue(slot, slot * 5, LOOPBACK, port, from);
  }
  t.equal(sender.queued, 8);
  t.equal(sender.flush(), 8);
  t.equal(sender.queued, 0);
  t.equal(receiver.receive(to), 8);
  for (let i = 0; i < 8; i++) {
    t.equal(receiver.length(i), i * 5);
    t.equal(receiver.truncated(i), false);
    t.equal(receiver.sourceAddress(i), LOOPBACK);
    t.equal(receiver.sourcePort(i), localPort(from));
    const slot = new Uint8Array(memory, 100 + i * 64, 64);
    t.ok(slot.subarray(0, i * 5).every((byte) => byte === i + 1));
    t.ok(
      slot.subarray(i * 5).every((byte) => byte === 0),
      'nothing is written behind the datagram',
    );
  }
  t.ok(
    new Uint8Array(memory, 0, 100).every((byte) => byte === 0),
    'nor before the first slot',
  );
  t.ok(
    new Uint8Array(memory, 100 + 8 * 64).every((byte) => byte === 0),
    'nor behind the last',
  );
});

t.test('a call receives no more than there are slots', async (t) => {
  const { from, to, port } = openPair(t);
  const sender = new DatagramSender(5, 8, 8);
  const receiver = new DatagramReceiver(new ArrayBuffer(64), 0, 16, 4);
  for (let slot = 0; slot < 5; slot++) sender.queue(slot, 8, LOOPBACK, port, from);
  sender.flush();
  t.equal(receiver.receive(to), 4);
  t.equal(receiver.receive(to), 1);
  t.equal(receiver.receive(to), 0);
  t.throws(() => receiver.length(0), { message: /the datagram was received/ });
});

t.test('a truncated datagram is known by its flag and its length', async (t) => {
  const { from, to, port } = openPair(t);
  const sender = new DatagramSender(2, 100, 8);
  const memory = new ArrayBuffer(100);
  const receiver = new DatagramReceiver(memory, 0, 50, 2);
  sender.bytes.fill(7);
  sender.queue(0, 51, LOOPBACK, port, from);
  sender.queue(1, 50, LOOPBACK, port, from);
  sender.flush();
  t.equal(receiver.receive(to), 2);
  t.equal(receiver.length(0), 51);
  t.equal(receiver.truncated(0), true);
  t.equal(receiver.length(1), 50);
  t.equal(receiver.truncated(1), false);
});

t.test('datagrams are received into WebAssembly memory', async (t) => {
  const { from, to, port } = openPair(t);
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  const receiver = new DatagramReceiver(memory.buffer, 70_000, 2048, 16);
  const sender = new DatagramSender(1, 4, 1);
  sender.bytes.set([1, 2, 3, 4]);
  sender.queue(0, 4, LOOPBACK, port, from);
  sender.flush();
  t.equal(receiver.receive(to), 1);
  t.same([...new Uint8Array(memory.buffer, 70_000, 5)], [1, 2, 3, 4, 0]);
});

t.test('one flush serves several sockets, each in order', async (t) => {
  const { from, to, port } = openPair(t);
  const other = openPair(t);
  const sender = new DatagramSender(30, 1, 4);
  for (let slot = 0; slot < 30; slot++) {
    sender.bytes[slot] = slot;
    sender.queue(slot, 1, LOOPBACK, port, [from, other.from, other.to][slot % 3]!);
  }
  t.equal(sender.flush(), 30);
  const memory = new ArrayBuffer(40);
  const receiver = new DatagramReceiver(memory, 0, 1, 40);
  t.equal(receiver.receive(to), 30);
  const bySource = new Map<number, number[]>();
  for (let i = 0; i < 30; i++) {
    const port = receiver.sourcePort(i);
    bySource.set(port, [...(bySource.get(port) ?? []), new Uint8Array(memory)[i]!]);
  }
  const every = (start: number) => Array.from({ length: 10 }, (_, i) => start + i * 3);
  t.same(bySource.get(localPort(from)), every(0));
  t.same(bySource.get(localPort(other.from)), every(1));
  t.same(bySource.get(localPort(other.to)), every(2));
  t.same(
    Array.from({ length: sender.flushed }, (_, i) => sender.queuedSlot(i)),
    Array.from({ length: 30 }, (_, i) => i),
    'the slots come back in the order of the queue',
  );
});

t.test('datagrams that the kernel refuses do not stop the others', async (t) => {
  const { from, to, port } = openPair(t);
  const sender = new DatagramSender(6, 70_000, 4);
  const refused = [
    { slot: 0, length: 4, address: 0xffffffff, port },
    { slot: 2, length: 66_000, address: LOOPBACK, port },
    { slot: 5, length: 4, address: LOOPBACK, port: 0 },
  ];
  for (let slot = 0; slot < 6; slot++) {
    const bad = refused.find((entry) => entry.slot === slot);
    sender.queue(slot, bad?.length ?? 4, bad?.address ?? LOOPBACK, bad?.port ?? port, from);
  }
  t.equal(sender.flush(), 3, 'broadcast without leave, too long, port 0');
  t.equal(sender.failed, 3);
  t.equal(sender.lastErrno, Errno.EINVAL, 'the last reason: port 0');
  t.same(
    Array.from({ length: sender.flushed }, (_, i) => sender.wasSent(i)),
    [false, true, false, true, true, false],
  );
  t.equal(new DatagramReceiver(new ArrayBuffer(64), 0, 8, 8).receive(to), 3);
  sender.queue(1, 4, LOOPBACK, port, from);
  t.equal(sender.flush(), 1);
  t.equal(sender.failed, 3, 'counted once');
  t.same([sender.flushed, sender.wasSent(0), sender.queuedSlot(0)], [1, true, 1]);
});

t.test('a port that nobody listens on refuses nothing for good', async (t) => {
  const { from, to, port } = openPair(t);
  const gone = openUdpSocket({ address: LOOPBACK, port: 0 });
  const gonePort = localPort(gone);
  closeFd(gone);
  const sender = new DatagramSender(2, 8, 2);
  for (let round = 0; round < 50; round++) {
    sender.queue(0, 8, LOOPBACK, gonePort, from);
    sender.queue(1, 8, LOOPBACK, port, from);
    sender.flush();
  }
  t.equal(new DatagramReceiver(new ArrayBuffer(64 * 8), 0, 8, 64).receive(to), 50);
});

t.test('a broadcast needs the socket option', async (t) => {
  const options = { address: LOOPBACK, port: 0 };
  const without = openUdpSocket(options);
  const with_ = openUdpSocket({ ...options, broadcast: true });
  t.teardown(() => {
    closeFd(without);
    closeFd(with_);
  });
  const sender = new DatagramSender(1, 8, 1);
  sender.queue(0, 8, 0x7fffffff, 9, without);
  t.equal(sender.flush(), 0);
  t.equal(sender.lastErrno, Errno.EACCES);
  sender.queue(0, 8, 0x7fffffff, 9, with_);
  t.equal(sender.flush(), 1);
});

t.test('misuse is an error, not a silent loop', async (t) => {
  const sender = new DatagramSender(1, 8, 1);
  sender.queue(0, 8, LOOPBACK, 9, -1);
  t.throws(() => sender.flush(), { code: 'EBADF', message: /cannot send on descriptor -1/ });
  sender.queue(0, 8, LOOPBACK, 9, 0);
  t.throws(() => sender.queue(0, 8, LOOPBACK, 9, 0), { message: /a slot, and room/ });
  t.throws(() => new DatagramSender(1, 8, 1).queue(1, 8, LOOPBACK, 9, 0), { message: /a slot/ });
  t.throws(() => new DatagramSender(1, 8, 1).queue(0, 9, LOOPBACK, 9, 0), { message: /fits its slot/ });
  t.throws(() => sender.wasSent(0), { message: /was flushed/ });
  const receiver = new DatagramReceiver(new ArrayBuffer(8), 0, 8, 1);
  t.throws(() => receiver.receive(-1), { code: 'EBADF', message: /cannot receive on descriptor -1/ });
  t.throws(() => new DatagramReceiver(new ArrayBuffer(8), 1, 8, 1), { message: /slots lie in the memory/ });
  t.throws(() => new DatagramReceiver(new ArrayBuffer(8000), 0, 1, 1025), { message: /1\.\.1024/ });
});

t.test('100,000 paced datagrams arrive complete and in order, with the collector at work', async (t) => {
  const { from, to, port } = openPair(t);
  const burst = 64;
  const sender = new DatagramSender(burst, 300, burst);
  const memory = new ArrayBuffer(burst * 512);
  const receiver = new DatagramReceiver(memory, 0, 512, burst);
  const out = new DataView(sender.bytes.buffer);
  const input = new DataView(memory);
  let expected = 0;
  let mistakes = 0;
  let litter: Uint8Array[] = [];
  for (let round = 0; expected < 100_000; round++) {
    for (let slot = 0; slot < burst; slot++) {
      out.setUint32(slot * 300, expected + slot);
      out.setUint32(slot * 300 + 296, expected + slot);
      sender.queue(slot, 300, LOOPBACK, port, from);
    }
    if (sender.flush() !== burst) mistakes++;
    for (let got = 0, n = 0; got < burst; got += n) {
      n = receiver.receive(to);
      if (n === 0) break;
      for (let i = 0; i < n; i++, expected++) {
        const right = input.getUint32(i * 512) === expected && input.getUint32(i * 512 + 296) === expected;
        if (!right || receiver.length(i) !== 300) mistakes++;
      }
    }
    litter.push(new Uint8Array(4096 + (round % 7) * 1000));
    if (round % 100 === 0) {
      litter = [];
      collectGarbage();
    }
    if (expected !== (round + 1) * burst) break;
  }
  t.equal(mistakes, 0);
  t.equal(expected, Math.ceil(100_000 / burst) * burst);
  t.equal(sender.failed, 0);
});
