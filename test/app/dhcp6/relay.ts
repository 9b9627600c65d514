/** A relay on ::1 and a DHCPv6 server in a process of its own, as an operator runs it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Reply6, readReply6, relayed } from '../../engine/dhcp6/messages.ts';
import { ServerUnderTest } from '../process.ts';

/** An answer on a machine with ten times as much to do as it can. */
const ANSWER_MS = 20_000;
const LINK = '2001:db8:1::1';

/** A whole configuration in a file, with SERVER_ID of messages.ts; `dhcp6` adds and replaces keys. */
export function writeConfig6(directory: string, dhcp6: Record<string, unknown> = {}): string {
  const file = join(directory, 'tandem6.conf');
  const document = {
    Dhcp6: {
      'interfaces-config': { interfaces: ['lo/::1'] },
      'lease-database': { type: 'memfile', name: join(directory, 'leases6.csv') },
      'control-socket': { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      'server-id': { type: 'LL', htype: 1, identifier: '020000000001', persist: false },
      'valid-lifetime': 3600,
      'preferred-lifetime': 1800,
      subnet6: [
        {
          id: 1,
          subnet: '2001:db8:1::/64',
          pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::ffff' }],
          'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 }],
        },
      ],
      ...dhcp6,
    },
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}

export class Relay6 {
  readonly #socket: Socket;
  readonly #port: number;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
  }

  /** @param port of the server */
  static async open(t: Test, port: number): Promise<Relay6> {
    const socket = createSocket('udp6');
    socket.bind(0, '::1');
    await once(socket, 'listening');
    t.teardown(() => socket.close());
    return new Relay6(socket, port);
  }

  /** Where answers come to. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends a message of a client to the server, and no more: it may be dropped. @param peer where the client has sent it from */
  send(message: Uint8Array, peer = 'fe80::2'): void {
    this.#socket.send(relayed(message, LINK, peer), this.#port, '::1');
  }

  /** Hears every answer from now on. */
  onReply(hear: (reply: Reply6) => void): void {
    this.#socket.on('message', (bytes: Uint8Array) => hear(readReply6(bytes)));
  }

  /** The answer to a message of a client. */
  async ask(message: Uint8Array, peer?: string): Promise<Reply6> {
    const answer = once(this.#socket, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
    this.send(message, peer);
    const [bytes] = (await answer) as [Uint8Array];
    return readReply6(bytes);
  }
}

/** Starts a server that sends all answers to the relay; resolves when it serves. */
export async function serve6(
  t: Test,
  file: string,
  port: number,
  relay: { readonly port: number },
): Promise<ServerUnderTest> {
  const args = ['serve', '-c', file, '-p', `${port}`, '-P', `${relay.port}`];
  const server = new ServerUnderTest(args);
  t.teardown(async () => {
    server.child.kill('SIGKILL');
    await server.exitCode();
  });
  await server.logged('TDM_ENGINE_SERVING');
  return server;
}
