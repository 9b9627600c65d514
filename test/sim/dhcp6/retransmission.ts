/** How long a client waits for an answer before it asks again (RFC 8415 sections 7.6 and 15). */
import type { Random } from '../random.ts';

/** Times in seconds; 0 = there is no such limit. */
interface Parameters {
  /** IRT: the first wait. */
  readonly first: number;
  /** MRT: no wait is longer. */
  readonly longest: number;
  /** MRC: so often. */
  readonly tries: number;
  /** MRD: so long in all. */
  readonly duration: number;
}

/** What a client waits for. */
export type Asking =
  | 'soliciting'
  | 'requesting'
  | 'confirming'
  | 'rebooting'
  | 'renewing'
  | 'rebinding'
  | 'releasing'
  | 'declining';

/** SOL_MAX_RT is that of RFC 3315: within an hour nobody could see that all clients are served again. */
export const RETRANSMISSION: Readonly<Record<Asking, Parameters>> = {
  soliciting: { first: 1, longest: 120, tries: 0, duration: 0 },
  requesting: { first: 1, longest: 30, tries: 10, duration: 0 },
  confirming: { first: 1, longest: 4, tries: 0, duration: 10 },
  rebooting: { first: 1, longest: 4, tries: 0, duration: 10 },
  renewing: { first: 10, longest: 600, tries: 0, duration: 0 },
  rebinding: { first: 10, longest: 600, tries: 0, duration: 0 },
  releasing: { first: 1, longest: 0, tries: 4, duration: 0 },
  declining: { first: 1, longest: 0, tries: 4, duration: 0 },
};

const SPREAD = 0.1;

/** @param previousSec the wait before, 0 = there was none */
export function nextWaitSec(asking: Asking, previousSec: number, random: Random): number {
  const { first, longest } = RETRANSMISSION[asking];
  const spread = (random.next() * 2 - 1) * SPREAD;
  // The first wait for an ADVERTISE is longer than IRT. [RFC8415 18.2.1]
  if (previousSec === 0) return first * (1 + (asking === 'soliciting' ? Math.abs(spread) : spread));
  const waitSec = previousSec * (2 + spread);
  return longest > 0 && waitSec > longest ? longest * (1 + spread) : waitSec;
}
