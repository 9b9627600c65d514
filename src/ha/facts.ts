/** Sentences with numbers that several states share when they tell what they wait for. */
import { clockSkewSec, isInterrupted, SKEW_MAX_SEC } from './communication.ts';
import { watchesTraffic } from './guards.ts';
import type { View } from './run.ts';
import { unackedClientsLeft } from './unacked-clients.ts';

/** What must happen for partner-down, or nothing while the partner answers. */
export function towardsPartnerDown(view: View): readonly string[] {
  const { state, setup, nowMs } = view;
  if (state.communication.partnerState !== 'unavailable') return [];
  const silentMs = Math.round(nowMs - state.communication.lastContactMs);
  const { maxResponseDelayMs, maxUnackedClients, maxAckDelayMs } = setup.config;
  if (!isInterrupted(state.communication, setup.config, nowMs))
    return [`partner-down: the partner is silent for ${silentMs} ms of ${maxResponseDelayMs} ms`];
  if (!watchesTraffic(view) || maxUnackedClients === 0)
    return ['partner-down: the partner is silent long enough, the next heartbeat decides'];
  const left = unackedClientsLeft(state.unacked, setup.config);
  if (left === 0) return ['partner-down: enough clients are unanswered, the next heartbeat decides'];
  return [
    `partner-down: ${left} more clients of the partner must ask for longer than ${maxAckDelayMs} ms without an answer; ` +
      `${state.unacked.unacked.size} do so far, ${state.unacked.analyzedCount} queries were looked at`,
  ];
}

/** How far the machine is from ending the relationship. */
export function towardsTerminated(view: View): readonly string[] {
  const { state, setup } = view;
  const lines: string[] = [];
  const skewSec = clockSkewSec(state.communication);
  if (skewSec !== 0)
    lines.push(`terminated: the clocks are ${Math.abs(skewSec)} s apart, the limit is ${SKEW_MAX_SEC} s`);
  const { size } = state.rejected.records;
  const max = setup.config.maxRejectedLeaseUpdates;
  if (size > 0 && max > 0)
    lines.push(`terminated: the partner rejected updates of ${size} clients, the limit is ${max}`);
  return lines;
}

/** A maintenance that the other side has begun is followed. */
export const FOLLOWS_MAINTENANCE =
  'partner-in-maintenance or in-maintenance: as soon as the partner reports the other of the two';
