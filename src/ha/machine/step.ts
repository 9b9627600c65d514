/**
 * The state machine of the pair as one pure function: no clock, no I/O, no logger, and the state it is given is never
 * changed. What is to be done comes back as effects, in order; service.ts performs them.
 *
 * An event stays pending across transitions: the new state decides as well, until a state stays where it is. One
 * heartbeat can thus lead from waiting through syncing to the start of a synchronization.
 */
import { CLIENT_ID_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { applyEvent } from './apply.ts';
import { isInterrupted, noCommunication } from './communication.ts';
import { standDown } from './lease-storage.ts';
import type { HaEffect, HaEvent, MachineState } from './model.ts';
import { boundRejected, noRejectedClients } from './rejected.ts';
import { openRun, type Run, setService } from './run.ts';
import type { HaSetup } from './setup.ts';
import { STATES } from './states/table.ts';
import { STATE_TRAITS } from './traits.ts';
import { boundUnacked, noUnackedClients } from './unacked-clients.ts';

/** More than there are states: no chain of transitions visits one twice for one event. */
const HANDLERS_MAX = 16;

export interface Step {
  readonly state: MachineState;
  readonly effects: readonly HaEffect[];
}

/** The machine before its first event, which must be `started`. */
export function initialState(setup: HaSetup, nowMs: number): MachineState {
  return {
    setup,
    name: 'waiting',
    previous: 'waiting',
    sinceMs: nowMs,
    reason: 'the server was started',
    paused: false,
    pausesUsed: [],
    scopes: [],
    partnerUpdates: 'withhold',
    heartbeats: false,
    operation: null,
    operationCount: 0,
    backlogLost: false,
    partnerOwesSync: false,
    collectDue: false,
    collectFailed: false,
    syncNotified: null,
    isFollowed: false,
    syncedUnsent: null,
    readyOutdated: false,
    observing: false,
    communication: noCommunication(nowMs),
    unacked: noUnackedClients(setup.config),
    rejected: noRejectedClients(setup.config),
    refused: { leases: 0, reason: '' },
    storageFails: false,
    partnerClientIdMax: CLIENT_ID_BYTES_MAX,
    unsentUpdates: 0n,
  };
}

/** The machine in the same state with other settings. Bounds that follow from them hold at once. */
export function withSetup(state: MachineState, setup: HaSetup): MachineState {
  const { config } = setup;
  return {
    ...state,
    setup,
    unacked: boundUnacked(state.unacked, config),
    rejected: boundRejected(state.rejected, config),
  };
}

/**
 * Advances the machine by one event.
 * @param handlersMax 1 runs exactly one state's logic, as Kea's own tests do
 * @returns the next state and what is to be done, in order; never throws
 */
export function step(state: MachineState, event: HaEvent, handlersMax: number = HANDLERS_MAX): Step {
  const run = openRun(state, event);
  const extent = applyEvent(run);
  const limit = extent === 'through' ? handlersMax : extent === 'once' ? 1 : 0;
  for (let count = 0; count < limit && STATES[run.state.name].handle(run); count++);
  standDown(run);
  resolveSyncNotified(run);
  updateObserving(run);
  return { state: run.state, effects: run.effects };
}

/**
 * The hold that sync-complete-notify put on the service in partner-down ends with the next heartbeat: by a transition
 * when the partner is ready, else here, because clients must not be left alone for a partner that does not come. A
 * partner that is still on its way from syncing to ready gets one heartbeat more.
 */
function resolveSyncNotified(run: Run): void {
  const { event, state } = run;
  const notified = state.syncNotified;
  // While the partner's leases are fetched, the service stays off for that.
  if (notified === null || state.operation?.kind === 'collect') return;
  if (event.kind !== 'heartbeat-answered' && event.kind !== 'heartbeat-failed') return;
  if (event.sentMs < notified.atMs) return;
  if (event.kind === 'heartbeat-answered' && event.report.state === 'syncing' && !notified.spared) {
    state.syncNotified = { ...notified, spared: true };
    return;
  }
  state.syncNotified = null;
  setService(run, true);
}

function updateObserving(run: Run): void {
  const { state, setup } = run;
  // Where no heartbeats are sent, silence says nothing: in terminated, and during a synchronization.
  const listens = STATE_TRAITS[state.name].heartbeats !== 'stop' && state.operation?.kind !== 'sync';
  const observing =
    setup.partner !== null && listens && isInterrupted(state.communication, setup.config, run.nowMs);
  if (observing === state.observing) return;
  state.observing = observing;
  if (observing) {
    const silentMs = Math.round(run.nowMs - state.communication.lastContactMs);
    run.effects.push({ kind: 'log', id: 'TDM_HA_COMMUNICATION_INTERRUPTED', fields: { silentMs } });
  }
  run.effects.push({ kind: 'observe', on: observing });
}
