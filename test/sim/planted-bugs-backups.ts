/** Bugs that stories of a pair with a backup must show. */
import type { PlantedBug } from './planted-bugs.ts';

export const PLANTED_BUGS_BACKUPS: readonly PlantedBug[] = [
  {
    name: 'never waits for its backups',
    seed: 6,
    changes: [
      {
        file: 'src/peer/backup-feed.ts',
        from: 'this.#settings.waitBackupAck ? transaction : null',
        to: 'null',
      },
    ],
  },
  {
    name: 'answers from its cache though its backups may lack the lease',
    seed: 12,
    changes: [
      {
        file: 'src/engine/messages/request.ts',
        from: ' || context.policy.reusesLeases === 0',
        to: '',
      },
    ],
  },
  {
    name: 'forgets what waits for a backup that is away',
    seed: 8,
    changes: [
      {
        file: 'src/peer/backups.ts',
        from: '    this.#queue.push({ update, transaction: awaiting });',
        to: '    if (this.#isThere) this.#queue.push({ update, transaction: awaiting });',
      },
    ],
  },
  {
    name: 'serves clients as a backup',
    seed: 1,
    changes: [
      {
        file: 'src/ha/machine/traits.ts',
        from: "'backup':                 { ...silent,",
        to: "'backup':                 { ...silent, service: true, scopes: 'failover',",
      },
    ],
  },
  {
    name: 'does not send a released lease to its backups',
    seed: 10,
    changes: [
      {
        file: 'src/peer/backup-feed.ts',
        from: '    const held = holdUpdate(update, []);',
        to: '    if (!update.isUpdate) return;\n    const held = holdUpdate(update, []);',
      },
    ],
  },
];
