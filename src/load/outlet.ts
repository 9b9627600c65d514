/** The way out of a load client: queries gather in slots and leave in bursts; a relay's in one copy for each server. */
import type { QueryOutlet } from './session.ts';

/** Queries a system call. */
export const BATCH = 128;
/** Queries that gather before they leave even in the middle of a turn. */
export const QUEUE_MAX = 256;

export interface Outlet extends QueryOutlet {
  /** Queries that the kernel refused. */
  readonly failed: number;
  /** Hands everything to the kernel. */
  flush(): void;
  /** Closes what it has opened itself. */
  close(): void;
}
