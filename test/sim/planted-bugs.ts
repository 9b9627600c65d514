/** Bugs that the first story must show: each is a change to the product that a careless hand might make. */
import type { SourceChange } from './images.ts';

export interface PlantedBug {
  readonly name: string;
  readonly changes: readonly SourceChange[];
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'answers before the partner has confirmed',
    changes: [
      {
        file: 'src/shard/dhcp4/desk.ts',
        from: 'policy.updateMode === UpdateMode.await, nowMs',
        to: 'false && UpdateMode.await > 0, nowMs',
      },
    ],
  },
  {
    name: 'answers before fdatasync',
    changes: [
      { file: 'src/journal/loop.ts', from: '      file.sync();', to: '' },
      { file: 'src/journal/committer.ts', from: '      files.fdatasync(fd);', to: '' },
    ],
  },
  {
    name: 'never awaits the partner',
    changes: [
      {
        file: 'src/ha/machine/policy-of.ts',
        from: "state.partnerUpdates === 'send' ? UpdateMode.await : UpdateMode.record",
        to: 'UpdateMode.record',
      },
    ],
  },
];
