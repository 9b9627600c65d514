/** Where a load client stands in the network: what it hears by, and its way out. */
import type { DatagramReceiver } from '../io/mmsg.ts';
import type { Outlet } from './outlet.ts';

/** Room for a datagram that is received. */
export const SLOT_BYTES = 2048;
/** Datagrams a call. */
export const SLOTS = 64;
export const RECEIVE_BUFFER_BYTES = 8 << 20;

export interface Ground {
  readonly fd: number;
  /** Receives into `memory`, datagram i at `i * SLOT_BYTES`. */
  readonly receiver: DatagramReceiver;
  readonly memory: Uint8Array;
  readonly outlet: Outlet;
  /** Who sent datagram i of the last burst: its position in the options, or -1 = nobody we know. */
  serverOf(i: number): number;
  close(): void;
}
