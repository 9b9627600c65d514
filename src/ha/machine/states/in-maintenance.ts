/** in-maintenance: silent, about to be shut down. Only a command leads out. */
import { partnerName } from '../facts.ts';
import { STAY, type StateLogic } from '../run.ts';

export const inMaintenance: StateLogic = {
  handle: () => STAY,
  waitsFor: (view) => [
    `nothing by itself: shut this server down, or send ha-maintenance-cancel to ${partnerName(view)}`,
  ],
};
