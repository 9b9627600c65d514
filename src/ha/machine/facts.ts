/** Sentences with numbers that several states share when they tell what they wait for. */
import { SKEW_MAX_SEC } from '../../lease/precedence.ts';
import { clockSkewSec, isInterrupted } from './communication.ts';
import { watchesTraffic } from './guards.ts';
import { counted, seconds, secondsOf } from './phrases.ts';
import type { View } from './run.ts';
import { clientsWithoutWait, isFailureDetected, unackedClientsLeft } from './unacked-clients.ts';

/** The clocks of two good servers differ a little; half way to the end it is worth a word. */
const SKEW_WORTH_TELLING_SEC = SKEW_MAX_SEC / 2;

/** The partner's name; it has one wherever a state asks for it. */
export function partnerName(view: View): string {
  return view.setup.partner?.name ?? 'none';
}

/** What must happen for partner-down, or nothing while the partner answers. */
export function towardsPartnerDown(view: View): readonly string[] {
  const { state, setup, nowMs } = view;
  if (state.communication.partnerState !== 'unavailable') return [];
  const { maxResponseDelayMs } = setup.config;
  const silence = `silent ${secondsOf(nowMs - state.communication.lastContactMs, maxResponseDelayMs)}`;
  const interrupted = isInterrupted(state.communication, setup.config, nowMs);
  if (!watchesTraffic(view)) return [decidedBySilence(silence, interrupted)];
  if (setup.config.maxUnackedClients === 0)
    return [`${decidedBySilence(silence, interrupted)} (max-unacked-clients is 0: no client is watched)`];
  if (!interrupted) return [`partner-down: ${silence}, then ${clientsNeeded(view)}`];
  return [`partner-down: ${silence}; ${traffic(view)}`];
}

/** What partner-down takes, told while the partner answers. */
export function partnerDownTakes(view: View): string {
  const { config } = view.setup;
  const silence = `partner-down takes more than ${seconds(config.maxResponseDelayMs)} of silence`;
  if (!watchesTraffic(view) || config.maxUnackedClients === 0) return silence;
  return `${silence} and ${clientsNeeded(view)}`;
}

function decidedBySilence(silence: string, interrupted: boolean): string {
  return interrupted
    ? `partner-down: ${silence}; the next heartbeat decides`
    : `partner-down: ${silence}, nothing else is asked`;
}

function clientsNeeded(view: View): string {
  const { maxUnackedClients, maxAckDelayMs } = view.setup.config;
  return `${maxUnackedClients + 1} of its clients waiting longer than ${seconds(maxAckDelayMs)}`;
}

/** How far the watched clients have come, and why some of them never will. */
function traffic(view: View): string {
  const { unacked } = view.state;
  const { config } = view.setup;
  const seen = `${unacked.unacked.size} of ${counted(config.maxUnackedClients, 'unacked client')}`;
  if (isFailureDetected(unacked, config)) return `${seen}, enough; the next heartbeat decides`;
  const mute = clientsWithoutWait(unacked);
  const parts = [
    `${seen}, ${unackedClientsLeft(unacked, config)} more waiting longer than ${seconds(config.maxAckDelayMs)} decide`,
    `${counted(unacked.analyzedCount, 'query', 'queries')} seen`,
    ...(mute === 0 ? [] : [`${counted(mute, 'client')} told of no wait and cannot count`]),
  ];
  return parts.join('; ');
}

/** How far the machine is from ending the relationship; nothing while nothing points there. */
export function towardsTerminated(view: View): readonly string[] {
  const { state, setup } = view;
  const lines: string[] = [];
  const skewSec = Math.abs(clockSkewSec(state.communication));
  if (skewSec >= SKEW_WORTH_TELLING_SEC)
    lines.push(`terminated: the clocks are ${skewSec} s apart, more than ${SKEW_MAX_SEC} s end the pair`);
  const { size } = state.rejected.records;
  const max = setup.config.maxRejectedLeaseUpdates;
  if (size > 0 && max > 0)
    lines.push(`terminated: the partner rejected updates of ${counted(size, 'client')}, ${max} end the pair`);
  return lines;
}
