/**
 * Sends name change requests to kea-dhcp-ddns: one datagram each, in the order in which the leases changed. DNS is never
 * in the way of a lease: what cannot be sent is counted, said once in a while, and left.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { RingWatch } from '../base/ring-watch.ts';
import type { DdnsServerConfig } from '../config/ddns-model.ts';
import type { StatisticsWriter } from '../engine/figures/statistics.ts';
import { type DnsLogMemory, DnsWord } from '../engine/names/dns-log.ts';
import type { Log } from '../log/logger.ts';
import { encodeRequest, type NamesOf } from './request.ts';

/** Requests read in one turn of the event loop. */
const BATCH_MAX = 256;
/** Without a wake-up the log is looked at as often as this. */
const TICK_MS = 1_000;
/** Losses are said at most as often as this. */
const COMPLAINT_MS = 60_000;
/** A socket that could not be opened is tried again after this time. */
const REOPEN_MS = 5_000;

/** Statistics cells of requests. */
export interface DdnsCells {
  readonly sent: number;
  readonly sendFailed: number;
  /** They found no room. */
  readonly lost: number;
  /** Of a name that DNS cannot hold, or of a client that nothing identifies. */
  readonly notAName: number;
}

export interface DdnsSenderParts {
  readonly memory: DnsLogMemory;
  readonly statistics: () => StatisticsWriter;
  readonly cells: DdnsCells;
  readonly clock: Clock;
  readonly log: Log;
}

export class DdnsSender {
  readonly #parts: DdnsSenderParts;
  readonly #reader: ByteRingReader;
  readonly #words: Int32Array;
  readonly #watch: RingWatch;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  #server: DdnsServerConfig;
  #configOf: NamesOf;
  #socket: Socket | null = null;
  #openedMs = Number.NEGATIVE_INFINITY;
  /** Requests handed to the socket that it has not sent yet. */
  #waiting = 0;
  #isFailing = false;
  #isClosed = false;
  /** Losses that were counted: those of the ring, and all that nobody has been told of. */
  #lostInRing = 0;
  #unsaid = 0;
  #saidMs = Number.NEGATIVE_INFINITY;

  /** @param configOf the settings of a lease */
  constructor(parts: DdnsSenderParts, server: DdnsServerConfig, configOf: NamesOf) {
    this.#parts = parts;
    this.#reader = new ByteRingReader(parts.memory.ring);
    this.#words = new Int32Array(parts.memory.words);
    this.#watch = new RingWatch(this.#words, DnsWord.pending, TICK_MS, () => this.#drain(BATCH_MAX));
    this.#server = server;
    this.#configOf = configOf;
  }

  /** Begins to send what has been written; without updates nothing is, and nothing has to be looked for. */
  start(): void {
    if (this.#server.enableUpdates) this.#watch.start();
  }

  /** Works by another configuration from now on; what was written before goes the new way. */
  use(server: DdnsServerConfig, configOf: NamesOf): void {
    this.#configOf = configOf;
    const before = this.#server;
    this.#server = server;
    this.start();
    const keys = ['enableUpdates', 'serverIp', 'serverPort', 'senderIp', 'senderPort'] as const;
    if (keys.some((key) => before[key] !== server[key])) this.#closeSocket();
  }

  /** Sends what is there and ends; resolves when the socket has taken it. */
  async close(): Promise<void> {
    this.#drain(Number.POSITIVE_INFINITY);
    this.#watch.close();
    this.#isClosed = true;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    // Datagrams that wait for the address of the socket leave before this one's callback.
    await new Promise<void>((resolve) => {
      if (this.#waiting === 0) return resolve();
      const timer = setTimeout(resolve, TICK_MS);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    socket.close();
  }

  #onIdle: () => void = () => {};

  /** @returns whether more may be there */
  #drain(limit: number): boolean {
    let count = 0;
    while (count < limit && this.#reader.next(this.#record)) {
      count += 1;
      this.#send();
    }
    if (count > 0) this.#reader.release();
    this.#countLosses();
    return count === limit;
  }

  #send(): void {
    const { kind, offset, length } = this.#record;
    if (this.#waiting >= Math.max(1, this.#server.maxQueueSize)) return this.#lose(1);
    const request = encodeRequest(kind, this.#reader.bytes.slice(offset, offset + length), this.#configOf);
    if (request === null) return this.#count(this.#parts.cells.notAName);
    const socket = this.#openSocket();
    if (socket === null) return this.#failed('the socket is not open');
    this.#waiting += 1;
    socket.send(request, this.#server.serverPort, this.#server.serverIp, (error) => {
      this.#waiting -= 1;
      if (error === null) this.#sent();
      else this.#failed(error.message);
      if (this.#waiting === 0) this.#onIdle();
    });
  }

  #sent(): void {
    this.#count(this.#parts.cells.sent);
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#parts.log('TDM_DDNS_SENDING_AGAIN', this.#destination());
  }

  #failed(error: string): void {
    this.#count(this.#parts.cells.sendFailed);
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#parts.log('TDM_DDNS_SEND_FAILED', { ...this.#destination(), error });
  }

  #destination(): { readonly server: string; readonly port: number } {
    return { server: this.#server.serverIp, port: this.#server.serverPort };
  }

  #count(cell: number, count = 1): void {
    this.#parts.statistics().add(cell, count);
  }

  #lose(count: number): void {
    this.#count(this.#parts.cells.lost, count);
    this.#unsaid += count;
  }

  /** Takes over what was lost because the ring was full, and says so once in a while. */
  #countLosses(): void {
    const lost = Atomics.load(this.#words, DnsWord.lost);
    if (lost !== this.#lostInRing) this.#lose((lost - this.#lostInRing) >>> 0);
    this.#lostInRing = lost;
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#unsaid === 0 || nowMs - this.#saidMs < COMPLAINT_MS) return;
    this.#saidMs = nowMs;
    this.#parts.log('TDM_DDNS_LOST', { lost: this.#unsaid });
    this.#unsaid = 0;
  }

  #openSocket(): Socket | null {
    if (this.#socket !== null) return this.#socket;
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#isClosed || nowMs - this.#openedMs < REOPEN_MS) return null;
    this.#openedMs = nowMs;
    const { serverIp, senderIp, senderPort } = this.#server;
    const socket = createSocket(isIPv6(serverIp) ? 'udp6' : 'udp4');
    socket.unref();
    socket.on('error', (error) => {
      // Those that waited for it hear nothing more.
      if (this.#socket === socket) this.#closeSocket();
      this.#failed(error.message);
    });
    socket.bind({ port: senderPort, ...(senderIp === '' ? {} : { address: senderIp }) });
    this.#socket = socket;
    return socket;
  }

  #closeSocket(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#waiting = 0;
    this.#openedMs = Number.NEGATIVE_INFINITY;
  }
}
