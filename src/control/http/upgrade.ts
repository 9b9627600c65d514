/**
 * Connections that become something else than HTTP (RFC 9110 7.8). Who asks for it shows what every request there has to
 * show; refused it is as every request, and the connection ends.
 *
 *     GET / HTTP/1.1   Connection: Upgrade   Upgrade: PROTOCOL   [Authorization: Basic]   no body
 *     HTTP/1.1 101 Switching Protocols   Connection: Upgrade   Upgrade: PROTOCOL
 *
 * It has to be the first request of its connection: no answer to another one can then be on its way. Octets that came behind
 * the request belong to the new protocol. Over TLS there must not be any: the session ends with the answer
 * (io/stream-socket.ts).
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { leavingProblem } from '../../io/session-secrets.ts';
import { detachSocket, type StreamSocket, stopReading } from '../../io/stream-socket.ts';
import type { HttpGate, Refusal } from './gate.ts';
import { refuseBare } from './refusal.ts';
import type { RefusalLog } from './refusal-log.ts';

export interface HttpUpgrade {
  /** The token of the protocol, with its version, in lower case. */
  readonly protocol: string;
  /** Connections that may be open at once; further ones get 503. */
  readonly openMax: number;
  /** Why who sends these headers may not, or null. */
  readonly judge: (headers: IncomingHttpHeaders) => Refusal | null;
  /** Owns the connection from here on. @param head octets that were received already */
  readonly opened: (socket: StreamSocket, headers: IncomingHttpHeaders, head: Uint8Array) => void;
}

export interface UpgradeDoorParts {
  readonly gate: HttpGate;
  readonly refused: RefusalLog;
  readonly realm: string;
  /** Read at each request. */
  readonly upgrade: () => HttpUpgrade | null | undefined;
}

export class UpgradeDoor {
  readonly #parts: UpgradeDoorParts;
  /** Connections that have carried a request. */
  readonly #used = new WeakSet<Socket>();
  #open = 0;

  constructor(parts: UpgradeDoorParts) {
    this.#parts = parts;
  }

  /** To be called before the server listens. */
  open(server: Server): void {
    server.prependListener('request', ({ socket }) => void this.#used.add(socket));
    server.on('upgrade', (request, socket, head) => this.#take(request, socket as Socket, head));
  }

  #take(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const { gate, upgrade } = this.#parts;
    // Node has taken its own listeners off.
    socket.on('error', () => {});
    const offered = upgrade() ?? null;
    const refusal = this.#used.has(socket)
      ? badRequest('an upgrade must be the first request of its connection')
      : (gate.judgeUpgrade(request.method, request.headers) ??
        this.#judge(offered, request.headers) ??
        judgeSession(socket, head));
    if (refusal !== null || offered === null) this.#refuse(socket, refusal ?? NOT_OFFERED);
    else this.#switch(offered, request.headers, socket, head);
  }

  #judge(offered: HttpUpgrade | null, headers: IncomingHttpHeaders): Refusal | null {
    if (offered === null) return NOT_OFFERED;
    if (headers.upgrade?.toLowerCase() !== offered.protocol)
      return badRequest(`connections of this port become ${offered.protocol} or nothing`);
    const refusal = offered.judge(headers);
    if (refusal !== null || this.#open < offered.openMax) return refusal;
    return { status: 503, reason: `Service Unavailable: ${this.#open} such connections are open` };
  }

  #refuse(socket: Socket, refusal: Refusal): void {
    const { refused, realm } = this.#parts;
    refused({ ...refusal, remote: socket.remoteAddress ?? '' });
    refuseBare(socket, refusal, refusal.status === 401 ? [`WWW-Authenticate: Basic realm="${realm}"`] : []);
  }

  #switch(offered: HttpUpgrade, headers: IncomingHttpHeaders, socket: Socket, head: Uint8Array): void {
    const answer = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${offered.protocol}\r\n\r\n`;
    const leave = this.#enter();
    // Whoever has read the answer may speak the other protocol before this server has heard that it has left.
    stopReading(socket);
    socket.write(answer, (error) => {
      if (error) {
        leave();
        return void socket.destroy();
      }
      try {
        const { close, reset, ...stream } = detachSocket(socket, offered.protocol, 'server');
        const end = (how: () => void) => () => {
          leave();
          how();
        };
        offered.opened({ ...stream, close: end(close), reset: end(reset) }, headers, head);
      } catch (error) {
        leave();
        const { message: reason } = error as Error;
        this.#parts.refused({ status: 503, reason, remote: socket.remoteAddress ?? '' });
      }
    });
  }

  /** Counts one more. @returns takes it off again, once */
  #enter(): () => void {
    let isOpen = true;
    this.#open++;
    return () => {
      if (isOpen) this.#open--;
      isOpen = false;
    };
  }
}

const NOT_OFFERED = badRequest('connections of this port become nothing of that kind');

function badRequest(reason: string): Refusal {
  return { status: 400, reason: `Bad Request: ${reason}` };
}

/** Whether TLS can be left: only where it is known what octets are still TLS. */
function judgeSession(socket: Socket, head: Uint8Array): Refusal | null {
  if (!(socket instanceof TLSSocket)) return null;
  const problem = leavingProblem(socket);
  if (problem !== null) return badRequest(problem);
  return head.length === 0 ? null : badRequest('over TLS an upgrade has nothing behind it');
}
