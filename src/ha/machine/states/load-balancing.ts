/** load-balancing: each server answers its share of the clients; the normal state of a pair in that mode. */
import type { StateLogic } from '../run.ts';
import { handleNormal, normalWaitsFor } from './normal-operation.ts';

export const loadBalancing: StateLogic = {
  handle: (run) => handleNormal(run, run.setup.config.delayedUpdatesLimit > 0),
  waitsFor: (view) => normalWaitsFor(view, view.setup.config.delayedUpdatesLimit > 0),
};
