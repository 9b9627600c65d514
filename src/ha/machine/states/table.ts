/** Every state and its logic. */
import type { HaStateName } from '../model.ts';
import type { StateLogic } from '../run.ts';
import { backup } from './backup.ts';
import { communicationRecovery } from './communication-recovery.ts';
import { hotStandby } from './hot-standby.ts';
import { inMaintenance } from './in-maintenance.ts';
import { loadBalancing } from './load-balancing.ts';
import { partnerDown } from './partner-down.ts';
import { partnerInMaintenance } from './partner-in-maintenance.ts';
import { passiveBackup } from './passive-backup.ts';
import { ready } from './ready.ts';
import { syncing } from './syncing.ts';
import { terminated } from './terminated.ts';
import { waiting } from './waiting.ts';

export const STATES = {
  waiting,
  syncing,
  ready,
  'load-balancing': loadBalancing,
  'hot-standby': hotStandby,
  'partner-down': partnerDown,
  'communication-recovery': communicationRecovery,
  'in-maintenance': inMaintenance,
  'partner-in-maintenance': partnerInMaintenance,
  'passive-backup': passiveBackup,
  backup,
  terminated,
} as const satisfies Record<HaStateName, StateLogic>;
