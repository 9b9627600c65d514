/** in-maintenance: silent, about to be shut down. Only a command leads out. */
import { STAY, type StateLogic } from '../run.ts';

export const inMaintenance: StateLogic = {
  handle: () => STAY,
  waitsFor: () => ['nothing: shut this server down, or send ha-maintenance-cancel to the partner'],
};
