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
/** Each process has stretches of its own: a port that is free now may be another's by the time that its server starts. */
const PORTS_A_STRETCH = 60;
const STRETCHES = PORTS / PORTS_A_STRETCH;
/** A stretch is whose who has a UDP socket here, at its first port, as long as he lives. */
const CLAIM_ADDRESS = '127.0.0.254';

let stretch = process.pid % STRETCHES;
let nextPort = 0;
let portsLeft = 0;
/** The call before, so that no two look at once. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * A port that no call has returned before, in this process or another one that lives.
 * @param address a loopback address
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
function findFree(tryBind: (port: number) => Promise<void>): Promise<number> {
  const found = turn.then(async () => {
    for (;;) {
      if (portsLeft === 0) await claim();
      const port = nextPort++;
      portsLeft--;
      if (await succeeds(tryBind(port))) return port;
    }
  });
  turn = found.catch(() => {});
  return found;
}

/** Takes the next stretch that nobody has. @throws when each is somebody's */
async function claim(): Promise<void> {
  for (let attempt = 0; attempt < STRETCHES; attempt++) {
    const first = FIRST_PORT + stretch * PORTS_A_STRETCH;
    stretch = (stretch + 1) % STRETCHES;
    const socket = createSocket('udp4').bind(first, CLAIM_ADDRESS);
    if (!(await succeeds(once(socket, 'listening')))) {
      socket.close();
      continue;
    }
    socket.unref();
    nextPort = first;
    portsLeft = PORTS_A_STRETCH;
    return;
  }
  throw new Error(`no free port in ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`);
}

function succeeds(action: Promise<unknown>): Promise<boolean> {
  return action.then(
    () => true,
    () => false,
  );
}
