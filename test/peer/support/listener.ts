/** A listener that does nothing. */
import type { UpdateListener } from '../../../src/peer/model.ts';

export const SILENT: UpdateListener = {
  partnerFailed() {},
  rejected() {},
  confirmed() {},
  unsent() {},
  refused() {},
  updatesLost() {},
  completed() {},
};
