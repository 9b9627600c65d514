/** Datagrams to a server on loopback, and the answer of one of them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { SERVER } from './reloading.ts';

/** Longer than an answer takes on a busy machine. */
const ANSWER_MS = 30_000;

/** Sends all of them, each in a turn of its own so that none is lost on the way out. */
export async function sendAll(port: number, datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams)
    await new Promise<void>((resolve) => socket.send(datagram, port, SERVER, () => resolve()));
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** Asks as a relay does, again and again until there is an answer. */
export async function exchange(
  port: number,
  relayPort: number,
  query: Uint8Array,
): Promise<Uint8Array | null> {
  const socket = createSocket('udp4');
  socket.bind(relayPort, '127.0.0.1');
  await once(socket, 'listening');
  const timer = setInterval(() => socket.send(query, port, SERVER), 100);
  const answer = await Promise.race([
    once(socket, 'message').then(([message]) => message as Uint8Array),
    new Promise<null>((resolve) => setTimeout(() => resolve(null), ANSWER_MS).unref()),
  ]);
  clearInterval(timer);
  socket.close();
  return answer;
}
