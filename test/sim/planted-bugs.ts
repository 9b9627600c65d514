/** Bugs that stories must show: each is a change to the product that a careless hand might make. */
import type { SourceChange } from './images.ts';

export interface PlantedBug {
  readonly name: string;
  readonly changes: readonly SourceChange[];
  /** Of the first story that shows it. */
  readonly seed: number;
}

/** Hardly any story of chance shows it: see hand-over.test.ts. */
export const HAND_OVER_BUG: Pick<PlantedBug, 'changes'> = {
  changes: [
    {
      file: 'src/ha/machine/states/partner-down.ts',
      from: 'if (run.state.isFollowed && !isHandedOver) {',
      to: 'if (run.state.isFollowed && !isHandedOver && run.nowMs < 0) {',
    },
  ],
};

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'answers before the partner has confirmed',
    seed: 1,
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
    seed: 1,
    changes: [
      { file: 'src/journal/loop.ts', from: '      file.sync();', to: '' },
      { file: 'src/journal/committer.ts', from: '      files.fdatasync(fd);', to: '' },
    ],
  },
  {
    name: 'never awaits the partner',
    seed: 1,
    changes: [
      {
        file: 'src/ha/machine/policy-of.ts',
        from: "state.partnerUpdates === 'send' ? UpdateMode.await : UpdateMode.record",
        to: 'UpdateMode.record',
      },
    ],
  },
  {
    name: 'acknowledges records of the stream before they are durable',
    seed: 28,
    changes: [
      {
        file: 'src/link/inbound.ts',
        from: 'if (!isReached(durable, this.#markChanges[at]!)) break;',
        to: '',
      },
    ],
  },
  {
    name: 'takes a failed fdatasync for done',
    seed: 8,
    changes: [
      {
        file: 'src/journal/committer.ts',
        from: '      files.fdatasync(fd);',
        to: '      try { files.fdatasync(fd); } catch { /* it may work the next time */ }',
      },
      {
        file: 'src/journal/lease-file.ts',
        from: 'this.#attempt(() => this.#files.fdatasync(this.#fd));',
        to: 'try { this.#files.fdatasync(this.#fd); } catch { /* it may work the next time */ }',
      },
    ],
  },
  {
    name: 'leaves rows out of a synchronization',
    seed: 31,
    changes: [
      {
        file: 'src/link/table-walk.ts',
        from: 'if (!table.isLease(this.#slot)) continue;',
        to: 'if (!table.isLease(this.#slot) || this.#slot % 8 === 7) continue;',
      },
    ],
  },
  {
    name: 'takes the older lease of two at a synchronization',
    seed: 14,
    changes: [
      {
        file: 'src/lease/precedence.ts',
        from: "return oursSec > theirsSec ? 'ours' : 'theirs';",
        to: "return oursSec < theirsSec ? 'ours' : 'theirs';",
      },
    ],
  },
  {
    name: 'serves while it waits',
    seed: 6,
    changes: [
      {
        file: 'src/ha/machine/traits.ts',
        from: "const silent = { service: false, scopes: 'none', partnerUpdates: 'withhold' }",
        to: "const silent = { service: true, scopes: 'failover', partnerUpdates: 'withhold' }",
      },
    ],
  },
  {
    name: 'serves the share of its partner as well',
    seed: 1,
    changes: [
      {
        file: 'src/ha/machine/scopes.ts',
        from: "  return role === 'primary' || role === 'secondary' ? [name] : [];",
        to: '  return role === name ? [] : failoverScopes(setup);',
      },
    ],
  },
  {
    name: 'does not tell its partner of a release',
    seed: 1,
    changes: [
      {
        file: 'src/engine/messages/release.ts',
        from: 'context.changes.putReleased(slot, true);',
        to: 'book.logRow(slot);',
      },
    ],
  },
  {
    name: 'keeps the first row of an address at a clean-up',
    seed: 4,
    changes: [
      {
        file: 'src/journal/cleanup.ts',
        from: '    else this.#index.set(key, this.#source, offset, length);',
        to: '    else if (this.rows < 2 || this.#source === 1 || this.rows % 3 > 0) this.#index.set(key, this.#source, offset, length);',
      },
    ],
  },
  {
    name: 'forgets the leases of the last clean-up',
    seed: 5,
    changes: [
      {
        file: 'src/journal/cleanup.ts',
        from: 'const inputs = [previous, frozen].filter(',
        to: 'const inputs = [frozen, ...(previous === frozen ? [previous] : [])].filter(',
      },
    ],
  },
  {
    name: 'answers when its partner has refused a lease',
    seed: 7,
    changes: [
      {
        file: 'src/engine/parked/park.ts',
        from: '    if (verdict === Verdict.rejected) this.#exit.reject(slot);\n    else if',
        to: '    if',
      },
    ],
  },
  {
    name: 'publishes rows before they are written',
    seed: 8,
    changes: [
      {
        file: 'src/journal/loop.ts',
        from: '      if (batch.records > 0) this.#store(file);',
        to: '      if (batch.records > 0) { const early = batch.records; batch.publish(); if (early > 0) this.#store(file); }',
      },
      { file: 'src/journal/loop.ts', from: '    if (batch.records > 0) batch.publish();', to: '' },
    ],
  },
  {
    name: 'forgets deletions when it loads its leases',
    seed: 21,
    changes: [
      {
        file: 'src/journal/load.ts',
        from: '      this.#sink.remove(this.#codec.addressOf(record));',
        to: '',
      },
    ],
  },
  {
    name: 'forgets the probation of a declined address',
    seed: 17,
    changes: [
      {
        file: 'src/engine/messages/decline.ts',
        from: 'rows.setTimes(slot, cltt, probationFrom(cltt, context));',
        to: 'rows.setTimes(slot, cltt, Math.min(1, probationFrom(cltt, context)));',
      },
    ],
  },
];
