/** passive-backup: one active server with backups only; there is no partner to watch. */
import { STAY, type StateLogic } from '../run.ts';

export const passiveBackup: StateLogic = {
  handle: () => STAY,
  waitsFor: () => ['nothing: this server has no partner and serves alone'],
};
