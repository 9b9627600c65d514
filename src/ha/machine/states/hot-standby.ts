/**
 * hot-standby: the primary answers all clients, the standby keeps its leases ready; the normal state of that mode.
 * There is no communication-recovery here: the standby gives no leases that could be missed.
 */
import type { StateLogic } from '../run.ts';
import { handleNormal, normalWaitsFor } from './normal-operation.ts';

export const hotStandby: StateLogic = {
  handle: (run) => handleNormal(run, false),
  waitsFor: (view) => normalWaitsFor(view, false),
};
