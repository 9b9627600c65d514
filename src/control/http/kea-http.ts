/**
 * The HTTP of Kea's commands, for the peer port and the control API alike: one command a POST, one answer in a list.
 *
 *     request   POST, any path, Content-Length, Content-Type: application/json (no parameter), one JSON map
 *     answer    200, Content-Type: application/json, Content-Length, [ { "result": ... } ]
 *     refusal   400 401 403 408 413 503 with a bare map { "result": STATUS, "text": REASON }
 *
 * A refused request costs its connection. Connections that are idle between requests are kept for minutes: a partner
 * that finds its connection closed takes us for gone.
 */
import { createServer as createHttpServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { assert } from '../../base/assert.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { Log } from '../../log/logger.ts';
import { type Answer, type CommandTable, failure } from '../answer.ts';
import { type DhcpService, runCommand } from '../envelope.ts';
import { readCommandBody } from './body.ts';
import { limitConnections } from './connections.ts';
import { HTTP_BODY_BYTES_MAX, HttpGate, type Logins, type Refusal } from './gate.ts';
import { encodeRefusal, refuseBare } from './refusal.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';
import {
  Drain,
  handshakeProblem,
  type KeaHttpTls,
  secureContextOptions,
  type TlsMaterial,
  tlsSettings,
} from './tls.ts';
import { type HttpUpgrade, UpgradeDoor } from './upgrade.ts';

/** Who may ask for what: can be changed while the server listens. */
export interface KeaHttpAccess {
  readonly table: CommandTable;
  /** Commands that are open on this port; null or absent = all. Others get 403. */
  readonly allow?: ReadonlySet<string> | null;
  /** What connections may become other than HTTP; who has none from the start never gets one. */
  readonly upgrade?: HttpUpgrade | null;
}

export interface KeaHttpOptions extends KeaHttpAccess {
  readonly log: Log;
  readonly address: string;
  /** 0 = the kernel chooses. */
  readonly port: number;
  /** Absent or null = none are asked for. */
  readonly basicAuth?: Logins;
  /** Named to who shows none; default: Kea's. */
  readonly realm?: string;
  /** Sent with every answer. */
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  /** PEM; absent or null = plain HTTP. */
  readonly tls?: KeaHttpTls | null;
  readonly service: DhcpService;
  /** What GET may ask for, by path; every other GET is refused, as by Kea. */
  readonly pages?: ReadonlyMap<string, HttpPage>;
  readonly clock?: Clock;
  /** A whole request, from its first byte, must be here within this time; default 10 s, as Kea. */
  readonly requestTimeoutMs?: number;
}

/** Makes one page; may be asked at any time, never rejects. */
export type HttpPage = () => Promise<{
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}>;

export interface KeaHttpServer {
  /** @throws when the address cannot be bound */
  listen(): Promise<{ readonly port: number }>;
  /** Other commands for the requests to come, also on connections that are open. */
  admit(access: KeaHttpAccess): void;
  /**
   * Works by other credentials from now on, without cutting anything: handshakes that begin now show the new certificate,
   * and connections from before end with the answer to their next request where the client understands that.
   * @param credentials `tls` null = the certificate stays
   * @throws Error of OpenSSL, then nothing has changed; a set of readTlsSet never does
   */
  renew(credentials: { readonly tls: TlsMaterial | null; readonly basicAuth: Logins }): void;
  /** Hears nobody new from the call on. Requests that are being answered may end within `graceMs`, 0 by default. */
  close(graceMs?: number): Promise<void>;
}

const REQUEST_MS = 10_000;
const CHECK_INTERVAL_MS = 1_000;
/** Longer than any heartbeat interval: 10 s by default, 65 s at most before Kea 3.3. */
const KEEP_ALIVE_MS = 300_000;
const HEADER_BYTES_MAX = 16 * 1024;
const REALM = 'kea-dhcpv4-server';

/** Builds the server; nothing is bound before `listen`. */
export function createKeaHttpServer(options: KeaHttpOptions): KeaHttpServer {
  const { log, clock = systemClock } = options;
  const refused = createRefusalLog(log, () => clock.monotonicMs());
  const server = createServer(options);
  const connections = limitConnections(server, log, clock);
  const gate = new HttpGate(options.basicAuth ?? null, clock);
  const drain = new Drain(server);
  const app = fastify({
    logger: false,
    bodyLimit: HTTP_BODY_BYTES_MAX,
    // The path means nothing in Kea's protocol, so not even a malformed one may matter.
    rewriteUrl: ({ method, url }) => pagePath(options, method, url) ?? '/',
    serverFactory: (handler) => server.on('request', handler as RequestListener),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, refused),
  });
  const door = { access: options as KeaHttpAccess, refused, gate, drain };
  if (options.upgrade)
    new UpgradeDoor({
      gate,
      refused,
      realm: options.realm ?? REALM,
      upgrade: () => door.access.upgrade,
    }).open(server);
  addRoutes(app, options, door);
  addPages(app, options.pages ?? new Map());
  return {
    listen: async () => {
      await app.listen({ host: options.address, port: options.port });
      return { port: (app.server.address() as AddressInfo).port };
    },
    admit: (access) => {
      door.access = access;
    },
    renew: ({ tls, basicAuth }) => {
      if (tls !== null) {
        assert(server instanceof TlsServer, 'a port is with TLS or without it for all its life');
        server.setSecureContext(secureContextOptions(tls));
        drain.begin();
      }
      gate.renew(basicAuth);
    },
    close: async (graceMs = 0) => {
      // At once, so that whoever is to have the port can take it.
      server.close();
      const closed = app.close();
      if (graceMs > 0) await Promise.race([closed, delay(graceMs, undefined, { ref: false })]);
      connections.cut();
      await closed;
    },
  };
}

function createServer({ tls, requestTimeoutMs = REQUEST_MS }: KeaHttpOptions): Server {
  const settings = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Kea's own Host lacks port and brackets: what stands there means nothing.
    requireHostHeader: false,
  };
  return tls
    ? createHttpsServer({ ...settings, ...tlsSettings(tls), handshakeTimeout: requestTimeoutMs })
    : createHttpServer(settings);
}

/** What a request meets. */
interface Door {
  /** Replaced in place. */
  access: KeaHttpAccess;
  readonly refused: RefusalLog;
  readonly gate: HttpGate;
  readonly drain: Drain;
}

function addRoutes(app: FastifyInstance, options: KeaHttpOptions, door: Door): void {
  const { refused, gate, drain } = door;
  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply =>
    sendRefusal(request, reply, refusal, refused, options.realm ?? REALM);
  app.addHook('onRequest', (request, reply, done) => {
    for (const { name, value } of options.headers ?? []) reply.header(name, value);
    const { method, url } = request.raw;
    const refusal =
      pagePath(options, method, url) === null
        ? gate.judge(method, request.headers)
        : gate.judgePage(request.headers);
    if (refusal !== null) return void refuse(request, reply, refusal);
    if (drain.ends(request.raw)) reply.header('connection', 'close');
    gate.enter(request.headers);
    reply.raw.once('close', () => gate.leave(request.headers));
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    refuse(request, reply, { status: error.statusCode ?? 500, reason: error.message }),
  );
  app.post('/', async (request, reply) => {
    const outcome = await answerBody(request.body as string, door.access, options);
    if ('status' in outcome) return refuse(request, reply, outcome);
    return reply.header('content-type', 'application/json').send(encodeAnswer(outcome));
  });
}

function addPages(app: FastifyInstance, pages: ReadonlyMap<string, HttpPage>): void {
  for (const [path, page] of pages) {
    app.get(path, { exposeHeadRoute: false }, async (_request, reply) => {
      const { status, contentType, body } = await page();
      return reply.code(status).header('content-type', contentType).send(Buffer.from(body));
    });
  }
}

/** The path of the page that a request is for, or null: then it has to carry a command. */
function pagePath(
  { pages }: KeaHttpOptions,
  method: string | undefined,
  url: string | undefined,
): string | null {
  const path = url?.split('?', 1)[0];
  return method === 'GET' && path !== undefined && pages?.has(path) ? path : null;
}

/** Runs the command in a body. */
async function answerBody(
  text: string,
  { table, allow }: KeaHttpAccess,
  { service, log }: KeaHttpOptions,
): Promise<Answer | Refusal> {
  const body = readCommandBody(text);
  if (body.kind === 'malformed') return { status: 400, reason: `Bad Request: ${body.reason}` };
  if (body.kind === 'refused') return failure(body.reason);
  const name = commandName(body.request);
  if (name !== null && allow && !allow.has(name))
    return { status: 403, reason: 'Forbidden: this command is not open on this port' };
  return runCommand(table, body.request, { service, log, transport: 'http' });
}

function commandName(request: unknown): string | null {
  const name =
    typeof request === 'object' && request !== null && 'command' in request ? request.command : null;
  return typeof name === 'string' ? name : null;
}

/** A buffer, because fastify adds a charset to the type of a text and Kea's readers want none. */
function encodeAnswer(answer: Answer): Buffer {
  return Buffer.from(encodeKeaJson([answer]));
}

function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
  refused: RefusalLog,
  realm: string,
): FastifyReply {
  refused({ ...refusal, remote: request.ip });
  if (refusal.status === 401) reply.header('www-authenticate', `Basic realm="${realm}"`);
  return reply
    .code(refusal.status)
    .header('content-type', 'application/json')
    .header('connection', 'close')
    .send(encodeRefusal(refusal));
}

/** What is not HTTP, too slow or too long: answered on the bare socket, because there is no request to answer. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, refused: RefusalLog): void {
  const handshake = handshakeProblem(error, socket);
  if (handshake !== null) {
    refused({ status: 0, reason: handshake, remote: socket.remoteAddress ?? '' });
    return void socket.destroy();
  }
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  refused({ status, reason: error.message, remote: socket.remoteAddress ?? '' });
  refuseBare(socket, { status, reason: `${STATUS_CODES[status]}: ${error.message}` });
}
