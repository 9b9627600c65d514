/**
 * What two ends of a TLS 1.3 session have in common and nobody else knows: secrets for octets that go on by the same connection
 * when the session is left behind (RFC 8446 7.5, RFC 5705).
 */
import type { TLSSocket } from 'node:tls';

/** Of what may be exported by this program; the protocol that goes on is the context. */
const LABEL = 'EXPORTER-tandem-upgrade';
export const SECRET_BYTES = 32;
/** Before it, exported keys are bound to the session only with extensions that the other end need not have. */
const TLS_VERSION = 'TLSv1.3';

/** Which end of the session this is. */
export type TlsSide = 'client' | 'server';

/** One secret a direction. */
export interface SessionSecrets {
  readonly ours: Uint8Array<ArrayBuffer>;
  readonly theirs: Uint8Array<ArrayBuffer>;
  /**
   * The client speaks first: until the server has heard from it, the client may still read as TLS. What the server has sent by
   * TLS is all read by then.
   */
  readonly side: TlsSide;
}

/** @returns why this session cannot be left, or null */
export function leavingProblem(session: TLSSocket): string | null {
  const version = session.getProtocol();
  if (version === TLS_VERSION) return null;
  return `the TLS session is of ${version}, a stream needs ${TLS_VERSION}`;
}

/**
 * @param protocol what goes on by the connection, with its version: another one has other secrets
 * @throws Error when the session cannot be left
 */
export function exportSecrets(session: TLSSocket, protocol: string, side: TlsSide): SessionSecrets {
  const problem = leavingProblem(session);
  if (problem !== null) throw new Error(problem);
  const material = session.exportKeyingMaterial(2 * SECRET_BYTES, LABEL, Buffer.from(protocol));
  // Copies: what is sent between threads is the whole memory in which octets stand.
  const ofClient = Uint8Array.from(material.subarray(0, SECRET_BYTES));
  const ofServer = Uint8Array.from(material.subarray(SECRET_BYTES));
  return side === 'client'
    ? { ours: ofClient, theirs: ofServer, side }
    : { ours: ofServer, theirs: ofClient, side };
}
