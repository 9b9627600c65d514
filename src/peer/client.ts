/**
 * Sends commands to one peer: Kea's HTTP over a small number of kept connections.
 *
 *     POST /   Content-Type: application/json (exactly)   Content-Length   [Authorization: Basic]   {"command": ...}
 *
 * Whatever the other side does, a request ends: with an answer, or with a reason why there is none. Every command
 * between peers may be repeated without harm, so that a request which meets a connection that the peer has just closed
 * is sent once more.
 */
import { Pool } from 'undici';
import { systemClock } from '../base/clock.ts';
import type { HaPeerConfig } from '../config/ha-model.ts';
import { readAnswer } from './answer-reader.ts';
import { exchange } from './exchange.ts';
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
  readonly #usesTls: boolean;

  constructor(peer: HaPeerConfig, connections: number) {
    this.name = peer.name;
    this.role = peer.role;
    this.#usesTls = peer.tls !== null;
    this.#headers = { 'content-type': 'application/json', ...authorization(peer.basicAuth) };
    const { host, port, ipv6 } = peer.url;
    this.#pool = new Pool(`${peer.tls === null ? 'http' : 'https'}://${ipv6 ? `[${host}]` : host}:${port}`, {
      connections,
      pipelining: 1,
      connect: { timeout: CONNECT_MS, ...tlsSettings(peer.tls) },
      // Kea that asks for certificates refuses every session that is resumed ("session id context uninitialized").
      maxCachedSessions: 0,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      // The clock of a request is its own.
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
    const startMs = systemClock.monotonicMs();
    const request = { headers: this.#headers, body, timeoutMs, bytesMax };
    let end = await exchange(this.#pool, request);
    if (end.kind === 'failed' && end.reset) {
      const leftMs = Math.ceil(timeoutMs - (systemClock.monotonicMs() - startMs));
      if (leftMs > 0) end = await exchange(this.#pool, { ...request, timeoutMs: leftMs });
    }
    if (end.kind === 'answered') return readAnswer(end.body);
    // Kea does not say why, it closes the connection.
    const hint = end.reset && this.#usesTls ? '; it may not trust our certificate' : '';
    return { kind: 'failed', reason: end.reason + hint };
  }
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
