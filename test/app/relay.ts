/** A relay between two servers whose connections a test can cut, so that new ones have to be made. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** No request of these tests takes so long: what has been silent for it carries none. */
const IDLE_MS = 50;

interface Connection {
  readonly ends: readonly [Socket, Socket];
  lastMs: number;
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
      for (const each of doomed) if (performance.now() - each.lastMs >= IDLE_MS) this.#end(each);
      await sleep(5);
    }
  }

  close(): void {
    this.#server.close();
    for (const each of [...this.#open]) this.#end(each);
  }

  #join(near: Socket, far: Socket): void {
    this.made++;
    const connection: Connection = { ends: [near, far], lastMs: performance.now() };
    this.#open.add(connection);
    near.pipe(far);
    far.pipe(near);
    for (const end of connection.ends) {
      end.on('data', () => {
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
