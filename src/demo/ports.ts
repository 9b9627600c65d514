/**
 * Free ports on loopback for servers that are started a moment later.
 *
 * They come from below the range that the kernel takes for outgoing connections: a port from within it could be taken
 * by the partner's next attempt to reach a server that is down, and that attempt would even be answered, by itself
 * (TCP simultaneous open).
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST_PORT = 20_000;
/** Linux's net.ipv4.ip_local_port_range begins at 32,768. */
const PORTS = 12_000;
/** Processes that run at the same time have numbers near each other: each begins a stretch of its own. */
const PORTS_A_PROCESS = 16;

let offset = (process.pid * PORTS_A_PROCESS) % PORTS;

/**
 * A port that no call has returned before. @param address a loopback address
 * @throws when no port of the range can be bound
 */
export function findFreeTcpPort(address: string): Promise<number> {
  return findFree(async (port) => {
    const server = createServer().listen(port, address);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });
}

/** As findFreeTcpPort, for UDP. */
export function findFreeUdpPort(address: string): Promise<number> {
  return findFree(async (port) => {
    const socket = createSocket('udp4').bind(port, address);
    await once(socket, 'listening');
    socket.close();
    await once(socket, 'close');
  });
}

/** @param tryBind binds and releases; rejects when the port cannot be bound */
async function findFree(tryBind: (port: number) => Promise<void>): Promise<number> {
  let lastError: unknown;
  for (let attempt = 0; attempt < PORTS; attempt++) {
    const port = FIRST_PORT + offset;
    offset = (offset + 1) % PORTS;
    try {
      await tryBind(port);
      return port;
    } catch (error) {
      lastError = error;
    }
  }
  throw new Error(`no free port in ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`, { cause: lastError });
}
