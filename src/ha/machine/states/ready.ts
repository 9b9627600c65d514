/** ready: the leases are complete; waits for the moment at which both servers can share the work. */
import { partnerName, towardsPartnerDown, towardsTerminated } from '../facts.ts';
import { guarded, isPartnerDown, partnerDownReason } from '../guards.ts';
import { type Run, STAY, type StateLogic, transition } from '../run.ts';

export const ready: StateLogic = {
  handle: (run) => guarded(run, decide),

  waitsFor(view) {
    const { normalState, own } = view.setup;
    const partner = view.state.communication.partnerState;
    const normal =
      own.role === 'primary'
        ? `${normalState}: ${partnerName(view)} must be ready or ${normalState}; it is ${partner}`
        : `${normalState}: the primary ${partnerName(view)} must be ${normalState} first; it is ${partner}`;
    return [normal, ...towardsPartnerDown(view), ...towardsTerminated(view)];
  },
};

function decide(run: Run): boolean {
  const partner = run.state.communication.partnerState;
  const { normalState, own } = run.setup;
  if (run.state.readyOutdated && run.setup.config.syncLeases)
    return transition(run, 'waiting', 'the partner serves alone anew: it has leases that are missing here');
  switch (partner) {
    case 'hot-standby':
    case 'load-balancing':
    case 'communication-recovery':
      return transition(run, normalState, `the partner is ${partner}`);
    case 'ready':
      if (own.role !== 'primary') return STAY;
      return transition(run, normalState, 'both servers are ready and the primary goes first');
    case 'in-maintenance':
      return transition(run, 'partner-in-maintenance', 'the partner is in-maintenance');
    case 'partner-in-maintenance':
      return transition(run, 'in-maintenance', 'the partner is partner-in-maintenance');
    case 'terminated':
      return transition(run, 'terminated', 'the partner is terminated');
    case 'unavailable':
      return isPartnerDown(run) ? transition(run, 'partner-down', partnerDownReason(run)) : STAY;
    default:
      return STAY;
  }
}
