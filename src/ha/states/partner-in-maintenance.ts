/**
 * partner-in-maintenance: this server serves everything so that the partner can be shut down. Its disappearance is
 * expected, so partner-down follows at once.
 */
import { towardsTerminated } from '../facts.ts';
import { terminationReason } from '../guards.ts';
import { STAY, type StateLogic, transition } from '../run.ts';

export const partnerInMaintenance: StateLogic = {
  handle(run) {
    if (run.state.paused) return STAY;
    const fatal = terminationReason(run);
    if (fatal !== null) return transition(run, 'terminated', fatal);
    if (run.state.communication.partnerState !== 'unavailable') return STAY;
    return transition(run, 'partner-down', 'the partner was shut down for maintenance');
  },

  waitsFor: (view) => [
    'partner-down: the partner must be shut down',
    `${view.state.previous}: or ha-maintenance-cancel`,
    ...towardsTerminated(view),
  ],
};
