/**
 * How many TCP connections an HTTP port takes, in all and from one address, so that a stranger who opens connections
 * and lets them hang can neither fill memory nor keep the partner out (dhcpd CVE-2016-2774 was this on a failover port).
 */
import type { Server, Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../log/logger.ts';

/** Four times what a partner with 64 client threads and an administrator would open. */
export const HTTP_CONNECTIONS_MAX = 256;
/** One address may hold this many, so that four addresses are needed to crowd out a fifth. */
export const HTTP_CONNECTIONS_PER_ADDRESS_MAX = 64;

const LOG_INTERVAL_MS = 60_000;

export interface Connections {
  /** Cuts those that are open and all that come, also those whose TLS handshake is not done, which HTTP knows nothing of. */
  cut(): void;
}

/** Watches the connections of a server; to be called before it listens. */
export function limitConnections(server: Server, log: Log, clock: Clock): Connections {
  const open = new Map<string, number>();
  const sockets = new Set<Socket>();
  let isCut = false;
  let loggedMs = Number.NEGATIVE_INFINITY;
  const refused = (remote: string | undefined): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - loggedMs < LOG_INTERVAL_MS) return;
    loggedMs = nowMs;
    log('TDM_HTTP_CROWDED', { remote, open: [...open.values()].reduce((sum, count) => sum + count, 0) });
  };
  server.maxConnections = HTTP_CONNECTIONS_MAX;
  server.on('drop', (data) => refused(data?.remoteAddress));
  server.on('connection', (socket: Socket) => {
    if (isCut) return void socket.destroy();
    const remote = socket.remoteAddress ?? '';
    const count = (open.get(remote) ?? 0) + 1;
    if (count > HTTP_CONNECTIONS_PER_ADDRESS_MAX) {
      refused(remote);
      return void socket.destroy();
    }
    open.set(remote, count);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = open.get(remote)! - 1;
      if (left === 0) open.delete(remote);
      else open.set(remote, left);
    });
  });
  return {
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
