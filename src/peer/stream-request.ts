/** The request by which a connection to a peer becomes a lease stream. Always ends, once. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import { detachSocket, type StreamSocket } from '../io/stream-socket.ts';
import { type ExchangeEnd, RESET_CODES } from './exchange.ts';
import { LEASE_STREAM } from './lease-stream.ts';

export interface StreamRequest {
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** null = no TLS. */
  readonly tls: ConnectionOptions | null;
  readonly timeoutMs: number;
  /** Ends the request while it is under way. */
  readonly signal: AbortSignal;
}

/** `answered`: the peer speaks HTTP and does something else. */
export type StreamEnd =
  | { readonly kind: 'open'; readonly socket: StreamSocket; readonly head: Uint8Array }
  | ExchangeEnd;

const HEADER_BYTES_MAX = 16 * 1024;
/** Of an answer that refuses. */
const ANSWER_BYTES_MAX = 4096;
const SWITCHING_PROTOCOLS = 101;
const CLOSED = 'the client is closed';

export function requestStream({
  host,
  port,
  headers,
  tls,
  timeoutMs,
  signal,
}: StreamRequest): Promise<StreamEnd> {
  if (signal.aborted) return Promise.resolve(failed(CLOSED));
  return new Promise((resolve) => {
    const options = {
      host,
      port,
      method: 'GET',
      path: '/',
      headers,
      agent: false,
      maxHeaderSize: HEADER_BYTES_MAX,
    };
    const request = tls === null ? httpRequest(options) : httpsRequest({ ...options, ...tls });
    let isEnded = false;
    const end = (outcome: StreamEnd): void => {
      if (isEnded) return;
      isEnded = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    const giveUp = (reason: string): void => {
      end(failed(reason));
      request.destroy();
    };
    const abort = (): void => giveUp(CLOSED);
    const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    // Also what comes after the end has to be heard.
    request.on('error', (error: NodeJS.ErrnoException) => {
      const { code = '', message } = error;
      end(failed(code === '' ? message : `${message} (${code})`, code));
    });
    request.once('upgrade', (response, socket, head) => {
      if (isEnded) socket.destroy();
      else end(opened(response, socket, head));
    });
    request.once('response', (response) => readRefusal(response, end, giveUp));
    request.end();
  });
}

/** @param code of the error, which may tell what TLS was about */
function failed(reason: string, code = ''): StreamEnd {
  return { kind: 'failed', reason, code, reset: RESET_CODES.has(code) };
}

function opened(response: IncomingMessage, socket: Socket, head: Uint8Array): StreamEnd {
  socket.on('error', () => {});
  const { statusCode = 0, headers } = response;
  if (statusCode !== SWITCHING_PROTOCOLS || headers.upgrade?.toLowerCase() !== LEASE_STREAM) {
    socket.destroy();
    return failed(`it switches to another protocol (${statusCode})`);
  }
  const isTls = socket instanceof TLSSocket;
  if (isTls && head.length > 0) {
    socket.destroy();
    return failed('octets come behind its answer, over TLS');
  }
  try {
    return { kind: 'open', socket: detachSocket(socket, LEASE_STREAM, 'client'), head };
  } catch (error) {
    return failed((error as Error).message);
  }
}

function readRefusal(
  response: IncomingMessage,
  end: (outcome: StreamEnd) => void,
  giveUp: (reason: string) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) giveUp(`the answer has more than ${ANSWER_BYTES_MAX} bytes`);
    else chunks.push(chunk);
  });
  response.once('error', () => giveUp('the connection broke within the answer'));
  response.once('end', () => {
    end({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    response.socket?.destroy();
  });
}
