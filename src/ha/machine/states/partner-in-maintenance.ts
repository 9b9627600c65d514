/**
 * partner-in-maintenance: this server serves everything so that the partner can be shut down. Its disappearance is
 * expected, so partner-down follows at once.
 */
import { partnerName, towardsTerminated } from '../facts.ts';
import { terminationReason } from '../guards.ts';
import { stateAfterMaintenance } from '../maintenance.ts';
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
    `partner-down: ${partnerName(view)} must be shut down; the first heartbeat or update that fails decides`,
    `${stateAfterMaintenance(view.state)}: ha-maintenance-cancel, sent to this server`,
    ...towardsTerminated(view),
  ],
};
