/** What an event means before any state decides: records are brought up to date, commanded transitions are made. */
import { assertNever } from '../../base/assert.ts';
import { heardFrom, isInterrupted, stillThere, withoutPartner, withPartnerState } from './communication.ts';
import { standUp } from './lease-storage.ts';
import {
  mayCancelMaintenance,
  mayEnterMaintenance,
  mayStartMaintenance,
  stateAfterMaintenance,
} from './maintenance.ts';
import type { HaEvent, HeartbeatReport, PartnerState } from './model.ts';
import { forgetRejected, REJECTED_LIFETIME_MS, recordRejected } from './rejected.ts';
import { enter, log, pause, type Run, serveScopes, setService, startHeartbeats, transition } from './run.ts';
import { sortScopes } from './scopes.ts';
import { STATE_TRAITS } from './traits.ts';
import {
  connectingClients,
  isFailureDetected,
  noUnackedClients,
  observe,
  unackedClientsLeft,
} from './unacked-clients.ts';
import { addUnsent, NEVER } from './unsent.ts';

/**
 * How much of the machine an event runs: `none`, `once` (a command carries no event that could stay pending: exactly
 * one handler), or `through` (handlers until one stays).
 */
export type Extent = 'none' | 'once' | 'through';

export function applyEvent(run: Run): Extent {
  const { event } = run;
  switch (event.kind) {
    case 'started':
      return applyStarted(run);
    case 'tick':
      return 'none';
    case 'heartbeat-answered':
      return applyHeartbeat(run, event);
    case 'heartbeat-failed':
      losePartner(run);
      return 'through';
    case 'partner-failed':
      losePartner(run);
      return 'none';
    case 'updates-completed':
      return 'through';
    case 'updates-unsent':
    case 'updates-rejected':
    case 'updates-confirmed':
    case 'observed':
      applyTraffic(run, event);
      return 'none';
    case 'updates-refused':
    case 'updates-lost':
    case 'partner-limits':
      applyPartnerLacks(run, event);
      return 'none';
    case 'storage':
      if (event.isWell) standUp(run);
      else run.state.storageFails = true;
      return 'none';
    case 'operation-finished':
      return applyOperation(run, event);
    default:
      return applyCommand(run, event);
  }
}

type EventOf<K extends HaEvent['kind']> = Extract<HaEvent, { readonly kind: K }>;

function applyStarted(run: Run): Extent {
  pause(run);
  enter(run);
  run.effects.push({ kind: 'set-partner-updates', mode: run.state.partnerUpdates });
  return 'through';
}

function applyHeartbeat(run: Run, event: EventOf<'heartbeat-answered'>): Extent {
  const { state } = run;
  state.collectDue ||= mayHoldMore(run, event.report);
  state.readyOutdated ||= servesAloneAnew(run, event.report);
  state.communication = heardFrom(state.communication, event.report, run.nowMs, event.nowUtcSec);
  state.unacked = noUnackedClients(run.setup.config);
  return 'through';
}

/**
 * Whether the partner may have leases that are missing here: it was away, or has just started, and is none that gives
 * them back by itself. Kea keeps a lease whose update did not get through, and one that it gave while it was alone.
 */
function mayHoldMore({ state, setup }: Run, report: HeartbeatReport): boolean {
  if (report.givesBack || !setup.config.syncLeases || !STATE_TRAITS[state.name].service) return false;
  const mayHaveMore = ['waiting', 'syncing', 'ready', 'communication-recovery'].includes(report.state);
  return mayHaveMore || state.communication.partnerState === 'unavailable';
}

/**
 * Whether the partner has come to partner-down after this server had its leases: it was reset, or out of reach, and has
 * given leases since then. A partner that was partner-down all the time has held its service off.
 */
function servesAloneAnew({ state }: Run, report: HeartbeatReport): boolean {
  const { partnerState } = state.communication;
  const wasSeen = partnerState !== 'unknown' && partnerState !== 'partner-down';
  return state.name === 'ready' && report.state === 'partner-down' && wasSeen;
}

function losePartner(run: Run): void {
  run.state.communication = withoutPartner(run.state.communication, run.nowMs);
}

function applyTraffic(
  run: Run,
  event: EventOf<'updates-unsent' | 'updates-rejected' | 'updates-confirmed' | 'observed'>,
): void {
  const { state, setup, nowMs } = run;
  if (setup.partner === null) return;
  if (event.kind === 'observed') {
    applyObserved(run, event);
    return;
  }
  if (event.kind === 'updates-unsent') {
    state.unsentUpdates = addUnsent(state.unsentUpdates, event.transactions);
    return;
  }
  const tracked = state.rejected.records.size > 0;
  state.rejected =
    event.kind === 'updates-rejected'
      ? recordRejected(state.rejected, event.clients, nowMs + REJECTED_LIFETIME_MS)
      : forgetRejected(state.rejected, event.clients);
  const on = state.rejected.records.size > 0;
  if (on !== tracked) run.effects.push({ kind: 'track-confirmed', on });
}

function applyPartnerLacks(
  { state, setup }: Run,
  event: EventOf<'updates-refused' | 'updates-lost' | 'partner-limits'>,
): void {
  if (event.kind === 'updates-lost') state.partnerOwesSync = setup.config.syncLeases;
  else if (event.kind === 'partner-limits') state.partnerClientIdMax = event.clientIdBytesMax;
  else state.refused = { leases: state.refused.leases + event.leases, reason: event.reason };
}

function applyObserved(run: Run, event: EventOf<'observed'>): void {
  const { state, setup } = run;
  // Reports may arrive late: the partner has answered since, so its clients need no watching.
  if (!run.serviceOn || !isInterrupted(state.communication, setup.config, run.nowMs)) return;
  const detectedBefore = isFailureDetected(state.unacked, setup.config);
  const unackedBefore = state.unacked.unacked.size;
  const clients = observe(state.unacked, event.clients, setup.config);
  state.unacked = clients;
  if (clients.unacked.size === unackedBefore || detectedBefore) return;
  const left = unackedClientsLeft(clients, setup.config);
  log(run, 'TDM_HA_CLIENTS_UNACKED', {
    unacked: clients.unacked.size,
    connecting: connectingClients(clients),
    left,
  });
}

function applyOperation(run: Run, event: EventOf<'operation-finished'>): Extent {
  const { state } = run;
  // An answer that nobody awaits any more: the state was left meanwhile.
  if (state.operation === null || state.operation.id !== event.id) return 'none';
  if (state.operation.kind !== 'sync') return 'through';
  startHeartbeats(run);
  if (event.ok) {
    state.communication = stillThere(state.communication, run.nowMs);
    state.collectDue = false;
  }
  return 'through';
}

function applyCommand(
  run: Run,
  event: EventOf<
    | 'reset-requested'
    | 'continue-requested'
    | 'scopes-requested'
    | 'maintenance-started'
    | 'maintenance-cancelled'
    | 'maintenance-notified'
    | 'sync-complete-notified'
  >,
): Extent {
  const { state } = run;
  switch (event.kind) {
    case 'reset-requested':
      if (state.name === 'waiting') return 'none';
      transition(run, 'waiting', 'a reset was commanded');
      return 'once';
    case 'continue-requested':
      state.paused = false;
      // Without a partner there is no heartbeat that would make the machine go on.
      return state.setup.partner === null ? 'through' : 'none';
    case 'scopes-requested':
      serveScopes(run, sortScopes(event.scopes));
      setService(run, STATE_TRAITS[state.name].service);
      return 'none';
    case 'sync-complete-notified':
      return applySyncComplete(run, event);
    case 'maintenance-started':
      return startMaintenance(run, event);
    case 'maintenance-cancelled':
      if (mayCancelMaintenance(state)) endMaintenance(run, event.partnerState);
      return 'none';
    case 'maintenance-notified':
      return applyMaintenanceNotified(run, event);
    default:
      return assertNever(event);
  }
}

/**
 * The partner has all leases now. Its hold on the service ends with this command, but the updates of new leases would
 * still be withheld in partner-down, so our own hold takes over until a heartbeat has shown where the partner stands.
 */
function applySyncComplete(run: Run, { outlasted, follows }: EventOf<'sync-complete-notified'>): Extent {
  run.state.partnerOwesSync = false;
  // After a hold that ran out the partner has begun too early: it is told to begin again when it is ready.
  run.state.syncedUnsent = outlasted ? NEVER : run.state.unsentUpdates;
  if (run.state.name !== 'partner-down') return 'none';
  run.state.isFollowed = follows;
  // It was told to begin again, and has: what it could not be asked the last time it is asked now.
  run.state.collectFailed = false;
  // By its stream the partner gets every new lease.
  if (follows) return 'none';
  run.state.syncNotified = { atMs: run.nowMs, spared: false };
  setService(run, false);
  return 'none';
}

function startMaintenance(run: Run, event: EventOf<'maintenance-started'>): Extent {
  if (event.partner === 'offline') losePartner(run);
  if (!mayStartMaintenance(run.state)) return 'none';
  if (event.partner === 'accepted')
    transition(
      run,
      'partner-in-maintenance',
      'maintenance of the partner was commanded and the partner agreed',
    );
  else
    transition(
      run,
      'partner-down',
      'maintenance of the partner was commanded and the partner is not there',
      true,
    );
  return 'once';
}

function applyMaintenanceNotified(run: Run, event: EventOf<'maintenance-notified'>): Extent {
  const { state } = run;
  if (event.cancel) {
    if (state.name === 'in-maintenance') endMaintenance(run, event.partnerState);
    return 'none';
  }
  if (!mayEnterMaintenance(state)) return 'none';
  if (event.partnerState !== null)
    state.communication = withPartnerState(state.communication, event.partnerState, run.nowMs);
  transition(run, 'in-maintenance', 'the partner announced the maintenance of this server');
  return 'none';
}

/** Back to where it was; nothing is decided by the partner's state before the next event. */
function endMaintenance(run: Run, partnerState: PartnerState | null): void {
  const { state } = run;
  if (partnerState === null) losePartner(run);
  else state.communication = withPartnerState(state.communication, partnerState, run.nowMs);
  transition(run, stateAfterMaintenance(state), 'the maintenance was cancelled');
}
