/**
 * A query that waited in a socket which is gone with the configuration that asked for it: main has read it, and the first
 * shard serves it before all others.
 */
import type { ServerSocket } from '../../engine/query.ts';

export interface HandedQuery {
  /** What was received of it, at most INPUT_STRIDE octets. */
  readonly payload: Uint8Array;
  /** Octets of it as sent. */
  readonly length: number;
  /** The statistics cell of the reason why it is no query, 0 = it may be one. */
  readonly cell: number;
  /** By which it is answered. */
  readonly socket: ServerSocket;
  readonly sourceAddress: number;
  readonly sourcePort: number;
  /** The station that sent the frame; of no meaning where the socket is none of frames. */
  readonly station: Uint32Array;
}
