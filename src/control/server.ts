/**
 * The control API: opens what the configuration's `control-sockets` names, all with the same commands. HTTP sockets
 * also have the monitoring pages. Nothing is opened that is not named, and an HTTP socket without an address is on
 * loopback: who can reach a control socket can stop the server.
 */
import type { ControlSocketConfig } from '../config/model.ts';
import { tandemError } from '../errors.ts';
import type { Log } from '../log/logger.ts';
import type { CommandTable } from './answer.ts';
import { createKeaHttpServer, type HttpPage } from './kea-http.ts';
import { createUnixSocketServer } from './unix-socket.ts';

export interface ControlServerOptions {
  readonly log: Log;
  readonly table: CommandTable;
  readonly sockets: readonly ControlSocketConfig[];
  /** From createMonitoringPages. */
  readonly pages: ReadonlyMap<string, HttpPage>;
}

export interface ControlServer {
  /** The ports of the HTTP sockets in the order of the configuration; the kernel's choice where it said 0. */
  readonly httpPorts: readonly number[];
  /** Closes all sockets. Commands that run over a unix socket may end within `graceMs`; HTTP connections are cut. */
  close(graceMs: number): Promise<void>;
}

interface OpenSocket {
  readonly port: number | null;
  close(graceMs: number): Promise<void>;
}

/**
 * Opens all control sockets, or none.
 * @throws TDM_ERR_CONTROL_LISTEN, or a TDM_ERR_SOCKET_ code for a unix socket
 */
export async function openControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const open: OpenSocket[] = [];
  const close = async (graceMs: number): Promise<void> => {
    await Promise.all(open.map((socket) => socket.close(graceMs)));
  };
  try {
    for (const socket of options.sockets) {
      open.push(await (socket.kind === 'unix' ? openUnix(socket.path, options) : openHttp(socket, options)));
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  return { httpPorts: open.flatMap(({ port }) => port ?? []), close };
}

async function openUnix(path: string, { log, table }: ControlServerOptions): Promise<OpenSocket> {
  const server = await createUnixSocketServer({ log, table, path });
  return { port: null, close: (graceMs) => server.close(graceMs) };
}

async function openHttp(
  { address, port }: { readonly address: string; readonly port: number },
  { log, table, pages }: ControlServerOptions,
): Promise<OpenSocket> {
  const server = createKeaHttpServer({ log, table, address, port, service: 'dhcp4', pages });
  try {
    const { port: bound } = await server.listen();
    log('TDM_CONTROL_HTTP_LISTENING', { address, port: bound });
    return { port: bound, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw tandemError('TDM_ERR_CONTROL_LISTEN', [`${address} port ${port}`, (error as Error).message], error);
  }
}
