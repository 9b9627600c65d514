/** The checks that precede every decision by the partner's state, in their fixed order. */
import { SKEW_MAX_SEC } from '../../lease/precedence.ts';
import { clockSkewSec, isInterrupted, isSkewWarningDue } from './communication.ts';
import type { PartnerState } from './model.ts';
import { seconds } from './phrases.ts';
import { isRejectedLimitReached, purgeRejected } from './rejected.ts';
import { log, type Run, STAY, transition, type View } from './run.ts';
import { isFailureDetected } from './unacked-clients.ts';

/**
 * Runs the checks, then the state's own decision.
 * @param decide by the partner's state; called only when nothing more urgent applies
 */
export function guarded(run: Run, decide: (run: Run) => boolean): boolean {
  if (run.state.paused) return STAY;
  const fatal = terminationReason(run);
  if (fatal !== null) return transition(run, 'terminated', fatal);
  if (isPartnerStateInvalid(run)) {
    return transition(
      run,
      'waiting',
      `the partner is ${run.state.communication.partnerState}, which is impossible in ${run.setup.config.mode} mode`,
    );
  }
  return decide(run);
}

/** Why the relationship must end, or null. Warns of clocks that drift apart on the way. */
export function terminationReason(run: Run): string | null {
  const { state, setup, nowMs } = run;
  const skewSec = clockSkewSec(state.communication);
  if (isSkewWarningDue(state.communication, nowMs)) {
    state.communication = { ...state.communication, skewWarnedMs: nowMs };
    log(run, 'TDM_HA_CLOCK_SKEW', { skewSec, maxSec: SKEW_MAX_SEC });
  }
  if (Math.abs(skewSec) > SKEW_MAX_SEC)
    return `the clocks are ${Math.abs(skewSec)} s apart, more than ${SKEW_MAX_SEC} s`;
  purge(run);
  if (!isRejectedLimitReached(state.rejected, setup.config)) return null;
  return `the partner rejected updates of ${state.rejected.records.size} clients, the limit is ${setup.config.maxRejectedLeaseUpdates}`;
}

/** A normal state of another mode: the two configurations disagree. */
export function isPartnerStateInvalid(view: View): boolean {
  const { mode } = view.setup.config;
  const partner: PartnerState = view.state.communication.partnerState;
  if (partner === 'hot-standby') return mode !== 'hot-standby';
  if (partner === 'load-balancing' || partner === 'communication-recovery') return mode !== 'load-balancing';
  return false;
}

/**
 * Whether an unavailable partner is to be taken for dead. Silence alone decides where no traffic can be watched: on the
 * hot-standby primary, whose partner answers nobody, and while the service is off.
 */
export function isPartnerDown(view: View): boolean {
  const { state, setup } = view;
  if (!isInterrupted(state.communication, setup.config, view.nowMs)) return false;
  return !watchesTraffic(view) || isFailureDetected(state.unacked, setup.config);
}

/** Whether unanswered clients are what decides. */
export function watchesTraffic(view: View): boolean {
  const { config, own } = view.setup;
  return view.serviceOn && (config.mode === 'load-balancing' || own.role === 'standby');
}

/** Why `isPartnerDown` says yes. */
export function partnerDownReason(view: View): string {
  const { state, setup } = view;
  const silentMs = view.nowMs - state.communication.lastContactMs;
  const silence = `no good heartbeat for ${seconds(silentMs)}, the limit is ${seconds(setup.config.maxResponseDelayMs)}`;
  if (!watchesTraffic(view) || setup.config.maxUnackedClients === 0) return silence;
  return `${silence}; ${state.unacked.unacked.size} clients unanswered, the limit is ${setup.config.maxUnackedClients}`;
}

function purge(run: Run): void {
  const { state } = run;
  const before = state.rejected.records.size;
  state.rejected = purgeRejected(state.rejected, run.nowMs);
  if (before > 0 && state.rejected.records.size === 0)
    run.effects.push({ kind: 'track-confirmed', on: false });
}
