/** terminated: the pair has come apart for a reason that needs a human; each server answers its own share. */
import { STAY, type StateLogic } from '../run.ts';

export const terminated: StateLogic = {
  handle: () => STAY,
  waitsFor: () => [
    'nothing by itself: mend the cause, then restart both servers within 10 minutes of each other',
  ],
};
