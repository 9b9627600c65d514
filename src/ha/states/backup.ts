/** backup: receives lease updates and does nothing else. An administrator can have it serve scopes. */
import { STAY, type StateLogic } from '../run.ts';

export const backup: StateLogic = {
  handle: () => STAY,
  waitsFor: () => ['nothing: to take over, send ha-scopes and dhcp-enable with origin-id 1000'],
};
