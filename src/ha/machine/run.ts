/**
 * One run of the machine: a working copy of its state, the effects gathered so far, and the one way to change state.
 * Nothing here is visible outside `step`, which is why the copy may be written to.
 */
import type { LogId } from '../../log/messages.ts';
import type { PartnerUpdates } from '../../peer/model.ts';
import type { HaEffect, HaEvent, HaStateName, MachineState, Operation } from './model.ts';
import { pauseOnEntry } from './pause.ts';
import { noRejectedClients } from './rejected.ts';
import { defaultScopes, failoverScopes } from './scopes.ts';
import type { HaSetup } from './setup.ts';
import { STATE_TRAITS } from './traits.ts';

/** What a state looks at: the machine and what is around it. Also used, read-only, by ha-why. */
export interface View {
  readonly setup: HaSetup;
  readonly state: MachineState;
  readonly nowMs: number;
  readonly serviceOn: boolean;
  readonly backlog: { readonly length: number; readonly overflown: boolean };
}

export interface Run extends View {
  readonly event: HaEvent;
  readonly state: { -readonly [K in keyof MachineState]: MachineState[K] };
  readonly effects: HaEffect[];
  serviceOn: boolean;
}

/** One file a state holds one of these. */
export interface StateLogic {
  /** Decides what this run does in the state; true when it left the state and the next one is to decide as well. */
  readonly handle: (run: Run) => boolean;
  /** For ha-why: what the state waits for, one sentence with numbers each. */
  readonly waitsFor: (view: View) => readonly string[];
}

/** What `handle` answers: remain until the next event. */
export const STAY = false;

export function openRun(state: MachineState, event: HaEvent): Run {
  return {
    setup: state.setup,
    state: { ...state },
    event,
    effects: [],
    nowMs: event.nowMs,
    serviceOn: event.serviceOn,
    backlog: event.backlog,
  };
}

/**
 * Leaves the current state and enters another, with everything that belongs to both.
 * @param reason why, with the numbers that decided
 * @param allScopes serve every scope whatever auto-failover says: an administrator asked for it
 * @returns true, so that a handler can end with it: the event stays pending for the new state
 */
export function transition(run: Run, to: HaStateName, reason: string, allScopes = false): true {
  const { state } = run;
  const from = state.name;
  leave(run, to);
  state.previous = from;
  state.name = to;
  state.sinceMs = run.nowMs;
  state.reason = reason;
  run.effects.push({ kind: 'state-changed', from, to, partner: state.communication.partnerState, reason });
  if (from !== to) pause(run);
  enter(run, allScopes);
  return true;
}

/** Does what the current state asks for on entry; used directly only for the first state of all. */
export function enter(run: Run, allScopes = false): void {
  const { state } = run;
  const traits = STATE_TRAITS[state.name];
  serveScopes(run, scopesOnEntry(run, allScopes));
  setService(run, traits.service);
  if (state.name === run.setup.normalState) state.syncedUnsent = state.unsentUpdates;
  setPartnerUpdates(run, traits.partnerUpdates);
  if (traits.heartbeats === 'send') startHeartbeats(run);
  if (traits.heartbeats === 'stop') stopHeartbeats(run);
  if (traits.forgetsRejected && state.rejected.records.size > 0) {
    state.rejected = noRejectedClients(run.setup.config);
    run.effects.push({ kind: 'track-confirmed', on: false });
  }
}

/** Stops in the current state when its rule says so. */
export function pause(run: Run): void {
  const { state } = run;
  const next = pauseOnEntry(state, state.name);
  if (next.paused && !state.paused) log(run, 'TDM_HA_PAUSED', { state: state.name });
  state.paused = next.paused;
  state.pausesUsed = next.pausesUsed;
}

export function serveScopes(run: Run, scopes: readonly string[]): void {
  run.state.scopes = scopes;
  run.effects.push({ kind: 'serve-scopes', scopes });
}

/**
 * Holds the service off under the machine's own origin, or lets go of it. Unlike Kea it also takes the hold when
 * another origin has the service off already: that origin may go first.
 */
export function setService(run: Run, on: boolean): void {
  run.serviceOn = on && !run.event.heldByOthers;
  run.effects.push({ kind: 'set-service', on });
}

export function setPartnerUpdates(run: Run, mode: PartnerUpdates): void {
  if (run.state.partnerUpdates === mode) return;
  run.state.partnerUpdates = mode;
  run.effects.push({ kind: 'set-partner-updates', mode });
}

export function startHeartbeats(run: Run): void {
  if (run.state.heartbeats || run.setup.partner === null) return;
  run.state.heartbeats = true;
  run.effects.push({ kind: 'start-heartbeats' });
}

export function stopHeartbeats(run: Run): void {
  if (!run.state.heartbeats) return;
  run.state.heartbeats = false;
  run.effects.push({ kind: 'stop-heartbeats' });
}

/** Starts something outside and gives it a number; the answer comes as `operation-finished` with that number. */
export function startOperation(run: Run, kind: Operation['kind']): void {
  const id = run.state.operationCount + 1;
  run.state.operationCount = id;
  run.state.operation = { kind, id };
  const effect = {
    sync: 'start-sync',
    backlog: 'send-backlog',
    reset: 'send-reset',
    collect: 'start-collect',
    'hand-over': 'hand-over',
  } as const;
  run.effects.push({ kind: effect[kind], id });
}

/** How the operation under way has ended, if this event says so; `operation-finished` of an older one never gets here. */
export function endOperation({ state, event }: Run): { kind: Operation['kind']; ok: boolean } | null {
  if (state.operation === null || event.kind !== 'operation-finished') return null;
  const { kind } = state.operation;
  state.operation = null;
  return { kind, ok: event.ok };
}

export function log(run: Run, id: LogId, fields: Readonly<Record<string, unknown>>): void {
  run.effects.push({ kind: 'log', id, fields });
}

function leave(run: Run, to: HaStateName): void {
  const { state } = run;
  // Whatever is under way outside sees that it is no longer awaited, and stops.
  state.operation = null;
  state.syncNotified = null;
  state.isFollowed = false;
  state.readyOutdated = false;
  state.collectFailed = false;
  if (state.name !== 'communication-recovery') return;
  // Stale entries must not be sent in a later communication-recovery, however this one ended. Where a synchronization
  // follows on one side or the other it covers them; else the partner still needs them.
  const owe = to !== 'waiting' && to !== 'partner-down';
  if (owe && (state.backlogLost || run.backlog.overflown))
    state.partnerOwesSync = run.setup.config.syncLeases;
  state.backlogLost = false;
  run.effects.push({ kind: 'clear-backlog', owe });
}

function scopesOnEntry(run: Run, allScopes: boolean): readonly string[] {
  const rule = STATE_TRAITS[run.state.name].scopes;
  if (rule === 'none') return [];
  const all = allScopes || rule === 'failover' || (rule === 'by-auto-failover' && run.setup.own.autoFailover);
  return all ? failoverScopes(run.setup) : defaultScopes(run.setup);
}
