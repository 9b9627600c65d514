/**
 * Files that belong together, followed while they are in use: what is on the disk is taken when it has been still for a while
 * and is right as a whole; until then, and when it is wrong, what was read before stays.
 */
import { type FileFault, isFaults } from './fault.ts';
import { stampOf } from './stamp.ts';

export interface FollowedParts<T> {
  readonly paths: readonly string[];
  readonly read: () => T | readonly FileFault[];
  /** What forbids taking a new set although it is right in itself. */
  readonly judge: (value: T, nowMs: number) => readonly FileFault[];
}

/**
 * Wrong files that do not change are read again after so many looks: a certificate becomes valid without a change, a disk that
 * failed comes back. Not at each look, because a directory of all authorities of the world takes a fifth of a second.
 */
const LOOKS_BETWEEN_TRIES = 12;

/** What a look at the files brought. */
export type Look<T> =
  | { readonly kind: 'same' }
  | { readonly kind: 'taken'; readonly value: T }
  /** Told once for each new kind of wrong. */
  | { readonly kind: 'refused'; readonly faults: readonly FileFault[] };

export class FollowedFiles<T extends { readonly digest: string }> {
  readonly #parts: FollowedParts<T>;
  #used: T | null = null;
  /** How the files looked at the last look, and when they were read. */
  #seen = '';
  #judged = '';
  #looksSince = 0;
  #faults: readonly FileFault[] = [];

  constructor(parts: FollowedParts<T>) {
    this.#parts = parts;
  }

  get paths(): readonly string[] {
    return this.#parts.paths;
  }

  /** What is in use; null only when nothing could be read yet. */
  get used(): T | null {
    return this.#used;
  }

  /** Why the files on the disk are not in use; empty when they are. */
  get faults(): readonly FileFault[] {
    return this.#faults;
  }

  /**
   * Reads the files if they changed and have looked the same twice in a row: of files that are written one after the other, or
   * in pieces, half a set would be taken otherwise, and half a bundle of authorities does not look wrong. Never rejects.
   */
  async look(nowMs: () => number): Promise<Look<T>> {
    const stamp = (await Promise.all(this.#parts.paths.map(stampOf))).join('\n');
    const isStill = stamp === this.#seen;
    this.#seen = stamp;
    if (!isStill) return { kind: 'same' };
    this.#looksSince++;
    const isDue = this.#faults.length > 0 && this.#looksSince >= LOOKS_BETWEEN_TRIES;
    if (stamp === this.#judged && !isDue) return { kind: 'same' };
    this.#judged = stamp;
    this.#looksSince = 0;
    return this.readNow(nowMs());
  }

  /** Reads the files at once, as an administrator asks by a reload. */
  readNow(nowMs: number): Look<T> {
    const read = this.#parts.read();
    if (isFaults(read)) return this.#refuse(read);
    if (read.digest === this.#used?.digest) {
      this.#faults = [];
      return { kind: 'same' };
    }
    // Without anything better even an outdated set is used, as by Kea.
    const faults = this.#used === null ? [] : this.#parts.judge(read, nowMs);
    if (faults.length > 0) return this.#refuse(faults);
    this.#faults = [];
    this.#used = read;
    return { kind: 'taken', value: read };
  }

  #refuse(faults: readonly FileFault[]): Look<T> {
    const isKnown = JSON.stringify(faults) === JSON.stringify(this.#faults);
    this.#faults = faults;
    return isKnown ? { kind: 'same' } : { kind: 'refused', faults };
  }
}
