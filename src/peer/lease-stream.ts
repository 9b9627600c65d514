/** How two servers agree on a lease stream: an HTTP upgrade on the peer port, with the name of who asks. */
import type { IncomingHttpHeaders } from 'node:http';
import type { HaRelationshipConfig } from '../config/ha-model.ts';
import type { Refusal } from '../control/http/gate.ts';
import type { HttpUpgrade } from '../control/http/upgrade.ts';
import type { StreamSocket } from '../io/stream-socket.ts';
import { STREAM_VERSION } from './model.ts';

/** The token of the protocol; between two versions nothing is opened. */
export const LEASE_STREAM = `tandem-lease-stream/${STREAM_VERSION}`;
/** Who asks: a name of the configuration, percent-encoded. */
const NAME_HEADER = 'tandem-server';
/** One a partner, and what a partner that has started again left behind. */
const STREAMS_OPEN_MAX = 8;

/** Owns the connection. @param serverName the peer that opened it, by its own word; @param head octets received already */
export type StreamListener = (serverName: string, socket: StreamSocket, head: Uint8Array) => void;

/** What the peer port makes of a connection. */
export function streamUpgrade(config: HaRelationshipConfig, onStream: StreamListener): HttpUpgrade {
  const names = new Set(config.peers.map(({ name }) => name));
  names.delete(config.thisServerName);
  return {
    protocol: LEASE_STREAM,
    openMax: STREAMS_OPEN_MAX,
    judge: (headers) => judge(headers, names),
    opened: (socket, headers, head) => onStream(nameIn(headers) ?? '', socket, head),
  };
}

/** What a server shows that wants a stream. */
export function streamHeaders(serverName: string): Readonly<Record<string, string>> {
  return { connection: 'Upgrade', upgrade: LEASE_STREAM, [NAME_HEADER]: encodeURIComponent(serverName) };
}

function judge(headers: IncomingHttpHeaders, names: ReadonlySet<string>): Refusal | null {
  const name = nameIn(headers);
  if (name === null) return { status: 400, reason: `Bad Request: ${NAME_HEADER} must name a server` };
  if (names.has(name)) return null;
  return { status: 403, reason: `Forbidden: no peer of this relationship is named ${JSON.stringify(name)}` };
}

function nameIn(headers: IncomingHttpHeaders): string | null {
  const text = headers[NAME_HEADER];
  if (typeof text !== 'string') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
