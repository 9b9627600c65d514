/**
 * Frames as a packet socket hands them over, through the programs that the kernel runs on them and the inbox of a shard: a
 * real socket, the real reader. A second reader, written from the headers' definitions, says what each should be.
 */
import { DESCRIPTOR_WORDS, Field } from '../../src/dhcp4/descriptor.ts';
import { G } from '../../src/engine/figures/statistics.ts';
import { Query, type ServerSocket } from '../../src/engine/query.ts';
import { DatagramSender } from '../../src/io/mmsg.ts';
import { queryFilter } from '../../src/io/query-filter.ts';
import { frameSteering } from '../../src/io/steering.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { Channel } from '../../src/shard/dhcp4/channel.ts';
import { Inbox } from '../../src/shard/dhcp4/inbox.ts';
import { INPUT_STRIDE } from '../../src/wasm/layout.ts';
import { ip, packet } from '../engine/packets.ts';
import { frameOf } from '../interop/frames.ts';
import { runProgram } from '../support/bpf.ts';
import type { Target } from './fuzzer.ts';

const LOOPBACK = 0x7f000001;
const ADDRESS = 0x0a010001;
const PORT = 67;
const SHARDS = 4;
const LINK_BYTES = 14;
const FRAME_BYTES_MAX = 8192;
const BROADCAST = 0xffffffff;

/** What lies behind the link header, by RFC 791 and RFC 768. */
type Expected =
  | { readonly kind: 'dropped'; readonly cell: number }
  | {
      readonly kind: 'payload';
      readonly payload: Uint8Array;
      readonly source: number;
      readonly sourcePort: number;
    };

const dropped = (cell: number): Expected => ({ kind: 'dropped', cell });

function expect(datagram: Uint8Array): Expected {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  if (datagram.length < 28) return dropped(G['tandem-drop-frame-too-short']);
  const headerBytes = (datagram[0]! & 15) * 4;
  const total = view.getUint16(2);
  const isIp = datagram[0]! >>> 4 === 4 && headerBytes >= 20 && total >= headerBytes + 8;
  if (!isIp || total > datagram.length) return dropped(G['tandem-drop-frame-ip-header']);
  if ((view.getUint16(6) & 0x3fff) !== 0) return dropped(G['tandem-drop-frame-fragment']);
  const udpLength = view.getUint16(headerBytes + 4);
  if (udpLength < 8 || udpLength > total - headerBytes) return dropped(G['tandem-drop-frame-udp-length']);
  if (headerBytes + udpLength > INPUT_STRIDE) return dropped(G['tandem-drop-too-long']);
  const destination = view.getUint32(16);
  if (destination !== BROADCAST && destination !== ADDRESS) return dropped(G['tandem-drop-socket-gone']);
  const payload = datagram.subarray(headerBytes + 8, headerBytes + udpLength);
  return { kind: 'payload', payload, source: view.getUint32(12), sourcePort: view.getUint16(headerBytes) };
}

/** Whether a kernel would hand it over: UDP to the port and to us, and no later fragment. */
function isHeard(datagram: Uint8Array): boolean {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  if (datagram.length < 20 || datagram[9] !== 17 || (view.getUint16(6) & 0x1fff) !== 0) return false;
  const port = (datagram[0]! & 15) * 4 + 2;
  const isOurs = [BROADCAST, ADDRESS].includes(view.getUint32(16));
  return isOurs && port + 2 <= datagram.length && view.getUint16(port) === PORT;
}

/** A packet socket in all but its kind: what is sent to it is read as frames. */
class FrameInlet {
  readonly #fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  readonly #shadow = openUdpSocket({ address: LOOPBACK, port: 0 });
  readonly #out = openUdpSocket({ address: LOOPBACK, port: 0 });
  readonly #sender = new DatagramSender(1, FRAME_BYTES_MAX, 1);
  readonly #channel: Channel;
  readonly #port = localPort(this.#fd);
  readonly inbox = new Inbox(false, false);

  constructor() {
    const socket = (address: number, broadcast: boolean): ServerSocket => ({
      fd: this.#fd,
      address,
      interfaceName: 'eth0',
      broadcast,
      replyFd: this.#fd,
      broadcastFd: this.#fd,
      joinMax: 0,
      raw: { port: PORT, mtu: 1500, shadowFd: this.#shadow },
    });
    this.#channel = new Channel([socket(ADDRESS, false), socket(ADDRESS, true)]);
  }

  /** Number 0 of the inbox is this datagram then. */
  take(datagram: Uint8Array): void {
    this.#sender.bytes.set(datagram);
    this.#sender.queue(0, datagram.length, LOOPBACK, this.#port, this.#out);
    this.#sender.flush();
    let received = 0;
    for (let turns = 0; received === 0 && turns < 1000; turns++) received = this.inbox.receive(this.#channel);
    if (received !== 1) throw new Error(`${received} frames came instead of one`);
    this.inbox.classify(received);
  }

  close(): void {
    for (const fd of [this.#fd, this.#shadow, this.#out]) closeFd(fd);
  }
}

function checkPayload(query: Query, expected: Expected & { kind: 'payload' }): string {
  const found = query.bytes.subarray(query.offset, query.offset + query.length);
  if (Buffer.compare(found, expected.payload) !== 0) throw new Error('the payload is not that of the frame');
  if (query.sourceAddress !== expected.source || query.sourcePort !== expected.sourcePort)
    throw new Error(`from ${query.sourceAddress}:${query.sourcePort}`);
  return `query of type ${query.field(Field.messageType)}`;
}

export function frames(): Target {
  const filter = queryFilter(PORT, [ADDRESS]);
  const steering = frameSteering(SHARDS);
  const inlet = new FrameInlet();
  const { inbox } = inlet;
  const query = new Query(inbox.classifier.bytes, inbox.classifier.words, 0);
  const discover = packet({ giaddr: '0.0.0.0', options: [[55, [1, 3, 6]]] });
  const seeds: readonly Uint8Array[] = [
    frameOf(discover),
    frameOf(packet({ type: 3, options: [[50, ip('10.1.0.9')]] }), {
      source: '10.1.0.9',
      destination: '10.1.0.1',
    }),
    frameOf(discover, { vlan: 7 }),
    frameOf(discover, { headerWords: 4 }),
    frameOf(discover, { ipOptions: [7, 7, 4, 0, 0, 0, 0, 0] }),
    frameOf(discover, { ipOptions: new Array(40).fill(1), padding: new Array(18).fill(0xee) }),
    frameOf(discover, { fragment: 0x2000 }),
    frameOf(discover, { fragment: 0x4000, ipChecksum: 1, udpChecksum: 0xffff }),
    frameOf(discover, { udpLength: 7 }),
    frameOf(discover, { totalLength: 100 }),
    frameOf(discover, { cutTo: 60 }),
    frameOf(packet({ options: new Array(14).fill([12, new Array(240).fill(0x61)]) })),
    frameOf(packet({ options: new Array(7).fill([12, new Array(240).fill(0x61)]) })),
  ];
  return {
    name: 'frames',
    outcomesMin: 20,
    seeds,
    run: (input) => {
      const datagram = input.slice(LINK_BYTES);
      const isKept = runProgram(filter, datagram) !== 0;
      if (isKept !== isHeard(datagram)) throw new Error(`the filter says ${isKept}`);
      if (runProgram(steering, datagram) >= SHARDS) throw new Error('steered to a socket that is none');
      inlet.take(datagram);
      const expected = expect(datagram);
      const cell = inbox.faultOf(0);
      if (expected.kind === 'dropped') {
        if (cell !== expected.cell) throw new Error(`cell ${cell} instead of ${expected.cell}`);
        return `${isKept} dropped ${cell}`;
      }
      const malformed = inbox.classifier.words[Field.malformed]! + DESCRIPTOR_WORDS;
      if (cell !== 0) return `${isKept} malformed ${malformed}`;
      inbox.point(query, 0);
      return `${isKept} ${checkPayload(query, expected)}`;
    },
    close: () => inlet.close(),
  };
}
