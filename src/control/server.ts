/**
 * The control API: opens one of what the configuration's `control-sockets` names, each with the same commands. HTTP
 * sockets also have the monitoring pages. Nothing is opened that is not named, and an HTTP socket without an address is
 * on loopback: who can reach a control socket can stop the server.
 */
import type { ControlSocketConfig, HttpSocketConfig } from '../config/control-model.ts';
import { tandemError } from '../errors.ts';
import type { Log } from '../log/logger.ts';
import type { CommandTable } from './answer.ts';
import type { DhcpService } from './envelope.ts';
import { type ControlCredentials, readControlCredentials } from './http/credentials.ts';
import { createKeaHttpServer, type HttpPage } from './http/kea-http.ts';
import { createUnixSocketServer } from './unix/socket.ts';

export interface ControlSocketOptions {
  readonly service: DhcpService;
  readonly log: Log;
  readonly table: CommandTable;
  /** From createMonitoringPages. */
  readonly pages: ReadonlyMap<string, HttpPage>;
}

export interface ControlSocket {
  /** Of an HTTP socket, the kernel's choice where the configuration says 0; null for a unix socket. */
  readonly port: number | null;
  /** Hears nobody new from the call on; commands that run may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
  /** Of an HTTP socket: what it shows and demands; the same again changes nothing. */
  renew?(credentials: ControlCredentials): void;
  credentials?(): ControlCredentials;
}

/** @throws TDM_ERR_CONTROL_LISTEN, or a TDM_ERR_SOCKET_ code for a unix socket */
export function openControlSocket(
  socket: ControlSocketConfig,
  options: ControlSocketOptions,
): Promise<ControlSocket> {
  return socket.kind === 'unix' ? openUnix(socket.path, options) : openHttp(socket, options);
}

async function openUnix(path: string, { log, table }: ControlSocketOptions): Promise<ControlSocket> {
  const server = await createUnixSocketServer({ log, table, path });
  return { port: null, close: (graceMs) => server.close(graceMs) };
}

async function openHttp(
  socket: HttpSocketConfig,
  { log, table, pages, service }: ControlSocketOptions,
): Promise<ControlSocket> {
  const { address, port, realm, headers } = socket;
  const place = `${address} port ${port}`;
  let used: ControlCredentials;
  try {
    used = readControlCredentials(socket);
  } catch (error) {
    throw tandemError('TDM_ERR_CONTROL_LISTEN', [place, (error as Error).message], error);
  }
  const tls =
    used.tls === null || socket.tls === null
      ? null
      : { ...used.tls, requireClientCerts: socket.tls.requireClientCerts };
  const options = { log, table, address, port, service, pages, realm, headers } as const;
  const server = createKeaHttpServer({ ...options, basicAuth: used.logins, tls });
  try {
    const { port: bound } = await server.listen();
    log('TDM_CONTROL_HTTP_LISTENING', { address, port: bound });
    return {
      port: bound,
      close: (graceMs) => server.close(graceMs),
      renew: (next) => {
        const isSameTls = next.tls?.digest === used.tls?.digest;
        if (isSameTls && digests(next) === digests(used)) return;
        used = next;
        server.renew({ tls: isSameTls ? null : next.tls, basicAuth: next.logins });
      },
      credentials: () => used,
    };
  } catch (error) {
    await server.close();
    throw tandemError('TDM_ERR_CONTROL_LISTEN', [place, (error as Error).message], error);
  }
}

function digests({ logins }: ControlCredentials): string {
  return logins.map(({ digest }) => digest).join();
}
