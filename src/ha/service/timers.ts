/** Timers as the HA service uses them: one kind, cancelled by the function that starting it returned. */

export interface Timers {
  /** Runs `action` once, `delayMs` from now (0..2^53 ms), unless the returned function is called before. */
  after(delayMs: number, action: () => void): () => void;
}

/** Node runs a timer that is longer than this at once; Kea's delays go up to 2^32 ms. */
const NODE_DELAY_MAX_MS = 0x7fffffff;

/** The event loop's timers; they do not keep the process alive. */
export const systemTimers: Timers = {
  after(delayMs, action) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const nowMs = Math.min(leftMs, NODE_DELAY_MAX_MS);
      handle = setTimeout(() => (leftMs > nowMs ? arm(leftMs - nowMs) : action()), nowMs);
      handle.unref();
    };
    arm(delayMs);
    return () => clearTimeout(handle);
  },
};
