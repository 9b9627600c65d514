/** Wakes whoever reads what a shard writes: the journal, and on the main thread DNS, lease events and the peers. */
import type { Context } from '../engine/context.ts';
import { UpdateWord } from '../engine/shard-link.ts';

/** Tells of everything that was written since the last call. @param updateWords control words of each relationship's update log */
export function announce({ changes, book, events, dns }: Context, updateWords: readonly Int32Array[]): void {
  if (dns !== null) dns.announce();
  if (changes.takeDirtyRows()) book.changes.announce();
  events.announce();
  const dirty = changes.takeDirtyUpdates();
  for (let relationship = 0; dirty >>> relationship !== 0; relationship++) {
    if (((dirty >>> relationship) & 1) === 0) continue;
    const words = updateWords[relationship]!;
    Atomics.add(words, UpdateWord.pending, 1);
    Atomics.notify(words, UpdateWord.pending);
  }
}
