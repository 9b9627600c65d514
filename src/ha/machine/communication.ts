/**
 * What is known of the partner: its state, when it last answered, how far the clocks are apart. Only a good heartbeat
 * and a complete synchronization count as contact; a confirmed lease update does not, because it says nothing of the
 * partner's state.
 */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { HeartbeatReport, PartnerState } from './model.ts';
import { NO_PARTNER_UNSENT, type PartnerUnsent, reportUnsent } from './unsent.ts';

export interface Communication {
  readonly partnerState: PartnerState;
  /** Monotonic ms of the last change of `partnerState`. */
  readonly partnerStateSinceMs: number;
  /** Monotonic ms of the last good heartbeat, or of the start. */
  readonly lastContactMs: number;
  readonly partnerScopes: readonly string[];
  /** Both clocks at the last good heartbeat, Unix seconds; null while the partner is unavailable. */
  readonly clocks: { readonly partnerSec: number; readonly ownSec: number } | null;
  /** Monotonic ms of the last warning about the clocks. */
  readonly skewWarnedMs: number | null;
  readonly partnerUnsent: PartnerUnsent;
}

/** Clocks further apart than this are worth a warning. */
const SKEW_WARN_SEC = 30;
/** At most one warning about the clocks in this time. */
const SKEW_WARN_INTERVAL_MS = 60_000;

export function noCommunication(nowMs: number): Communication {
  return {
    partnerState: 'unknown',
    partnerStateSinceMs: nowMs,
    lastContactMs: nowMs,
    partnerScopes: [],
    clocks: null,
    skewWarnedMs: null,
    partnerUnsent: NO_PARTNER_UNSENT,
  };
}

/** A good heartbeat: contact, and everything the reply says. */
export function heardFrom(
  before: Communication,
  report: HeartbeatReport,
  nowMs: number,
  nowUtcSec: number,
): Communication {
  return {
    ...withPartnerState(before, report.state, nowMs),
    lastContactMs: nowMs,
    clocks: { partnerSec: report.timeSec, ownSec: nowUtcSec },
    partnerScopes: report.scopes ?? before.partnerScopes,
    partnerUnsent:
      report.unsentUpdates === null
        ? before.partnerUnsent
        : reportUnsent(before.partnerUnsent, report.unsentUpdates),
  };
}

/**
 * The partner has answered every request of a synchronization until now. Heartbeats were not sent meanwhile, and without
 * this the first one to fail after a long synchronization would look like minutes of silence.
 */
export function stillThere(before: Communication, nowMs: number): Communication {
  return { ...before, lastContactMs: nowMs };
}

/** The partner failed to answer. The clocks are forgotten: an old skew must not terminate the machine later. */
export function withoutPartner(before: Communication, nowMs: number): Communication {
  return { ...withPartnerState(before, 'unavailable', nowMs), clocks: null, skewWarnedMs: null };
}

/** The partner told its state by other means than a heartbeat. */
export function withPartnerState(before: Communication, state: PartnerState, nowMs: number): Communication {
  if (before.partnerState === state) return before;
  return { ...before, partnerState: state, partnerStateSinceMs: nowMs };
}

/** No good heartbeat for longer than max-response-delay. */
export function isInterrupted(
  communication: Communication,
  config: HaRelationshipConfig,
  nowMs: number,
): boolean {
  return nowMs - communication.lastContactMs > config.maxResponseDelayMs;
}

/** Partner's clock minus ours in whole seconds; 0 when the partner's is not known. */
export function clockSkewSec(communication: Communication): number {
  return communication.clocks === null ? 0 : communication.clocks.partnerSec - communication.clocks.ownSec;
}

/** Whether a warning about the clocks is due. */
export function isSkewWarningDue(communication: Communication, nowMs: number): boolean {
  if (Math.abs(clockSkewSec(communication)) <= SKEW_WARN_SEC) return false;
  return communication.skewWarnedMs === null || nowMs - communication.skewWarnedMs > SKEW_WARN_INTERVAL_MS;
}
