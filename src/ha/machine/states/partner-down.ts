/**
 * partner-down: the partner is taken for dead and its clients are served too. When it is back it synchronizes and
 * becomes ready; this server then returns to the normal state. Leases that were given after that synchronization (a
 * heartbeat failed meanwhile, or an administrator had the machine pause) are missing there: it is told to begin again.
 *
 * A partner that synchronizes by the stream gets every lease that is given meanwhile, but nobody waits for it. As soon as it
 * hears of the normal state it gives leases itself, so first it must have those on their way: from when it is ready clients
 * wait for it, and the state changes when it has taken all of before (the hand-over).
 */
import { partnerName, towardsTerminated } from '../facts.ts';
import { guarded } from '../guards.ts';
import { inWords } from '../phrases.ts';
import {
  endOperation,
  type Run,
  STAY,
  type StateLogic,
  setPartnerUpdates,
  setService,
  startOperation,
  transition,
  type View,
} from '../run.ts';
import { failoverScopes } from '../scopes.ts';
import { STATE_TRAITS } from '../traits.ts';
import { hasNewUnsent, NEVER } from '../unsent.ts';

const HELD_FOR_A_HEARTBEAT =
  'the partner has synchronized and would miss new leases; the next heartbeat shows whether it is ready';

export const partnerDown: StateLogic = {
  handle(run) {
    const ended = endOperation(run);
    if (ended === null) return guarded(run, decide);
    if (ended.kind === 'collect') return afterCollect(run, ended.ok);
    if (ended.kind === 'hand-over') return afterHandOver(run, ended.ok);
    // A partner that accepted the reset is complete when it is ready the next time, whether it synchronizes or not.
    if (ended.ok) run.state.syncedUnsent = null;
    return STAY;
  },

  waitsFor(view) {
    const { partnerState } = view.state.communication;
    const name = partnerName(view);
    if (view.state.operation?.kind === 'collect')
      return [`${view.setup.normalState}: the leases that only ${name} has are being fetched`];
    if (view.state.operation?.kind === 'hand-over')
      return [`${view.setup.normalState}: the last leases that were given alone are on their way to ${name}`];
    const held = view.state.syncNotified === null ? [] : [`service on: ${HELD_FOR_A_HEARTBEAT}`];
    const again = hasGivenSinceSync(view) ? ' again, because leases were given since then,' : '';
    return [
      ...held,
      `${view.setup.normalState}: ${name} must come back, synchronize${again} and report ready; it is ${partnerState}`,
      ...missingScopes(view),
      ...towardsTerminated(view),
    ];
  },
};

/** Without auto-failover nobody answers the partner's clients before an administrator says so. */
function missingScopes({ state, setup }: View): readonly string[] {
  const missing = failoverScopes(setup).filter((scope) => !state.scopes.includes(scope));
  if (missing.length === 0) return [];
  return [
    `clients of ${inWords(missing)}: nobody answers them; send ha-scopes with all scopes to this server`,
  ];
}

function decide(run: Run, isHandedOver = false): boolean {
  const { communication } = run.state;
  const partner = communication.partnerState;
  if (partner !== 'ready' && run.state.operation?.kind === 'collect') endCollect(run);
  if (partner !== 'ready' && run.state.operation?.kind === 'hand-over') endHandOver(run);
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
      if (hasGivenSinceSync(run)) {
        if (run.state.operation === null) startOperation(run, 'reset');
        return STAY;
      }
      if (run.state.collectDue && !run.state.collectFailed) {
        if (run.state.operation === null) startCollect(run);
        return STAY;
      }
      if (run.state.isFollowed && !isHandedOver) {
        if (run.state.operation === null) startHandOver(run);
        return STAY;
      }
      return transition(run, run.setup.normalState, 'the partner is ready');
    case 'terminated':
      return transition(run, 'terminated', 'the partner is terminated');
    default:
      // A partner in its normal state has not noticed that it was gone; seeing partner-down here it resets itself.
      return STAY;
  }
}

/**
 * The partner has our leases, but what it gave while it was alone is missing here, and it does not send it by itself.
 * Nobody is answered meanwhile: the partner waits in ready, and would miss every new lease.
 */
function startCollect(run: Run): void {
  startOperation(run, 'collect');
  setService(run, false);
}

/** Back to service; the state that follows, if any, decides anew. */
function endCollect(run: Run): void {
  run.state.operation = null;
  run.state.syncNotified = null;
  setService(run, true);
}

function afterCollect(run: Run, ok: boolean): boolean {
  endCollect(run);
  if (ok) run.state.collectDue = false;
  // A Kea whose pages do not come must not keep the pair apart: it is asked again while both serve.
  else run.state.collectFailed = true;
  return guarded(run, decide);
}

function startHandOver(run: Run): void {
  startOperation(run, 'hand-over');
  setPartnerUpdates(run, 'send');
}

/** Nobody waits for the partner any more; the state that follows, if any, decides anew. */
function endHandOver(run: Run): void {
  run.state.operation = null;
  setPartnerUpdates(run, STATE_TRAITS['partner-down'].partnerUpdates);
}

function afterHandOver(run: Run, ok: boolean): boolean {
  endHandOver(run);
  // What the stream has lost with its end the partner lacks.
  if (!ok) run.state.syncedUnsent = NEVER;
  return guarded(run, (guardedRun) => decide(guardedRun, ok));
}

function hasGivenSinceSync({ state, setup }: View): boolean {
  return setup.config.syncLeases && state.syncedUnsent !== null && state.syncedUnsent !== state.unsentUpdates;
}
