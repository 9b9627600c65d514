/**
 * waiting: just started, or reset. Nothing is answered until the partner has said where it stands. When both wait, the
 * primary goes first.
 */
import { partnerName, towardsPartnerDown, towardsTerminated } from '../facts.ts';
import { isPartnerDown, isPartnerStateInvalid, partnerDownReason, terminationReason } from '../guards.ts';
import { isOutOfService } from '../lease-storage.ts';
import { log, type Run, STAY, type StateLogic, transition, type View } from '../run.ts';

/** A partner that stays terminated this long was not restarted: this server gives up as well. */
const PARTNER_TERMINATED_MAX_MIN = 10;

export const waiting: StateLogic = {
  handle(run) {
    if (run.state.paused || run.state.storageFails) return STAY;
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
    if (isOutOfService(view.state))
      return [
        'the lease file must take leases again; what it lacks stands in the log (TDM_JOURNAL_FAILING, TDM_JOURNAL_STALLED)',
      ];
    if (view.setup.partner === null) return ['the usual state of this server: the next event'];
    const what = `${nextState(view)}: ${condition(view)}`;
    return [what, ...towardsPartnerDown(view), ...towardsTerminated(view)];
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
      return isToldAnew(run) && isPartnerDown(run)
        ? transition(run, 'partner-down', partnerDownReason(run))
        : STAY;
    default:
      return STAY;
  }
}

/** Whether the silence is one of this state: a partner that was silent before may have sent the reset that led here. */
function isToldAnew({ event, state }: Run): boolean {
  return event.kind === 'heartbeat-failed' && event.sentMs >= state.sinceMs;
}

/** What the way on takes, by what is known of the partner. */
function condition(view: View): string {
  const partner = view.state.communication.partnerState;
  const name = partnerName(view);
  switch (partner) {
    case 'unknown':
      return view.setup.config.heartbeatDelayMs === 0
        ? `nothing is learned of ${name}, because heartbeats are switched off (heartbeat-delay 0)`
        : `the first heartbeat to ${name} must be answered`;
    case 'unavailable':
      return `${name} must answer a heartbeat`;
    case 'terminated':
      return (
        `${name} must be restarted; it has been terminated for ${terminatedMin(view)} of ` +
        `${PARTNER_TERMINATED_MAX_MIN} minutes, then this server is terminated as well`
      );
    case 'syncing':
      return `${name} must end its own synchronization first`;
    case 'backup':
    case 'passive-backup':
      return `${name} reports ${partner}, which no partner can be; compare the configurations`;
    default:
      if (isPartnerStateInvalid(view))
        return `${name} reports ${partner}, which does not exist in ${view.setup.config.mode} mode; make the modes equal`;
      if (partner === 'waiting' && view.setup.own.role !== 'primary')
        return `the primary ${name} goes first; it is waiting`;
      return `${name} is ${partner}; the next heartbeat goes on`;
  }
}

function nextState(view: View): 'syncing' | 'ready' {
  return view.setup.config.syncLeases ? 'syncing' : 'ready';
}

function terminatedMin(view: View): number {
  return Math.floor((view.nowMs - view.state.communication.partnerStateSinceMs) / 60_000);
}
