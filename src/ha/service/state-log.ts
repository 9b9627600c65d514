/** What the log says about a change of state. */
import type { Log } from '../../log/logger.ts';
import type { HaEffect } from '../machine/model.ts';

/** @param server this server's name */
export function logStateChange(
  log: Log,
  server: string,
  effect: Extract<HaEffect, { readonly kind: 'state-changed' }>,
): void {
  const { from, to, partner, reason } = effect;
  log('TDM_HA_STATE_CHANGED', { server, from, to, partner, reason });
  if (to === 'terminated') log('TDM_HA_TERMINATED', { reason });
  if (to === 'in-maintenance') log('TDM_HA_SHUTDOWN_SAFE', { server });
}
