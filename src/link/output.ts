/**
 * The sending side of a connection. Several kinds of frames share it, each in a buffer of its own; what the kernel has taken
 * in part goes on before anything else, so that no frame is cut by one of another kind.
 */
import { OutBuffer } from './out-buffer.ts';

/** Something that gives its frames to the kernel. */
export interface Outlet {
  readonly isAllSent: boolean;
  /** Gives what can be given. @returns false when the connection is broken */
  flush(fd: number): boolean;
}

/** A buffer of frames that nobody looks at again: their room is free as soon as the kernel has them. */
export class SentBuffer extends OutBuffer implements Outlet {
  override flush(fd: number): boolean {
    const isWhole = super.flush(fd);
    this.release(this.sent);
    return isWhole;
  }
}

export class StreamOutput {
  readonly #fd: number;
  readonly #outlets: readonly Outlet[];
  /** Has given a part of a frame to the kernel, or may have. */
  #cut: Outlet | null = null;

  /** @param outlets those that come first go first */
  constructor(fd: number, outlets: readonly Outlet[]) {
    this.#fd = fd;
    this.#outlets = outlets;
  }

  /** Whether something waits for room in the kernel's buffer. */
  get wantsRoom(): boolean {
    return this.#outlets.some(({ isAllSent }) => !isAllSent);
  }

  /** Whether what an outlet holds now goes before anything that another one gets from here on. */
  isAhead(outlet: Outlet): boolean {
    return outlet.isAllSent || outlet === this.#cut;
  }

  /** Gives what there is to the kernel. @returns false when the connection is broken */
  flush(): boolean {
    if (this.#cut !== null && !this.#flush(this.#cut)) return false;
    for (const outlet of this.#outlets) {
      if (this.#cut !== null) return true;
      if (!outlet.isAllSent && !this.#flush(outlet)) return false;
    }
    return true;
  }

  #flush(outlet: Outlet): boolean {
    const isWhole = outlet.flush(this.#fd);
    this.#cut = outlet.isAllSent ? null : outlet;
    return isWhole;
  }
}
