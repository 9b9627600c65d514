/** A relay between two servers whose connections a test can cut, so that new ones have to be made. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** So long after its last octet an answer is whole. */
const ANSWERED_MS = 50;
/** After so long the next request may be on its way, unseen: the servers of these tests ask every 300 ms. */
const NEXT_REQUEST_MS = 200;
/** A connection that one of several clients has left alone for so long may never carry another request. */
const UNUSED_MS = 2_000;

interface Connection {
  readonly ends: readonly [near: Socket, far: Socket];
  /** What came last came from the far end: no request waits for its answer, however long that takes. */
  isAnswered: boolean;
  lastMs: number;
}

function isBetweenRequests({ isAnswered, lastMs }: Connection): boolean {
  const silentMs = performance.now() - lastMs;
  return isAnswered && silentMs >= ANSWERED_MS && (silentMs < NEXT_REQUEST_MS || silentMs >= UNUSED_MS);
}

export class Relay {
  readonly #server: Server;
  readonly #open = new Set<Connection>();
  /** Connections that were made so far. */
  made = 0;

  /** Relays to `port`, both on loopback. */
  static async start(port: number): Promise<Relay> {
    const relay = new Relay(port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(port: number) {
    this.#server = createServer((near) => this.#join(near, connect(port, '127.0.0.1')));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection that is open now, each when nothing is on its way. */
  async cut(): Promise<void> {
    const doomed = [...this.#open];
    while (doomed.some((each) => this.#open.has(each))) {
      for (const each of doomed) if (isBetweenRequests(each)) this.#end(each);
      await sleep(5);
    }
  }

  close(): void {
    this.#server.close();
    for (const each of [...this.#open]) this.#end(each);
  }

  #join(near: Socket, far: Socket): void {
    this.made++;
    const connection: Connection = { ends: [near, far], isAnswered: true, lastMs: performance.now() };
    this.#open.add(connection);
    near.pipe(far);
    far.pipe(near);
    for (const end of connection.ends) {
      end.on('data', () => {
        connection.isAnswered = end === far;
        connection.lastMs = performance.now();
      });
      end.on('error', () => {}).on('close', () => this.#end(connection));
    }
  }

  #end(connection: Connection): void {
    this.#open.delete(connection);
    for (const end of connection.ends) end.destroy();
  }
}
