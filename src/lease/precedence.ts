/**
 * Which of two leases stands when two servers of a pair hold different ones at one address, whatever the family. What
 * happened to an address last is told by its cltt: the engine never lets it go back, and lets it grow whenever the address
 * changes hands.
 */
import { INFINITE_LIFETIME_SEC, LeaseState } from './state.ts';

/** How far a cltt may be ahead of our clock: the clocks of a pair, 60 s at most, and some changes in one second. */
export const CLTT_AHEAD_MAX_SEC = 120;

/** Clocks further apart than this, in seconds, make the leases of the two servers incomparable. */
export const SKEW_MAX_SEC = 60;

/** `same`: they differ in nothing that a server would act on. */
export type Standing = 'same' | 'ours' | 'theirs';

/** What of a record tells when its lease began and ends; see the `LeaseRecord` of a family. */
export interface TimedRecord {
  readonly validLifetimeSec: number;
  readonly expireSec: number;
  readonly state: number;
}

/** How a family compares two records at one address. */
export interface RecordLikeness<Record> {
  /** Whether they differ in nothing that a server would act on. */
  readonly isSame: (a: Record, b: Record) => boolean;
  readonly isSameClient: (a: Record, b: Record) => boolean;
}

/**
 * Compares our lease at an address with the other server's.
 *
 * The later cltt stands. Of two clients, and within one second, a lease in force stands before one that is over, because an
 * address that is held for nobody does less harm than one that two clients hold: two servers that both were alone may have
 * given it to both, and that one of them has left it ends nothing for the other. Otherwise theirs stands: the other server
 * was serving while this one was away.
 */
export function standingOf<Record extends TimedRecord>(
  ours: Record,
  theirs: Record,
  nowSec: number,
  { isSame, isSameClient }: RecordLikeness<Record>,
): Standing {
  const oursSec = clttOf(ours);
  const theirsSec = clttOf(theirs);
  if (isAhead(oursSec, nowSec)) return isSame(ours, theirs) ? 'same' : 'theirs';
  if (oursSec === theirsSec && isSame(ours, theirs)) return 'same';
  const isOursInForce = isRecordInForce(ours, nowSec);
  const isOneOver = isOursInForce !== isRecordInForce(theirs, nowSec);
  if (isOneOver && (oursSec === theirsSec || !isSameClient(ours, theirs)))
    return isOursInForce ? 'ours' : 'theirs';
  return oursSec > theirsSec ? 'ours' : 'theirs';
}

/** Whether a cltt is of a clock that was set back: it says nothing any more, and the other server has a better one. */
export function isAhead(clttSec: number, nowSec: number): boolean {
  return clttSec - nowSec > CLTT_AHEAD_MAX_SEC;
}

/** The client's last transaction time of a record, Unix seconds. */
export function clttOf({ expireSec, validLifetimeSec }: TimedRecord): number {
  return expireSec - validLifetimeSec;
}

/** Whether the lease of a record keeps its address from other clients at `nowSec` (Unix seconds). */
export function isRecordInForce(
  { expireSec, state, validLifetimeSec }: TimedRecord,
  nowSec: number,
): boolean {
  const isHeld =
    state === LeaseState.assigned || state === LeaseState.declined || state === LeaseState.registered;
  if (!isHeld) return false;
  return validLifetimeSec === INFINITE_LIFETIME_SEC || expireSec > nowSec;
}

/**
 * Whether a client had one of its leases clearly after the other one. Each may have been given by another clock, or by one that was
 * set back since; a lease too many runs out by itself, one that a client relies on must not go.
 */
export function isLaterByFar(
  { clttSec }: { readonly clttSec: number },
  than: { readonly clttSec: number },
  nowSec: number,
): boolean {
  return clttSec - than.clttSec > SKEW_MAX_SEC && !isAhead(clttSec, nowSec);
}
