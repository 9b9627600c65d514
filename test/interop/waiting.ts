/** Waiting for something to become true in another process: poll it, with a deadline that says what was awaited. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** What is awaited, for the error: "server1 reaches hot-standby". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly pollMs?: number;
}

/**
 * Polls `probe` until it yields something other than null, and returns that.
 * @throws Error naming `what` when the deadline passes; the last failure of `probe` is its cause.
 */
export async function until<T>(patience: Patience, probe: () => T | null | Promise<T | null>): Promise<T> {
  const deadline = performance.now() + patience.timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== null) return found;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${patience.timeoutMs} ms in vain: ${patience.what}`, { cause: lastError });
    }
    await sleep(patience.pollMs ?? 50);
  }
}
