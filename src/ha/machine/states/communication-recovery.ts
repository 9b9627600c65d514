/**
 * communication-recovery: the partner cannot be reached but may well be alive. Each server answers its share and keeps
 * the updates for the other. When the partner is back it gets them all; if that is not possible it is told to
 * synchronize from the beginning (ha-reset), and so does this server.
 */

import { isInterrupted } from '../communication.ts';
import { partnerName, towardsPartnerDown, towardsTerminated } from '../facts.ts';
import { guarded, isPartnerDown, partnerDownReason } from '../guards.ts';
import { counted } from '../phrases.ts';
import {
  endOperation,
  type Run,
  STAY,
  type StateLogic,
  startOperation,
  transition,
  type View,
} from '../run.ts';

export const communicationRecovery: StateLogic = {
  handle(run) {
    const ended = endOperation(run);
    if (ended?.kind === 'reset') return afterReset(run, ended.ok);
    if (ended?.ok === false) run.state.backlogLost = true;
    return guarded(run, decide);
  },

  waitsFor: (view) => [recovery(view), ...towardsPartnerDown(view), ...towardsTerminated(view)],
};

function decide(run: Run): boolean {
  const partner = run.state.communication.partnerState;
  switch (partner) {
    case 'in-maintenance':
      return transition(run, 'partner-in-maintenance', 'the partner is in-maintenance');
    case 'partner-in-maintenance':
      return transition(run, 'in-maintenance', 'the partner is partner-in-maintenance');
    case 'partner-down':
      return transition(run, 'waiting', 'the partner is partner-down: it has leases that are missing here');
    case 'terminated':
      return transition(run, 'terminated', 'the partner is terminated');
    case 'unavailable':
      return isPartnerDown(run) ? transition(run, 'partner-down', partnerDownReason(run)) : STAY;
    case 'load-balancing':
    case 'communication-recovery':
      return isCut(run) ? STAY : recover(run);
    case 'waiting':
    case 'syncing':
    case 'ready':
      // The partner synchronizes anyway; only when updates were lost must this server do so too.
      if (isCut(run) || !isLost(run)) return STAY;
      return transition(run, 'waiting', 'updates for the partner were lost while it restarted');
    default:
      return isCut(run)
        ? STAY
        : transition(run, 'waiting', `the partner is ${partner}, which was not expected`);
  }
}

/** For ha-why: the way back to the partner. */
function recovery(view: View): string {
  const { operation, communication } = view.state;
  const name = partnerName(view);
  const { length } = view.backlog;
  const kept = counted(length, 'kept update');
  if (operation?.kind === 'backlog') return `load-balancing: ${name} is being sent ${kept}`;
  if (operation?.kind === 'reset') return `waiting: ${name} was sent ha-reset and has not answered yet`;
  const isAway = communication.partnerState === 'unavailable' || isCut(view);
  const first = isAway ? `${name} must answer a heartbeat` : `${name} is ${communication.partnerState}`;
  const isRestarting = !isAway && ['waiting', 'syncing', 'ready'].includes(communication.partnerState);
  if (isLost(view))
    return isRestarting
      ? `waiting: ${first} and updates for it were lost; the next heartbeat decides`
      : `waiting: ${first}; updates for it were lost, it must take ha-reset`;
  const then = length === 0 ? 'no update is kept for it' : `then it must take ${kept}`;
  if (isRestarting) return `load-balancing: ${first} and must become load-balancing; ${then}`;
  return `load-balancing: ${first}; ${then}`;
}

/** Brings the partner up to date: the backlog, else a reset. One thing at a time is under way. */
function recover(run: Run): boolean {
  if (run.state.operation !== null) return STAY;
  if (isLost(run)) startOperation(run, 'reset');
  else if (run.backlog.length > 0) startOperation(run, 'backlog');
  else return transition(run, 'load-balancing', 'the partner has all updates that were kept for it');
  return STAY;
}

function afterReset(run: Run, accepted: boolean): boolean {
  // Repeated at the next heartbeat: now it would be at once, and as fast as the partner can refuse.
  if (!accepted) return STAY;
  run.state.partnerOwesSync = run.setup.config.syncLeases;
  return transition(run, 'waiting', 'updates for the partner were lost and it was told to synchronize');
}

function isLost(view: View): boolean {
  return view.state.backlogLost || view.backlog.overflown;
}

function isCut(view: View): boolean {
  return isInterrupted(view.state.communication, view.setup.config, view.nowMs);
}
