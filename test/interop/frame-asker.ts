/**
 * Program: puts frames on an interface one by one and prints what comes back to each: the answering frame in hexadecimal
 * digits, or "-". Behind each frame goes one that is always answered, and answers keep their order.
 * Usage: node frame-asker.js INTERFACE FILE; each line of FILE is a frame, its transaction id, and the frame behind with its own.
 */
import { readFileSync } from 'node:fs';
import { libc } from '../../src/io/libc.ts';
import { LINK_ADDRESS_BYTES } from '../../src/io/link-address.ts';
import { DatagramReceiver } from '../../src/io/mmsg.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { Poller } from '../../src/io/poll.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
/** ETH_P_IP, in network order. */
const IPV4_FRAMES = 0x0008;
const FRAME_BYTES = 4096;
const BATCH = 16;
const TIMEOUT_MS = 20_000;
/** xid behind Ethernet, IPv4 and UDP headers. */
const XID_OFFSET = 14 + 20 + 8 + 4;

const [interfaceName = '', file = ''] = process.argv.slice(2);
const index = Number(readFileSync(`/sys/class/net/${interfaceName}/ifindex`, 'utf8'));
const fd = libc.socket(AF_PACKET, SOCK_RAW, IPV4_FRAMES);
const address = allocatePinned(LINK_ADDRESS_BYTES);
address.words.set([AF_PACKET | (IPV4_FRAMES << 16), index]);
if (fd < 0 || libc.bind(fd, address.address, LINK_ADDRESS_BYTES) < 0) throw new Error('no raw socket');
const memory = new ArrayBuffer(FRAME_BYTES * BATCH);
const receiver = new DatagramReceiver(memory, 0, FRAME_BYTES, BATCH, LINK_ADDRESS_BYTES);
const poller = new Poller([fd]);
const out = allocatePinned(FRAME_BYTES);

function put(frame: Buffer): void {
  out.bytes.set(frame);
  if (libc.write(fd, out.address, frame.length) !== frame.length) throw new Error('a frame was not sent');
}

/** The answer to `xid`, or "-" when the one to `behind` comes without. */
function answerTo(xid: string, behind: string): string {
  let answer = '-';
  for (;;) {
    if (poller.wait(TIMEOUT_MS) === 0) throw new Error(`no answer behind query ${xid}`);
    const count = receiver.receive(fd);
    for (let i = 0; i < count; i++) {
      const frame = Buffer.from(memory, i * FRAME_BYTES, Math.min(receiver.length(i), FRAME_BYTES));
      const found = frame.subarray(XID_OFFSET, XID_OFFSET + 4).toString('hex');
      if (found === xid) answer = frame.toString('hex');
      if (found === behind) return answer;
    }
  }
}

for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const [frame = '', xid = '', behindFrame = '', behind = ''] = line.split(' ');
  put(Buffer.from(frame, 'hex'));
  put(Buffer.from(behindFrame, 'hex'));
  process.stdout.write(`${answerTo(xid, behind)}\n`);
}
