/** A relay between two servers whose connections a test can cut, so that new ones have to be made. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { poorLine } from './poor-line.ts';

/** So long after its last octet an answer is whole. */
const ANSWERED_MS = 50;
/** After so long the next request may be on its way, unseen: the servers of these tests ask every 300 ms. */
const NEXT_REQUEST_MS = 200;
/** A connection that one of several clients has left alone for so long may never carry another request. */
const UNUSED_MS = 2_000;
/** Between two looks at the connections. */
const LOOK_MS = 5;
/** Whoever comes to look so late does not know when what he finds has come. */
const LATE_MS = 25;
/** The far end's part of a handshake, and what it sends at its end. */
const HANDSHAKE_TURNS = 2;
/** A lease stream on which nothing happens: its last octets may have been of either end. No answer takes so long. */
const SILENT_MS = 10_000;

interface Connection {
  readonly ends: readonly [near: Socket, far: Socket];
  /** What came last came from the far end: no request waits for its answer, however long that takes. */
  isAnswered: boolean;
  /** How often the far end has begun to speak. */
  turns: number;
  lastMs: number;
}

/** @param punctualMs since when what comes is seen when it comes */
function isBetweenRequests({ isAnswered, turns, lastMs }: Connection, punctualMs: number): boolean {
  const silentMs = performance.now() - lastMs;
  if (silentMs >= SILENT_MS) return true;
  if (!isAnswered || silentMs < ANSWERED_MS) return false;
  const isBeforeNext = silentMs < NEXT_REQUEST_MS && lastMs >= punctualMs && turns > HANDSHAKE_TURNS;
  return isBeforeNext || silentMs >= UNUSED_MS;
}

export class Relay {
  readonly #server: Server;
  readonly #open = new Set<Connection>();
  /** Connections that were made so far. */
  made = 0;

  readonly #isPoor: boolean;

  /** Relays to `port`, both on loopback. @param isPoor over lines that delay, stall and cut to pieces what they carry */
  static async start(port: number, isPoor = false): Promise<Relay> {
    const relay = new Relay(port, isPoor);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(port: number, isPoor: boolean) {
    this.#isPoor = isPoor;
    this.#server = createServer((near) => this.#join(near, connect(port, '127.0.0.1')));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection that is open now, each when nothing is on its way. */
  async cut(): Promise<void> {
    const doomed = [...this.#open];
    let lookMs = performance.now();
    let punctualMs = lookMs;
    while (doomed.some((each) => this.#open.has(each))) {
      await sleep(LOOK_MS);
      if (performance.now() - lookMs > LATE_MS) punctualMs = performance.now();
      lookMs = performance.now();
      for (const each of doomed) if (isBetweenRequests(each, punctualMs)) this.#end(each);
    }
  }

  /** Ends every connection that is open now, in the middle of whatever is on its way: that is lost. */
  sever(): void {
    for (const each of [...this.#open]) this.#end(each);
  }

  close(): void {
    this.#server.close();
    this.sever();
  }

  #join(near: Socket, far: Socket): void {
    this.made++;
    const ends = [near, far] as const;
    const connection: Connection = { ends, isAnswered: false, turns: 0, lastMs: performance.now() };
    this.#open.add(connection);
    this.#carry(near, far);
    this.#carry(far, near);
    for (const end of connection.ends) {
      end.on('data', () => {
        if (end === far && !connection.isAnswered) connection.turns++;
        connection.isAnswered = end === far;
        connection.lastMs = performance.now();
      });
      end.on('error', () => {}).on('close', () => this.#end(connection));
    }
  }

  #carry(from: Socket, to: Socket): void {
    if (this.#isPoor) poorLine(from, to, this.made);
    else from.pipe(to);
  }

  #end(connection: Connection): void {
    this.#open.delete(connection);
    for (const end of connection.ends) end.destroy();
  }
}
