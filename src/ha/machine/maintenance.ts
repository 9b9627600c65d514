/** Maintenance: an administrator has one server take over everything so that the other can be shut down. */
import type { HaStateName, MachineState } from './model.ts';

const MAY_NOT_START: readonly HaStateName[] = [
  'backup',
  'passive-backup',
  'in-maintenance',
  'partner-in-maintenance',
  'terminated',
];
/** In communication-recovery clients have leases that the partner does not know yet: first they must reach it. */
const MAY_NOT_BE_SHUT_DOWN: readonly HaStateName[] = [
  'communication-recovery',
  'backup',
  'passive-backup',
  'partner-in-maintenance',
  'terminated',
];

/** Whether this server may carry the traffic of both. */
export function mayStartMaintenance(state: MachineState): boolean {
  return state.setup.partner !== null && !MAY_NOT_START.includes(state.name);
}

/** Whether this server may be told that it is going to be shut down. */
export function mayEnterMaintenance(state: MachineState): boolean {
  return state.setup.partner !== null && !MAY_NOT_BE_SHUT_DOWN.includes(state.name);
}

/** Whether there is a maintenance of the partner to cancel. */
export function mayCancelMaintenance(state: MachineState): boolean {
  return state.name === 'partner-in-maintenance';
}

/**
 * Where a cancelled maintenance leads back to. A maintenance state that was entered from itself has no way back; the
 * server then starts anew.
 */
export function stateAfterMaintenance(state: MachineState): HaStateName {
  const { previous } = state;
  return previous === 'partner-in-maintenance' || previous === 'in-maintenance' ? 'waiting' : previous;
}
