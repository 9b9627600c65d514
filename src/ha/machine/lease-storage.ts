/**
 * A server whose lease file takes no leases can acknowledge none: to its partner it is as good as gone, and has to look like
 * that, or nobody takes over. It goes to waiting, sends no heartbeats and answers none; when it can store leases again it
 * begins anew, as after a start, and gets the leases that the partner has given meanwhile.
 *
 * While the partner is gone itself, nobody could take over: in partner-down and partner-in-maintenance the server stays,
 * and hands over as soon as the partner is back.
 */
import { noCommunication } from './communication.ts';
import type { HaStateName, MachineState } from './model.ts';
import { type Run, startHeartbeats, stopHeartbeats, transition } from './run.ts';

/** Of those that have a partner to take over. */
const STANDS_DOWN_IN: ReadonlySet<HaStateName> = new Set<HaStateName>([
  'hot-standby',
  'load-balancing',
  'communication-recovery',
  'ready',
  'syncing',
]);

/** Whether the partner is to take this server for gone. */
export function isOutOfService({ name, storageFails }: MachineState): boolean {
  return storageFails && name === 'waiting';
}

/** Leaves the service to the partner while leases cannot be stored; called when everything else has been decided. */
export function standDown(run: Run): void {
  const { state, setup } = run;
  if (!state.storageFails || setup.partner === null) return;
  if (STANDS_DOWN_IN.has(state.name)) transition(run, 'waiting', 'the lease file takes no leases');
  if (state.name === 'waiting') stopHeartbeats(run);
}

/** The lease file takes leases again: what was known of the partner is out of date. */
export function standUp(run: Run): void {
  const { state, nowMs } = run;
  const wasOut = isOutOfService(state);
  state.storageFails = false;
  if (!wasOut) return;
  state.communication = noCommunication(nowMs);
  state.sinceMs = nowMs;
  startHeartbeats(run);
}
