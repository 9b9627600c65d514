/**
 * One part's way from one configuration to the next. Whatever can fail is done before a change exists, beside what
 * serves now; so a reload is taken as a whole or leaves everything as it was.
 */
export interface Change {
  /** The new takes the place of the old, at once. Called while no shard runs. */
  commit(): void;
  /** Instead of `commit`: closes what was opened for the new. */
  abandon(): Promise<void>;
  /** After `commit`: closes what only the old one needed. Does not keep the reload waiting. */
  retire(): Promise<void>;
}

/** Several changes as one, in order. */
export function together(changes: readonly Change[]): Change {
  return {
    commit: () => {
      for (const change of changes) change.commit();
    },
    abandon: async () => {
      for (const change of changes.toReversed()) await change.abandon();
    },
    retire: async () => {
      await Promise.all(changes.map((change) => change.retire()));
    },
  };
}
