/**
 * TLS of an HTTP port: what it shows and demands, how it changes to another certificate while it is open, and what is said
 * of handshakes that fail.
 */
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { explainAlert, explainVerification } from '../../credentials/tls-words.ts';

/** PEM. */
export interface TlsMaterial {
  readonly ca: readonly Buffer[];
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface KeaHttpTls extends TlsMaterial {
  /** True: a client without a certificate from `ca` is turned away in the handshake. */
  readonly requireClientCerts: boolean;
}

export function tlsSettings(tls: KeaHttpTls) {
  return {
    ...secureContextOptions(tls),
    requestCert: tls.requireClientCerts,
    rejectUnauthorized: tls.requireClientCerts,
  };
}

/** What changes with the certificate; sessions of the one before are not resumed, for they have another ticket key. */
export function secureContextOptions({ ca, cert, key }: TlsMaterial) {
  return { ca: [...ca], cert, key };
}

/**
 * Tells connections that were made with the certificate of before. They are not cut, a request may be on its way: the answer
 * to their next one says that the connection ends with it. A client that does not speak of its connections is left alone:
 * Kea does not read what is said of them, and takes the server for gone when it meets the end of one under TLS 1.3; what it
 * has stays good until it closes it.
 */
export class Drain {
  #fresh = new WeakSet<Socket>();
  #hasBegun = false;

  /** To be called before the server listens. */
  constructor(server: Server) {
    server.on('secureConnection', (socket: Socket) => this.#fresh.add(socket));
  }

  /** All connections up to now are old. */
  begin(): void {
    this.#fresh = new WeakSet();
    this.#hasBegun = true;
  }

  /** Whether the connection of a request is to end with its answer. */
  ends({ socket, headers }: IncomingMessage): boolean {
    return this.#hasBegun && headers.connection !== undefined && !this.#fresh.has(socket);
  }
}

/**
 * Why there is no TLS session, or null when the error is about something else. Of a certificate that is not trusted Node
 * tells by closing the connection, and has no address of it any more.
 */
export function handshakeProblem(
  error: NodeJS.ErrnoException & { readonly reason?: string },
  socket: Socket,
): string | null {
  const { authorizationError } = socket as TLSSocket;
  if (authorizationError)
    return `the client's certificate is not trusted (${authorizationError})${explainVerification(String(authorizationError), 'the client')}`;
  if (!/^ERR_(SSL|TLS)_/.test(error.code ?? '')) return null;
  return `TLS: ${error.reason ?? error.message}${explainAlert(error.code ?? '', 'the client')}`;
}
