/**
 * waiting: just started, or reset. Nothing is answered until the partner has said where it stands. When both wait, the
 * primary goes first.
 */
import { towardsPartnerDown } from '../facts.ts';
import { isPartnerDown, isPartnerStateInvalid, partnerDownReason, terminationReason } from '../guards.ts';
import { log, type Run, STAY, type StateLogic, transition, type View } from '../run.ts';

/** A partner that stays terminated this long was not restarted: this server gives up as well. */
const PARTNER_TERMINATED_MAX_MIN = 10;

export const waiting: StateLogic = {
  handle(run) {
    if (run.state.paused) return STAY;
    if (run.setup.own.role === 'backup') return transition(run, 'backup', 'this is a backup server');
    if (run.setup.config.mode === 'passive-backup')
      return transition(run, 'passive-backup', 'the mode is passive-backup');
    const fatal = terminationReason(run);
    if (fatal !== null) return transition(run, 'terminated', fatal);
    // The other states come here for an impossible partner state; here it is waited for a corrected configuration.
    if (isPartnerStateInvalid(run)) {
      log(run, 'TDM_HA_PARTNER_STATE_INVALID', {
        partner: run.state.communication.partnerState,
        mode: run.setup.config.mode,
      });
      return STAY;
    }
    return decide(run);
  },

  waitsFor(view) {
    const partner = view.state.communication.partnerState;
    if (partner === 'unknown') return ['anything: the outcome of the first heartbeat'];
    if (partner === 'unavailable') return towardsPartnerDown(view);
    if (isPartnerStateInvalid(view))
      return [
        `syncing: the partner reports ${partner}, which ${view.setup.config.mode} mode does not know; make the modes equal`,
      ];
    if (partner === 'terminated')
      return [
        `syncing: the partner must be restarted; it has reported terminated for ${terminatedMin(view)} of ` +
          `${PARTNER_TERMINATED_MAX_MIN} minutes, then this server terminates as well`,
      ];
    if (partner === 'syncing') return ['syncing: the partner must finish its own synchronization first'];
    if (partner === 'waiting' && view.setup.own.role !== 'primary')
      return ['syncing: the primary synchronizes first'];
    return [`${nextState(view)}: the next heartbeat`];
  },
};

function decide(run: Run): boolean {
  const partner = run.state.communication.partnerState;
  switch (partner) {
    case 'communication-recovery':
    case 'hot-standby':
    case 'load-balancing':
    case 'in-maintenance':
    case 'partner-down':
    case 'partner-in-maintenance':
    case 'ready':
      return transition(run, nextState(run), `the partner is ${partner} and has the leases`);
    case 'waiting':
      if (run.setup.own.role !== 'primary') return STAY;
      return transition(run, nextState(run), 'both servers wait and the primary goes first');
    case 'terminated':
      if (terminatedMin(run) < PARTNER_TERMINATED_MAX_MIN) return STAY;
      return transition(
        run,
        'terminated',
        `the partner has been terminated for ${terminatedMin(run)} minutes`,
      );
    case 'unavailable':
      return isPartnerDown(run) ? transition(run, 'partner-down', partnerDownReason(run)) : STAY;
    default:
      return STAY;
  }
}

function nextState(view: View): 'syncing' | 'ready' {
  return view.setup.config.syncLeases ? 'syncing' : 'ready';
}

function terminatedMin(view: View): number {
  return Math.floor((view.nowMs - view.state.communication.partnerStateSinceMs) / 60_000);
}
