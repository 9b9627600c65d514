/**
 * The least that a DHCP server can be: a thread that turns each query around in place with the product's own socket
 * calls, and remembers nothing. What it reaches is the limit that kernel and load client set to any server.
 */
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import {
  BOOTREPLY,
  CHADDR_OFFSET,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  YIADDR_OFFSET,
} from '../src/dhcp4/codes.ts';
import { DatagramReceiver, DatagramSender } from '../src/io/mmsg.ts';
import { Poller } from '../src/io/poll.ts';
import { closeFd, localPort, openUdpSocket } from '../src/io/udp.ts';
import type { Endpoint } from '../src/load/model.ts';

const SLOTS = 64;
const SLOT_BYTES = 512;
const POLL_MS = 20;
const RECEIVE_BUFFER_BYTES = 8 << 20;
/** Addresses that it hands out, by the last three octets of the hardware address. */
const NETWORK = 10;
const LEASE_SEC = 3600;

interface ReflectorData {
  readonly address: number;
  /** 0 = one that the kernel chooses. */
  readonly port: number;
  readonly relay: Endpoint;
  readonly stop: Int32Array;
}

export class Reflector {
  readonly #worker: Worker;
  readonly #stop: Int32Array;
  readonly endpoint: Endpoint;

  private constructor(worker: Worker, stop: Int32Array, endpoint: Endpoint) {
    this.#worker = worker;
    this.#stop = stop;
    this.endpoint = endpoint;
  }

  /** Starts one in a thread, on a port that the kernel chooses. @param relay where answers go */
  static async start(address: number, relay: Endpoint): Promise<Reflector> {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const data: ReflectorData = { address, port: 0, relay, stop };
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    const [port] = (await once(worker, 'message')) as [number];
    return new Reflector(worker, stop, { address, port });
  }

  async stop(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    await once(this.#worker, 'exit');
  }
}

/** Answers until it is told to stop. */
export function reflect({ address, port, relay, stop }: ReflectorData): void {
  const fd = openUdpSocket({ address, port, receiveBufferBytes: RECEIVE_BUFFER_BYTES });
  const memory = new ArrayBuffer(SLOTS * SLOT_BYTES);
  const bytes = new Uint8Array(memory);
  const receiver = new DatagramReceiver(memory, 0, SLOT_BYTES, SLOTS);
  const sender = new DatagramSender(SLOTS, SLOT_BYTES, SLOTS);
  const poller = new Poller([fd]);
  parentPort?.postMessage(localPort(fd));
  while (Atomics.load(stop, 0) === 0) {
    poller.wait(POLL_MS);
    for (let count = receiver.receive(fd); count > 0; count = receiver.receive(fd)) {
      for (let i = 0; i < count; i++) {
        const from = i * SLOT_BYTES;
        const query = bytes.subarray(from, from + Math.min(receiver.length(i), SLOT_BYTES));
        const length = writeReply(sender.bytes, from, query, address);
        if (length > 0) sender.queue(i, length, relay.address, relay.port, fd);
      }
      sender.flush();
      if (count < SLOTS) break;
    }
  }
  closeFd(fd);
}

/** The query as it came, with the fixed options of a reply; 0 when it is none of ours. */
function writeReply(bytes: Uint8Array, at: number, query: Uint8Array, serverIdentifier: number): number {
  // The load client puts the message type first, which is all that this server understands.
  if (query.length < OPTIONS_OFFSET + 3 || query[OPTIONS_OFFSET] !== 53) return 0;
  bytes.set(query.subarray(0, OPTIONS_OFFSET), at);
  bytes[at + OP_OFFSET] = BOOTREPLY;
  bytes[at + YIADDR_OFFSET] = NETWORK;
  for (let i = 1; i < 4; i++) bytes[at + YIADDR_OFFSET + i] = query[CHADDR_OFFSET + 2 + i]!;
  const discover = query[OPTIONS_OFFSET + 2] === MessageType.discover;
  const options = [
    53,
    1,
    discover ? MessageType.offer : MessageType.ack,
    54,
    4,
    0,
    0,
    0,
    0,
    51,
    4,
    0,
    0,
    0,
    0,
  ];
  writeWord(options, 5, serverIdentifier);
  writeWord(options, 11, LEASE_SEC);
  bytes.set(options, at + OPTIONS_OFFSET);
  bytes[at + OPTIONS_OFFSET + options.length] = 255;
  return OPTIONS_OFFSET + options.length + 1;
}

function writeWord(octets: number[], at: number, value: number): void {
  for (let i = 0; i < 4; i++) octets[at + i] = (value >>> (24 - 8 * i)) & 0xff;
}

const data = workerData as Partial<ReflectorData> | null;
if (data?.relay !== undefined && data.stop !== undefined) reflect(data as ReflectorData);
