/**
 * partner-down: the partner is taken for dead and its clients are served too. When it is back it synchronizes and
 * becomes ready; this server then returns to the normal state.
 */
import { towardsTerminated } from '../facts.ts';
import { guarded } from '../guards.ts';
import { type Run, STAY, type StateLogic, transition } from '../run.ts';
import { hasNewUnsent } from '../unsent.ts';

export const partnerDown: StateLogic = {
  handle: (run) => guarded(run, decide),

  waitsFor(view) {
    const { partnerState } = view.state.communication;
    const lines = [
      `${view.setup.normalState}: the partner must come back, synchronize and be ready; it is ${partnerState}`,
      ...towardsTerminated(view),
    ];
    if (view.state.syncNotified !== null)
      lines.push(
        'service on: the partner has synchronized, the next heartbeat shows whether it can be reached',
      );
    return lines;
  },
};

function decide(run: Run): boolean {
  const { communication } = run.state;
  const partner = communication.partnerState;
  switch (partner) {
    case 'communication-recovery':
    case 'partner-down':
    case 'partner-in-maintenance':
      return transition(run, 'waiting', `the partner is ${partner}: both servers have given leases`);
    case 'ready':
      if (hasNewUnsent(communication.partnerUnsent)) {
        const { previous, latest } = communication.partnerUnsent;
        return transition(
          run,
          'waiting',
          `the partner gave leases unknown here: its unsent updates went from ${previous} to ${latest}`,
        );
      }
      return transition(run, run.setup.normalState, 'the partner is ready');
    case 'terminated':
      return transition(run, 'terminated', 'the partner is terminated');
    default:
      // A partner in its normal state has not noticed that it was gone; seeing partner-down here it resets itself.
      return STAY;
  }
}
