/**
 * Sends commands to one peer: Kea's HTTP over a small number of kept connections.
 *
 *     POST /   Content-Type: application/json (exactly)   Content-Length   [Authorization: Basic]   {"command": ...}
 *
 * Whatever the other side does, a request ends: with an answer, or with a reason why there is none. Every command
 * between peers may be repeated without harm, so that a request which meets a connection that the peer has just closed
 * is sent once more.
 */
import { createSecureContext } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import { systemClock } from '../base/clock.ts';
import type { HaPeerConfig } from '../config/ha-model.ts';
import type { DhcpService } from '../control/envelope.ts';
import { FORMER_CREDENTIALS_MS } from '../control/http/gate.ts';
import type { Login } from '../credentials/login.ts';
import type { TlsSet } from '../credentials/tls-set.ts';
import { loseUnsentAtEnd } from '../io/stream-socket.ts';
import { readAnswer } from './answer-reader.ts';
import { type PeerCredentials, readPeerCredentials } from './credentials.ts';
import { type ExchangeEnd, exchange } from './exchange.ts';
import { streamHeaders } from './lease-stream.ts';
import type { PeerAnswer, RenewablePeerClient, StreamOpening } from './model.ts';
import { requestStream, type StreamEnd } from './stream-request.ts';
import { explainFailure } from './tls-failure.ts';

/** Kea's http-client-threads when the configuration leaves it at 0. */
export const CLIENT_CONNECTIONS_DEFAULT = 4;
/** Kea closes a connection that was idle for 30 s; ours go before, or a request could cross that close. */
const IDLE_MS = 20_000;
const CONNECT_MS = 5_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** 10,000 leases of a page are about 3 MB; long host names and user contexts can make it ten times that. */
const PAGE_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Every other answer is far shorter. */
const ANSWER_BYTES_MAX = 1024 * 1024;
const UNAUTHORIZED = 401;

/**
 * @param peer the peer's entry of the configuration: it supplies URL, TLS files and credentials
 * @param connections TCP connections at once, 0 = the default
 * @param service that the commands are for
 * @throws Error when a file cannot be used
 */
export function createPeerClient(
  peer: HaPeerConfig,
  connections: number,
  service: DhcpService,
): RenewablePeerClient {
  const credentials = readPeerCredentials(peer);
  const count = connections === 0 ? CLIENT_CONNECTIONS_DEFAULT : connections;
  return new HttpPeerClient(peer, count, service, credentials);
}

type Headers = Readonly<Record<string, string>>;

class HttpPeerClient implements RenewablePeerClient {
  readonly name: string;
  readonly role: RenewablePeerClient['role'];
  readonly #url: HaPeerConfig['url'];
  readonly #service: DhcpService;
  readonly #connections: number;
  #credentials: PeerCredentials;
  #headers: Headers;
  /** Of credentials that were replaced a moment ago: the peer may not have the new ones yet. */
  #former: { readonly headers: Headers; readonly untilMs: number } | null = null;
  #pool: Pool;
  /** Pools of former credentials whose last requests are under way. */
  readonly #leaving = new Set<Pool>();
  #failure: string | null = null;
  #isClosed = false;
  readonly #closing = new AbortController();

  constructor(peer: HaPeerConfig, connections: number, service: DhcpService, credentials: PeerCredentials) {
    this.#service = service;
    this.name = peer.name;
    this.role = peer.role;
    this.#url = peer.url;
    this.#connections = connections;
    this.#credentials = credentials;
    this.#headers = headersOf(credentials.login);
    this.#pool = this.#open();
  }

  get failure(): string | null {
    return this.#failure;
  }

  request(command: string, args: object | null, timeoutMs: number): Promise<PeerAnswer> {
    const request = { command, service: [this.#service], ...(args === null ? {} : { arguments: args }) };
    const isPage = command.endsWith('-get-page') || command.endsWith('-get-all');
    const body = Buffer.from(JSON.stringify(request));
    return this.#send(body, timeoutMs, isPage ? PAGE_ANSWER_BYTES_MAX : ANSWER_BYTES_MAX);
  }

  requestBytes(body: Uint8Array, timeoutMs: number): Promise<PeerAnswer> {
    return this.#send(body, timeoutMs, ANSWER_BYTES_MAX);
  }

  async openStream(serverName: string, timeoutMs: number): Promise<StreamOpening> {
    const untilMs = systemClock.monotonicMs() + timeoutMs;
    const { host, port } = this.#url;
    const { tls } = this.#credentials;
    const attempt = (login: Headers): Promise<StreamEnd> =>
      requestStream({
        host,
        port,
        headers: { ...login, ...streamHeaders(serverName) },
        tls: tls === null ? null : tlsSettings(tls),
        timeoutMs: Math.max(Math.ceil(untilMs - systemClock.monotonicMs()), 1),
        signal: this.#closing.signal,
      });
    let end = await attempt(this.#headers);
    const former = this.#former;
    const isUnknown = end.kind === 'answered' && end.status === UNAUTHORIZED;
    if (isUnknown && former !== null && systemClock.monotonicMs() < Math.min(untilMs, former.untilMs))
      end = await attempt(former.headers);
    if (end.kind === 'open') return end;
    const answer = this.#answerOf(end);
    return {
      kind: 'failed',
      reason: answer.kind === 'failed' ? answer.reason : 'it answers as to a command',
    };
  }

  renew(credentials: PeerCredentials): void {
    if (this.#isClosed) return;
    const before = this.#credentials;
    this.#credentials = credentials;
    if (credentials.login?.digest !== before.login?.digest) this.#changeLogin(credentials.login);
    if (credentials.tls?.digest === before.tls?.digest) return;
    const old = this.#pool;
    this.#pool = this.#open();
    this.#leaving.add(old);
    const forget = (): void => void this.#leaving.delete(old);
    old.close().then(forget, forget);
  }

  #changeLogin(login: Login | null): void {
    this.#former = { headers: this.#headers, untilMs: systemClock.monotonicMs() + FORMER_CREDENTIALS_MS };
    this.#headers = headersOf(login);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.abort();
    await Promise.all([this.#pool, ...this.#leaving].map((pool) => pool.destroy()));
  }

  #open(): Pool {
    const { host, port, ipv6 } = this.#url;
    const { tls } = this.#credentials;
    return new Pool(`${tls === null ? 'http' : 'https'}://${ipv6 ? `[${host}]` : host}:${port}`, {
      connections: this.#connections,
      pipelining: 1,
      connect: connectorOf(tls),
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      // The clock of a request is its own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async #send(body: Uint8Array, timeoutMs: number, bytesMax: number): Promise<PeerAnswer> {
    const untilMs = systemClock.monotonicMs() + timeoutMs;
    let pool = this.#pool;
    const attempt = (headers: Headers): Promise<ExchangeEnd> => {
      pool = this.#pool;
      const leftMs = Math.ceil(untilMs - systemClock.monotonicMs());
      return exchange(pool, { headers, body, timeoutMs: Math.max(leftMs, 1), bytesMax });
    };
    let end = await attempt(this.#headers);
    // Also what waited for a connection with the certificate of before and met its end.
    const isBroken = end.kind === 'failed' && (end.reset || pool !== this.#pool);
    if (isBroken && systemClock.monotonicMs() < untilMs) end = await attempt(this.#headers);
    const former = this.#former;
    const isUnknown = end.kind === 'answered' && end.status === UNAUTHORIZED;
    if (isUnknown && former !== null && systemClock.monotonicMs() < Math.min(untilMs, former.untilMs))
      end = await attempt(former.headers);
    return this.#answerOf(end);
  }

  #answerOf(end: ExchangeEnd): PeerAnswer {
    if (end.kind === 'answered') {
      this.#failure = null;
      return readAnswer(end.body);
    }
    const reason = explainFailure(end, this.name, this.#credentials.tls, systemClock.wallMs());
    this.#failure = reason;
    return { kind: 'failed', reason };
  }
}

/**
 * A request that was given up must not arrive any more: the kernel would go on sending it for minutes, and behind newer updates it
 * would bring back what a lease was before them.
 */
function connectorOf(tls: TlsSet | null): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_MS,
    allowH2: false,
    // Kea that asks for certificates refuses every session that is resumed ("session id context uninitialized").
    maxCachedSessions: 0,
    ...(tls === null ? {} : tlsSettings(tls)),
  });
  return (options, done) =>
    connect(options, (...end) => {
      // On failure there is an error and nothing behind it.
      if (end[0] === null) loseUnsentAtEnd(end[1]);
      done(...end);
    });
}

function headersOf(login: Login | null): Headers {
  const headers = { 'content-type': 'application/json' };
  if (login === null) return headers;
  const credentials = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return { ...headers, authorization: `Basic ${credentials}` };
}

/**
 * The peer must hold a certificate of the trust anchor. Its name is not compared: peers are configured by address, and
 * Kea does not compare it either, so that a pair's certificates need not carry addresses.
 */
function tlsSettings(tls: TlsSet) {
  const { ca, cert, key } = tls;
  // Made once: with the authorities of the world it takes longer than a handshake.
  const secureContext = createSecureContext({ ca: [...ca], cert, key });
  return { secureContext, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}
