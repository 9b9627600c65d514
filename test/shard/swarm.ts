/** Thousands of clients on one socket: each asks, waits a moment, asks again, and remembers what it was given. */
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { packet, type Reply, readReply } from '../engine/packets.ts';

const LOOPBACK = parseIpv4('127.0.0.1')!;
const SLOT_BYTES = 2048;
const BATCH = 64;

export class Swarm {
  readonly #fd = openUdpSocket({ address: LOOPBACK, port: 0, receiveBufferBytes: 4 << 20 });
  readonly #sender = new DatagramSender(BATCH, SLOT_BYTES, BATCH);
  readonly #memory = new ArrayBuffer(BATCH * SLOT_BYTES);
  readonly #receiver = new DatagramReceiver(this.#memory, 0, SLOT_BYTES, BATCH);

  get port(): number {
    return localPort(this.#fd);
  }

  close(): void {
    closeFd(this.#fd);
  }

  /** Sends one datagram to a shard; it leaves with the next `flush`. */
  send(port: number, datagram: Uint8Array): void {
    if (this.#sender.queued === BATCH) this.#sender.flush();
    const slot = this.#sender.queued;
    this.#sender.bytes.set(datagram, slot * SLOT_BYTES);
    this.#sender.queue(slot, datagram.length, LOOPBACK, port, this.#fd);
  }

  flush(): void {
    if (this.#sender.queued > 0) this.#sender.flush();
  }

  /** What has arrived. */
  receive(): Reply[] {
    const replies: Reply[] = [];
    for (let count = this.#receiver.receive(this.#fd); count > 0; count = this.#receiver.receive(this.#fd)) {
      for (let i = 0; i < count; i++) {
        const from = i * SLOT_BYTES;
        replies.push(readReply(new Uint8Array(this.#memory.slice(from, from + this.#receiver.length(i)))));
      }
    }
    return replies;
  }
}

const RETRY_MS = 400;
const DEADLINE_MS = 60_000;

export interface SwarmClient {
  readonly number: number;
  address: string | null;
  /** A query under way, and since when. */
  query: Uint8Array | null;
  sentMs: number;
}

/** Lets clients ask, a window of them at a time, until each has what it wants. */
export class Exchange {
  readonly #swarm: Swarm;
  readonly #portsOf: (client: number) => readonly number[];
  readonly #onReply: (client: SwarmClient, reply: Reply) => Uint8Array | null;
  readonly clients: readonly SwarmClient[];

  /**
   * @param portsOf where a client's next datagram goes; several = copies of it
   * @param onReply what a client says next, null = it is done
   */
  constructor(
    swarm: Swarm,
    clients: number,
    portsOf: (client: number) => readonly number[],
    onReply: (client: SwarmClient, reply: Reply) => Uint8Array | null,
  ) {
    this.#swarm = swarm;
    this.#portsOf = portsOf;
    this.#onReply = onReply;
    this.clients = Array.from({ length: clients }, (_, number) => ({
      number,
      address: null,
      query: null,
      sentMs: 0,
    }));
  }

  /**
   * @param first each client's first query
   * @param onTurn what else happens meanwhile
   * @returns clients that were not done at the deadline
   */
  async run(
    first: (client: number) => Uint8Array,
    windowMax: number,
    onTurn: () => Promise<void>,
  ): Promise<number> {
    const deadlineMs = systemClock.monotonicMs() + DEADLINE_MS;
    const waiting = new Set<SwarmClient>();
    let next = 0;
    while ((next < this.clients.length || waiting.size > 0) && systemClock.monotonicMs() < deadlineMs) {
      while (waiting.size < windowMax && next < this.clients.length) {
        const client = this.clients[next++]!;
        client.query = first(client.number);
        waiting.add(client);
        this.#send(client);
      }
      this.#swarm.flush();
      await onTurn();
      for (const reply of this.#swarm.receive()) {
        const client = this.clients[reply.xid]!;
        // Copies of a query have copies of its answer.
        if (!waiting.has(client)) continue;
        client.query = this.#onReply(client, reply);
        if (client.query === null) waiting.delete(client);
        else this.#send(client);
      }
      for (const client of waiting)
        if (systemClock.monotonicMs() - client.sentMs > RETRY_MS) this.#send(client);
    }
    return waiting.size + this.clients.length - next;
  }

  #send(client: SwarmClient): void {
    client.sentMs = systemClock.monotonicMs();
    for (const port of this.#portsOf(client.number)) this.#swarm.send(port, client.query!);
  }
}

/** A query of client `number`; its xid is the number, so that a reply finds its client. */
export function queryOf(
  number: number,
  type: number,
  options: readonly (readonly [number, readonly number[]])[],
): Uint8Array {
  const octets = [0x02, 0, number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
  const mac = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  return packet({ type, xid: number, mac, options });
}

export const discoverOf = (number: number): Uint8Array => queryOf(number, MessageType.discover, []);
