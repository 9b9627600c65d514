/**
 * Tells whoever reads what a shard writes: on the main thread DNS, lease events and the peers; the link
 * thread; and those who bring rows onto
 * the disk, the journal's thread or, when they are few, this one.
 */
import { Bell } from '../base/bell.ts';
import type { Clock } from '../base/clock.ts';
import { UpdateWord } from '../engine/parked/shard-link.ts';
import { signalEventFd } from '../io/eventfd.ts';
import { Committer } from '../journal/committer.ts';
import { systemFiles } from '../journal/files.ts';
import type { ServingContext } from './desk.ts';
import type { CommonTask } from './task.ts';

export class Announcer {
  readonly #context: ServingContext;
  /** Control words of each relationship's update log. */
  readonly #updateWords: readonly Int32Array[];
  readonly #linkBell: Bell;
  readonly #committer: Committer;

  constructor(
    { book, journal, bells, linkBell, updates }: CommonTask,
    context: ServingContext,
    clock: Clock,
  ) {
    this.#context = context;
    this.#updateWords = updates.map(({ words }) => new Int32Array(words));
    this.#linkBell = new Bell(linkBell, signalEventFd);
    const seams = { files: systemFiles, clock, signal: signalEventFd };
    this.#committer = new Committer({ changes: book.changes, journal, bells }, seams);
  }

  /** Tells of everything but rows that was written since the last call; once a batch. */
  tell(): void {
    const { changes, events, dns } = this.#context;
    dns?.announce();
    events.announce();
    const dirty = changes.takeDirtyUpdates();
    for (let relationship = 0; dirty >>> relationship !== 0; relationship++) {
      if (((dirty >>> relationship) & 1) === 0) continue;
      const words = this.#updateWords[relationship]!;
      this.#tellOf(words);
    }
  }

  /** Whose log it is may change in this moment: who gets it looks into it anyway. */
  #tellOf(words: Int32Array): void {
    Atomics.add(words, UpdateWord.pending, 1);
    if (Atomics.load(words, UpdateWord.isLent) === 0) Atomics.notify(words, UpdateWord.pending);
    else this.#linkBell.ring();
  }

  /** Leaves the rows since the last call to the journal's thread: there is more to do here meanwhile. */
  tellJournal(): void {
    const { changes, book } = this.#context;
    if (changes.takeDirtyRows()) book.changes.announce();
  }

  /** Has the rows since the last call committed, here if they are few. @returns whether there were any */
  commit(): boolean {
    if (!this.#context.changes.takeDirtyRows()) return false;
    this.#committer.commit();
    return true;
  }
}
