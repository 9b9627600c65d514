/** What all sockets of the server have in common. */

export interface SocketOptions {
  /** UDP port, 67 by default. */
  readonly port: number;
  readonly shards: number;
}

/** Queries that arrive while a reload stops the shards for a moment: at 50,000 a second, 300 octets each, half a second. */
export const RECEIVE_BUFFER_BYTES = 8 << 20;
