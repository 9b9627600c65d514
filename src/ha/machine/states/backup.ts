/** backup: receives lease updates and does nothing else. An administrator can have it serve scopes. */
import { STAY, type StateLogic } from '../run.ts';

export const backup: StateLogic = {
  handle: () => STAY,

  waitsFor: ({ state, serviceOn }) => [
    serviceOn && state.scopes.length > 0
      ? 'nothing by itself: it serves by command; ha-reset, sent to this server, takes that back'
      : 'nothing by itself: to take over, send ha-scopes, then dhcp-enable with "origin-id": 1000, to this server',
  ],
};
