/** What load-balancing and hot-standby have in common: both servers work and tell each other of every lease. */
import { partnerDownTakes, partnerName, towardsPartnerDown, towardsTerminated } from '../facts.ts';
import { guarded, isPartnerDown, partnerDownReason } from '../guards.ts';
import { endOperation, type Run, STAY, startOperation, transition, type View } from '../run.ts';

/** @param recoversMissedUpdates an unavailable partner's updates are kept for it (communication-recovery) */
export function handleNormal(run: Run, recoversMissedUpdates: boolean): boolean {
  const ended = endOperation(run);
  if (ended?.kind === 'collect' && ended.ok) run.state.collectDue = false;
  if (ended !== null) return STAY;
  return guarded(run, (guardedRun) => decide(guardedRun, recoversMissedUpdates));
}

/** @param recoversMissedUpdates as for `handleNormal` */
export function normalWaitsFor(view: View, recoversMissedUpdates: boolean): readonly string[] {
  const { partnerState } = view.state.communication;
  const name = partnerName(view);
  if (partnerState === 'unavailable') {
    const back = `${view.state.name}: ${name} must answer a heartbeat`;
    return [back, ...towardsPartnerDown(view), ...towardsTerminated(view)];
  }
  const failure = recoversMissedUpdates
    ? 'the first heartbeat or update that fails leads to communication-recovery'
    : partnerDownTakes(view);
  return [`nothing while ${name} answers: ${failure}`, ...towardsTerminated(view)];
}

function decide(run: Run, recoversMissedUpdates: boolean): boolean {
  const partner = run.state.communication.partnerState;
  switch (partner) {
    case 'partner-down':
      return transition(run, 'waiting', 'the partner is partner-down: it has leases that are missing here');
    case 'in-maintenance':
      return transition(run, 'partner-in-maintenance', 'the partner is in-maintenance');
    case 'partner-in-maintenance':
      return transition(run, 'in-maintenance', 'the partner is partner-in-maintenance');
    case 'terminated':
      return transition(run, 'terminated', 'the partner is terminated');
    case 'unavailable':
      if (isPartnerDown(run)) return transition(run, 'partner-down', partnerDownReason(run));
      if (!recoversMissedUpdates) return STAY;
      return transition(
        run,
        'communication-recovery',
        'the partner is unavailable, its updates are kept for it',
      );
    default:
      remindOfSync(run);
      collect(run);
      return STAY;
  }
}

/** Fetches, while both serve, what a partner without a gift for it may have kept to itself. */
function collect(run: Run): void {
  const { state, event, setup } = run;
  if (!state.collectDue || state.operation !== null || event.kind !== 'heartbeat-answered') return;
  if (state.communication.partnerState === setup.normalState) startOperation(run, 'collect');
}

/**
 * A Kea that takes a reset while it sends its own backlog goes back to its normal state when that is done, and never
 * synchronizes. It is reset once more: now nothing is in the way.
 */
function remindOfSync(run: Run): void {
  const { state, event, setup } = run;
  if (!state.partnerOwesSync || state.operation !== null) return;
  if (event.kind !== 'heartbeat-answered' || state.communication.partnerState !== setup.normalState) return;
  state.partnerOwesSync = false;
  startOperation(run, 'reset');
}
