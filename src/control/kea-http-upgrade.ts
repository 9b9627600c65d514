/**
 * Connections that become something else than HTTP (RFC 9110 7.8). Who asks for it shows what every request there has to
 * show; refused it is as every request, and the connection ends.
 *
 *     GET / HTTP/1.1   Connection: Upgrade   Upgrade: PROTOCOL   [Authorization: Basic]   no body
 *     HTTP/1.1 101 Switching Protocols   Connection: Upgrade   Upgrade: PROTOCOL
 *
 * It has to be the first request of its connection: no answer to another one can then be on its way. Octets that came behind
 * the request belong to the new protocol.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { detachSocket, type StreamSocket } from '../io/stream-socket.ts';
import type { HttpGate, Refusal } from './kea-http-gate.ts';
import { refuseBare } from './kea-http-refusal.ts';
import type { RefusalLog } from './refusal-log.ts';

export interface HttpUpgrade {
  /** The token of the protocol, in lower case. */
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
      ? { status: 400, reason: 'Bad Request: an upgrade must be the first request of its connection' }
      : (gate.judgeUpgrade(request.method, request.headers) ?? this.#judge(offered, request.headers));
    if (refusal !== null || offered === null) this.#refuse(socket, refusal ?? NOT_OFFERED);
    else this.#switch(offered, request.headers, socket, head);
  }

  #judge(offered: HttpUpgrade | null, headers: IncomingHttpHeaders): Refusal | null {
    if (offered === null || headers.upgrade?.toLowerCase() !== offered.protocol) return NOT_OFFERED;
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
    let stream: StreamSocket;
    try {
      stream = detachSocket(socket, Buffer.from(answer));
    } catch (error) {
      this.#parts.refused({
        status: 503,
        reason: (error as Error).message,
        remote: socket.remoteAddress ?? '',
      });
      return void socket.destroy();
    }
    this.#open++;
    offered.opened(this.#counted(stream), headers, head);
  }

  #counted({ fd, remote, close, reset }: StreamSocket): StreamSocket {
    let isOpen = true;
    const counted = (end: () => void) => () => {
      if (isOpen) this.#open--;
      isOpen = false;
      end();
    };
    return { fd, remote, close: counted(close), reset: counted(reset) };
  }
}

const NOT_OFFERED: Refusal = {
  status: 400,
  reason: 'Bad Request: connections of this port become nothing of that kind',
};
