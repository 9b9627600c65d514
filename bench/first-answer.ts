/** When does a server that was just started answer its first query? */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { formatIpv4 } from '../src/base/ipv4.ts';
import { MessageType } from '../src/dhcp4/codes.ts';
import { createQuery } from './clients.ts';
import type { Rival } from './rivals.ts';

/** How finely the moment is found. */
const ASK_EVERY_MS = 5;
const TIMEOUT_MS = 120_000;

/**
 * Asks with a DISCOVER until an answer comes.
 * @throws when none comes in two minutes
 */
export async function waitForAnswer(rival: Rival): Promise<void> {
  const [server] = rival.servers;
  if (server === undefined) throw new Error(`${rival.name} has no address`);
  const socket = createSocket('udp4').bind(rival.relay.port, formatIpv4(rival.relay.address));
  await once(socket, 'listening');
  const query = createQuery(0, MessageType.discover);
  const asking = setInterval(() => socket.send(query, server.port, formatIpv4(server.address)), ASK_EVERY_MS);
  try {
    await once(socket, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } finally {
    clearInterval(asking);
    socket.close();
  }
}
