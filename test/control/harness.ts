/** What the tests of the control API share: a log that remembers, and a bare client of the unix socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlSocketConfig } from '../../src/config/control-model.ts';
import {
  type ControlSocket,
  type ControlSocketOptions,
  openControlSocket,
} from '../../src/control/server.ts';
import type { Log } from '../../src/log/logger.ts';
import type { LogId } from '../../src/log/messages.ts';

/** Of an HTTP socket: plain, and for everybody. */
export const OPEN_SOCKET = { tls: null, clients: [], realm: 'kea-dhcpv4-server', headers: [] } as const;

export interface LoggedEvent {
  readonly id: LogId;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its events. */
export function recordingLog(): { readonly log: Log; readonly events: LoggedEvent[] } {
  const events: LoggedEvent[] = [];
  return { log: (id, fields = {}) => void events.push({ id, fields }), events };
}

/** A folder of its own; short, because socket paths are. */
export function temporaryFolder(t: { teardown(fn: () => void): unknown }): string {
  const folder = mkdtempSync(join(tmpdir(), 'tdm-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface AskOptions {
  /** Close our side behind the request. */
  readonly halfClose?: boolean;
  /** Octets a write; default all at once. */
  readonly chunkBytes?: number;
}

/** Sends octets to a unix socket and resolves with all that came back once the connection is over. */
export function askRaw(path: string, data: string | Uint8Array, options: AskOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const bytes = Buffer.from(data as string);
    const socket = connect({ path, allowHalfOpen: true }, () => {
      const step = options.chunkBytes ?? Math.max(bytes.length, 1);
      for (let at = 0; at < bytes.length; at += step) socket.write(bytes.subarray(at, at + step));
      if (options.halfClose) socket.end();
    });
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('end', () => socket.end());
    // A server that refuses a long request resets the connection; what it had said is what counts.
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

/** Asks and parses the bare map that has to come back. */
export async function ask(path: string, request: unknown): Promise<Record<string, unknown>> {
  return JSON.parse(await askRaw(path, JSON.stringify(request))) as Record<string, unknown>;
}

export interface ControlSockets {
  /** Of the HTTP sockets, in order. */
  readonly httpPorts: readonly number[];
  close(graceMs: number): Promise<void>;
}

/** Opens sockets one after the other. */
export async function openSockets(
  sockets: readonly ControlSocketConfig[],
  options: ControlSocketOptions,
): Promise<ControlSockets> {
  const open: ControlSocket[] = [];
  for (const socket of sockets) open.push(await openControlSocket(socket, options));
  return {
    httpPorts: open.flatMap(({ port }) => port ?? []),
    close: async (graceMs) => {
      await Promise.all(open.map((socket) => socket.close(graceMs)));
    },
  };
}
