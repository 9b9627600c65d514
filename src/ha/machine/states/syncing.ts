/**
 * syncing: takes over the partner's leases. No heartbeats are sent meanwhile, the requests of the synchronization say
 * enough. A failure marks the partner unavailable, so that the next attempt waits for a good heartbeat.
 */
import { partnerName, towardsPartnerDown, towardsTerminated } from '../facts.ts';
import { guarded, isPartnerDown, partnerDownReason } from '../guards.ts';
import { seconds } from '../phrases.ts';
import {
  endOperation,
  type Run,
  STAY,
  type StateLogic,
  startOperation,
  stopHeartbeats,
  transition,
} from '../run.ts';

export const syncing: StateLogic = {
  handle(run) {
    if (run.state.operation === null) return guarded(run, decide);
    // What was learned of the partner meanwhile is the business of ready.
    if (endOperation(run)?.ok) return transition(run, 'ready', 'the leases were synchronized');
    return STAY;
  },

  waitsFor(view) {
    const name = partnerName(view);
    if (view.state.operation !== null)
      return [
        `ready: the leases of ${name} are being fetched; this state has lasted ${seconds(view.nowMs - view.state.sinceMs)}`,
      ];
    if (view.state.communication.partnerState !== 'unavailable')
      return [
        `ready: the leases of ${name} are fetched from the next heartbeat on`,
        ...towardsTerminated(view),
      ];
    return [
      `ready: ${name} must answer a heartbeat, then its leases are fetched`,
      ...towardsPartnerDown(view),
    ];
  },
};

function decide(run: Run): boolean {
  const partner = run.state.communication.partnerState;
  if (partner === 'terminated') return transition(run, 'terminated', 'the partner is terminated');
  if (partner === 'unavailable')
    return isPartnerDown(run) ? transition(run, 'partner-down', partnerDownReason(run)) : STAY;
  stopHeartbeats(run);
  startOperation(run, 'sync');
  return STAY;
}
