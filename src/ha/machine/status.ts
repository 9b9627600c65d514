/** The high-availability part of status-get, field by field as Kea writes it. */
import { clockSkewSec, isInterrupted } from './communication.ts';
import type { MachineState } from './model.ts';
import { connectingClients, unackedClientsLeft } from './unacked-clients.ts';

/** One entry of the list. @param nowMs monotonic milliseconds */
export function highAvailabilityStatus(state: MachineState, nowMs: number): object {
  const { config, partner } = state.setup;
  const servers =
    partner === null
      ? { local: localStatus(state) }
      : { local: localStatus(state), remote: remoteStatus(state, nowMs) };
  return { 'ha-mode': config.mode, 'ha-servers': servers };
}

function localStatus(state: MachineState): object {
  const { own } = state.setup;
  const { clocks } = state.communication;
  return {
    role: own.role,
    scopes: state.scopes,
    'server-name': own.name,
    state: state.name,
    'system-time': clocks === null ? null : formatTime(clocks.ownSec),
  };
}

function remoteStatus(state: MachineState, nowMs: number): object {
  const { communication, unacked, setup } = state;
  const { clocks, partnerState } = communication;
  const interrupted = isInterrupted(communication, setup.config, nowMs);
  const inTouch = partnerState !== 'unknown';
  return {
    role: setup.partner?.role,
    'server-name': setup.partner?.name,
    'in-touch': inTouch,
    age: inTouch ? Math.floor((nowMs - communication.lastContactMs) / 1000) : 0,
    'last-state': inTouch ? partnerState : '',
    'last-scopes': communication.partnerScopes,
    'communication-interrupted': interrupted,
    'connecting-clients': connectingClients(unacked),
    'unacked-clients': unacked.unacked.size,
    'unacked-clients-left': interrupted ? unackedClientsLeft(unacked, setup.config) : 0,
    'analyzed-packets': unacked.analyzedCount,
    'system-time': clocks === null ? null : formatTime(clocks.partnerSec),
    'clock-skew': clocks === null ? null : clockSkewSec(communication),
  };
}

/** UTC, as `2024-11-07 08:49:37`. */
function formatTime(unixSec: number): string {
  return new Date(unixSec * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
