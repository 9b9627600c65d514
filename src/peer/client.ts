/**
 * Sends commands to one peer: Kea's HTTP over a small number of kept connections.
 *
 *     POST /   Content-Type: application/json (exactly)   Content-Length   [Authorization: Basic]   {"command": ...}
 *
 * Whatever the other side does, a request ends: with an answer, or with a reason why there is none. Every command
 * between peers may be repeated without harm, so that a request which meets a connection that the peer has just closed
 * is sent once more.
 */
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { HaPeerConfig } from '../config/ha-model.ts';
import { readAnswer } from './answer-reader.ts';
import type { PeerAnswer, PeerClient } from './model.ts';
import { readTlsFiles } from './tls-files.ts';

/** Kea's http-client-threads when the configuration leaves it at 0. */
export const CLIENT_CONNECTIONS_DEFAULT = 4;
/** Kea closes a connection that was idle for 30 s; ours go before, or a request could cross that close. */
const IDLE_MS = 20_000;
const CONNECT_MS = 5_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** 10,000 leases of a page are about 3 MB; long host names and user contexts can make it ten times that. */
const PAGE_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** The longest other answer is that of a bulk update in which every lease failed, about 100 KB. */
const ANSWER_BYTES_MAX = 1024 * 1024;

const RESET_CODES: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * @param peer the peer's entry of the configuration: it supplies URL, TLS files and credentials
 * @param connections TCP connections at once, 0 = the default
 * @throws Error when a TLS file cannot be read
 */
export function createPeerClient(peer: HaPeerConfig, connections: number): PeerClient {
  return new HttpPeerClient(peer, connections === 0 ? CLIENT_CONNECTIONS_DEFAULT : connections);
}

class HttpPeerClient implements PeerClient {
  readonly name: string;
  readonly role: PeerClient['role'];
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(peer: HaPeerConfig, connections: number) {
    this.name = peer.name;
    this.role = peer.role;
    this.#headers = { 'content-type': 'application/json', ...authorization(peer.basicAuth) };
    const { host, port, ipv6 } = peer.url;
    this.#pool = new Pool(`${peer.tls === null ? 'http' : 'https'}://${ipv6 ? `[${host}]` : host}:${port}`, {
      connections,
      pipelining: 1,
      connect: { timeout: CONNECT_MS, ...tlsSettings(peer.tls) },
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      // The clock of a request is its own, below.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  request(command: string, args: object | null, timeoutMs: number): Promise<PeerAnswer> {
    const request = { command, service: ['dhcp4'], ...(args === null ? {} : { arguments: args }) };
    const isPage = command.endsWith('-get-page') || command.endsWith('-get-all');
    const body = Buffer.from(JSON.stringify(request));
    return this.#send(body, timeoutMs, isPage ? PAGE_ANSWER_BYTES_MAX : ANSWER_BYTES_MAX);
  }

  requestBytes(body: Uint8Array, timeoutMs: number): Promise<PeerAnswer> {
    return this.#send(body, timeoutMs, ANSWER_BYTES_MAX);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(body: Uint8Array, timeoutMs: number, bytesMax: number): Promise<PeerAnswer> {
    const deadline = new Deadline(timeoutMs);
    try {
      return await this.#exchange(body, deadline, bytesMax);
    } catch (error) {
      return {
        kind: 'failed',
        reason: deadline.isOver ? `no answer within ${timeoutMs} ms` : reasonOf(error),
      };
    } finally {
      deadline.clear();
    }
  }

  /** @throws whatever undici throws */
  async #exchange(body: Uint8Array, deadline: Deadline, bytesMax: number): Promise<PeerAnswer> {
    const options = { path: '/', method: 'POST', headers: this.#headers, body, signal: deadline } as const;
    const response = await this.#pool.request(options).catch((error: unknown) => {
      if (deadline.isOver || !RESET_CODES.has((error as NodeJS.ErrnoException).code)) throw error;
      return this.#pool.request(options);
    });
    const text = await readBody(response.body, response.headers['content-length'], bytesMax);
    return text === null
      ? { kind: 'failed', reason: `the answer has more than ${bytesMax} bytes` }
      : readAnswer(text);
  }
}

/**
 * The end of a request's time, in the form of a signal that undici takes. An AbortController would do too, at 12 µs
 * apiece where this takes less than one (profile of 20,000 single updates, 2026-11-21).
 */
class Deadline extends EventEmitter {
  readonly #timer: NodeJS.Timeout;
  isOver = false;

  constructor(timeoutMs: number) {
    super();
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.emit('abort');
    }, timeoutMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** The body as text; null when it is longer than allowed, in which case its connection is given up. */
async function readBody(
  body: Readable & { text(): Promise<string> },
  announced: string | string[] | undefined,
  bytesMax: number,
): Promise<string | null> {
  if (Number(announced) <= bytesMax) return body.text();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the body and with it the connection.
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function authorization(basicAuth: HaPeerConfig['basicAuth']): Record<string, string> {
  if (basicAuth === null) return {};
  const credentials = Buffer.from(`${basicAuth.user}:${basicAuth.password}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

/**
 * The peer must hold a certificate of the trust anchor. Its name is not compared: peers are configured by address, and
 * Kea does not compare it either, so that a pair's certificates need not carry addresses.
 */
function tlsSettings(files: HaPeerConfig['tls']) {
  if (files === null) return {};
  const { ca, cert, key } = readTlsFiles(files);
  return { ca: [...ca], cert, key, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? String(message) : `${message} (${code})`;
}
