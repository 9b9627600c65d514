/**
 * The unix control socket, as Kea has it: one JSON command a connection, answered with a bare JSON map. Its file is
 * open to the owner and the group only, as Kea's, which is all the authentication that there is.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { tandemError } from '../../errors.ts';
import type { Log } from '../../log/logger.ts';
import type { CommandTable } from '../answer.ts';
import { UNIX_COMMAND_MS, UNIX_CONNECTIONS_MAX, UNIX_IDLE_MS } from '../limits.ts';
import { UnixConnection, type UnixConnectionContext } from './connection.ts';
import { takeSocketPath } from './path.ts';

export interface UnixSocketOptions {
  readonly log: Log;
  readonly table: CommandTable;
  /** Absolute path, at most 107 octets. */
  readonly path: string;
  /** Silence that ends a connection; default 10 s. */
  readonly idleMs?: number;
  /** Time for a command to become complete; default 60 s. */
  readonly commandMs?: number;
}

export interface UnixSocketServer {
  /**
   * Stops listening and removes the file. Commands that run are still answered, for at most `graceMs`; connections
   * that have not sent a whole command are refused at once.
   */
  close(graceMs: number): Promise<void>;
}

/** Owner and group may connect, nobody else may anything: 0770. Kea's agents run as other users of its group. */
const SOCKET_UMASK = 0o007;

/**
 * Listens on a unix socket.
 * @throws TDM_ERR_SOCKET_PATH_TOO_LONG, TDM_ERR_SOCKET_PATH_TAKEN, TDM_ERR_SOCKET_IN_USE, TDM_ERR_SOCKET_UNUSABLE
 */
export async function createUnixSocketServer(options: UnixSocketOptions): Promise<UnixSocketServer> {
  const { log, path } = options;
  const release = await takeSocketPath(path, log);
  const connections = new Connections(options);
  // Half open, so that a client may close its sending side (`socat`, `nc -N`) and still read the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => connections.add(socket));
  try {
    await listen(server, path);
  } catch (error) {
    release();
    throw error;
  }
  // Out of descriptors, for one: the connection is lost, the server goes on.
  server.on('error', (err) => log('TDM_CONTROL_UNIX_BROKEN', { err }));
  log('TDM_CONTROL_UNIX_LISTENING', { path });
  return {
    close: (graceMs) => {
      const closed = close(server, connections, graceMs);
      // The file is gone from the call on: nobody has to wait for the last answers.
      release();
      return closed;
    },
  };
}

/** The connections of one server, bounded in number. */
class Connections {
  readonly #context: UnixConnectionContext;
  /** In the order in which they came. */
  readonly #open = new Set<UnixConnection>();
  #crowded = false;

  constructor(options: UnixSocketOptions) {
    this.#context = {
      log: options.log,
      table: options.table,
      idleMs: options.idleMs ?? UNIX_IDLE_MS,
      commandMs: options.commandMs ?? UNIX_COMMAND_MS,
      pendingBytes: 0,
    };
  }

  add(socket: Socket): void {
    if (this.#open.size >= UNIX_CONNECTIONS_MAX && !this.#makeRoom()) {
      socket.destroy();
      return;
    }
    const connection = new UnixConnection(socket, this.#context);
    this.#open.add(connection);
    socket.once('close', () => {
      this.#open.delete(connection);
      if (this.#open.size < UNIX_CONNECTIONS_MAX / 2) this.#crowded = false;
    });
  }

  /** Idle connections must not lock the operator out: the oldest that has no whole command goes. */
  #makeRoom(): boolean {
    // Once until the crowd is gone, not once a connection.
    if (!this.#crowded)
      this.#context.log('TDM_CONTROL_UNIX_CROWDED', { connectionsMax: UNIX_CONNECTIONS_MAX });
    this.#crowded = true;
    for (const connection of this.#open) {
      if (!connection.isReading) continue;
      connection.destroy();
      this.#open.delete(connection);
      return true;
    }
    return false;
  }

  refuseReading(): void {
    for (const connection of this.#open)
      if (connection.isReading) connection.refuse('the server is stopping');
  }

  destroyAll(): void {
    for (const connection of this.#open) connection.destroy();
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) =>
      reject(tandemError('TDM_ERR_SOCKET_UNUSABLE', [path, error.message], error));
    server.once('error', onError);
    server.once('listening', () => {
      server.off('error', onError);
      resolve();
    });
    // The file is made inside listen(): with the mask set before, there is no moment in which it is open to others.
    const before = process.umask(SOCKET_UMASK);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

function close(server: Server, connections: Connections, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => connections.destroyAll(), graceMs);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    connections.refuseReading();
  });
}
