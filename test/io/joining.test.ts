/** Neighbours to one destination leave as one message: the rule, and what real sockets make of it. */
import t from 'tap';
import { JoinedVector } from '../../src/io/joined-vector.ts';
import { Errno, libc } from '../../src/io/libc.ts';
import { MessageVector } from '../../src/io/message-vector.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { SOCKADDR_IN_BYTES, writeSockaddrIn } from '../../src/io/sockaddr.ts';
import { setInteger } from '../../src/io/socket-options.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';

const LOOPBACK = 0x7f000001;
const RELAY = 0x0a000001;
const SOL_UDP = 17;
const UDP_GRO = 104;
const SO_NO_CHECK = 11;
const LONGEST = 1472;
const STRIDE = 65_536;
const SLOTS = 128;

/** [octets, port], or octets alone to port 67. */
type Message = number | readonly [number, number];

/** How many of the messages each joined one has. */
function joined(
  messages: readonly Message[],
  longest = LONGEST,
  addresses: readonly number[] = [],
): number[] {
  const vector = new MessageVector(256, SOCKADDR_IN_BYTES);
  const joinedVector = new JoinedVector(vector, 256);
  messages.forEach((message, i) => {
    const [length, port] = typeof message === 'number' ? [message, 67] : message;
    vector.setBytes(i, 4096, length);
    writeSockaddrIn(vector.addresses.words, i * vector.addressWords, addresses[i] ?? RELAY, port);
  });
  const count = joinedVector.join(messages.length, longest);
  return Array.from({ length: count }, (_, i) => joinedVector.first(i + 1) - joinedVector.first(i));
}

function repeat(length: number, count: number): number[] {
  return new Array<number>(count).fill(length);
}

t.test('neighbours of one length and one destination become one message', async (t) => {
  const rows: readonly [string, readonly Message[], number[]][] = [
    ['nothing', [], []],
    ['one', [300], [1]],
    ['of one length', [300, 300, 300], [3]],
    ['the last one may be shorter', [300, 300, 299], [3]],
    ['and ends it, whatever follows', [300, 299, 299, 300], [2, 1, 1]],
    ['a longer one begins another', [300, 300, 301, 301], [2, 2]],
    ['an empty datagram stands alone', [0, 0, 300, 0, 300], [1, 1, 1, 1, 1]],
    ['another port', [300, [300, 68], [300, 68], 300], [1, 2, 1]],
    ['a shorter one to another port', [300, 300, [200, 68]], [2, 1]],
    ['the longest that may be joined', [LONGEST, LONGEST], [2]],
    ['one octet more', [LONGEST + 1, LONGEST + 1], [1, 1]],
    ['64 at most', repeat(300, 130), [64, 64, 2]],
    ['the last of 64 may be shorter', [...repeat(300, 63), 299, 300, 300], [64, 2]],
    ['65,507 octets at most', repeat(1472, 45), [44, 1]],
    ['exactly 65,507 octets', repeat(1424, 50), [46, 4]],
  ];
  for (const [what, messages, expected] of rows) t.same(joined(messages), expected, what);
  t.same(joined([65_507, 65_507], 65_507), [1, 1], 'two of the longest do not fit');
  t.same(joined([300, 300, 300], LONGEST, [RELAY, RELAY + 1, RELAY + 1]), [1, 2], 'another address');
});

class Scene {
  readonly from = openUdpSocket({ address: LOOPBACK, port: 0 });
  readonly to = openUdpSocket({ address: LOOPBACK, port: 0, receiveBufferBytes: 4 << 20 });
  readonly port = localPort(this.to);
  readonly sender = new DatagramSender(SLOTS, 2048, SLOTS);
  readonly #memory = new ArrayBuffer(SLOTS * STRIDE);
  readonly #receiver = new DatagramReceiver(this.#memory, 0, STRIDE, SLOTS);

  constructor(t: { teardown(close: () => void): void }) {
    t.teardown(() => {
      closeFd(this.from);
      closeFd(this.to);
    });
  }

  /** Lets the receiver take joined messages as one: what it reads then is what was sent. */
  showJoined(): void {
    const on = allocatePinned(4);
    on.words[0] = 1;
    if (libc.setsockopt(this.to, SOL_UDP, UDP_GRO, on.address, 4) !== 0) throw new Error('UDP_GRO');
  }

  /** Sends datagrams of these lengths; octet k of datagram i is i + k. @returns how many the kernel took */
  send(lengths: readonly number[], port = this.port): number {
    lengths.forEach((length, slot) => {
      for (let k = 0; k < length; k++) this.sender.bytes[slot * 2048 + k] = slot + k;
      this.sender.queue(slot, length, LOOPBACK, port, this.from);
    });
    return this.sender.flush();
  }

  received(): number[] {
    const count = this.#receiver.receive(this.to);
    return Array.from({ length: count }, (_, i) => this.#receiver.length(i));
  }

  /** Octets of datagram i of the last `received`. */
  octets(i: number): Uint8Array {
    return new Uint8Array(this.#memory, i * STRIDE, this.#receiver.length(i));
  }
}

t.test('joined datagrams arrive each for itself: whole, in order, of their own length', async (t) => {
  const scene = new Scene(t);
  scene.sender.joining.allow(scene.from, LONGEST);
  const lengths = [...repeat(300, 70), 20, 0, 1473, 1473, ...repeat(1472, 50), 7];
  t.equal(scene.send(lengths), lengths.length);
  t.same(scene.received(), lengths);
  for (let i = 0; i < lengths.length; i++)
    t.ok(
      scene.octets(i).every((octet, k) => octet === ((i + k) & 0xff)),
      `datagram ${i}`,
    );
  t.equal(scene.sender.failed, 0);
  t.equal(scene.sender.joining.refusals, 0);
});

t.test('they leave as one message, but only by a socket that allows it', async (t) => {
  const scene = new Scene(t);
  scene.showJoined();
  scene.send([300, 300, 300, 100]);
  t.same(scene.received(), [300, 300, 300, 100]);
  scene.sender.joining.allow(scene.from, LONGEST);
  scene.send([300, 300, 300, 100]);
  t.same(scene.received(), [1000]);
  scene.send([300]);
  t.same(scene.received(), [300]);
  scene.send([300, 200, 300]);
  t.same(scene.received(), [500, 300]);
  scene.sender.joining.forgetAll();
  scene.send([300, 300]);
  t.same(scene.received(), [300, 300]);
});

t.test('a socket that the kernel refuses to join for sends the same datagrams one by one', async (t) => {
  const scene = new Scene(t);
  const { joining } = scene.sender;
  scene.showJoined();
  joining.allow(scene.from, LONGEST);
  t.ok(setInteger(scene.from, SO_NO_CHECK, 1), 'without checksums nothing can be joined');
  const lengths = [...repeat(300, 70), 200, ...repeat(250, 40)];
  t.equal(scene.send(lengths), lengths.length);
  t.same(scene.received(), lengths, 'nothing is lost, nothing comes twice');
  t.equal(scene.sender.failed, 0);
  t.ok(Array.from(lengths, (_, i) => scene.sender.wasSent(i)).every(Boolean));
  t.match(joining, { refusals: 1, refusedFd: scene.from, refusedErrno: Errno.EINVAL });

  t.ok(setInteger(scene.from, SO_NO_CHECK, 0));
  scene.send([300, 300]);
  t.same(scene.received(), [300, 300], 'nor is it tried again');
  t.equal(joining.refusals, 1);
});

t.test('what cannot be sent in any way does not end joining', async (t) => {
  const scene = new Scene(t);
  scene.showJoined();
  scene.sender.joining.allow(scene.from, LONGEST);
  t.equal(scene.send([300, 300], 0), 0, 'port 0');
  t.equal(scene.sender.failed, 2);
  t.equal(scene.sender.lastErrno, Errno.EINVAL);
  t.same([scene.sender.wasSent(0), scene.sender.wasSent(1)], [false, false]);
  t.equal(scene.sender.joining.refusals, 0);
  scene.send([300, 300]);
  t.same(scene.received(), [600]);
});
