/**
 * The sending side of a connection. Several kinds of frames share it, each in a buffer of its own; what the wire has taken
 * in part goes on before anything else, so that no frame is cut by one of another kind.
 */
import { OutBuffer } from './out-buffer.ts';
import type { Wire } from './wire.ts';

/** Something that gives its frames to the wire. */
export interface Outlet {
  readonly isAllSent: boolean;
  /** Gives what can be given. @returns false when the connection is broken */
  flush(wire: Wire): boolean;
}

/** A buffer of frames that nobody looks at again: their room is free as soon as the wire has them. */
export class SentBuffer extends OutBuffer implements Outlet {
  override flush(wire: Wire): boolean {
    const isWhole = super.flush(wire);
    this.release(this.sent);
    return isWhole;
  }
}

export class StreamOutput {
  readonly #wire: Wire;
  readonly #outlets: readonly Outlet[];
  /** Has given a part of a frame to the wire, or may have. */
  #cut: Outlet | null = null;

  /** @param outlets those that come first go first */
  constructor(wire: Wire, outlets: readonly Outlet[]) {
    this.#wire = wire;
    this.#outlets = outlets;
  }

  /** Whether something waits for room in the kernel's buffer. */
  get wantsRoom(): boolean {
    return this.#wire.wantsRoom || this.#outlets.some(({ isAllSent }) => !isAllSent);
  }

  /** Whether what an outlet holds now goes before anything that another one gets from here on. */
  isAhead(outlet: Outlet): boolean {
    return outlet.isAllSent || outlet === this.#cut;
  }

  /** Gives what there is to the kernel. @returns false when the connection is broken */
  flush(): boolean {
    return this.#flushOutlets() && this.#wire.flush();
  }

  #flushOutlets(): boolean {
    if (this.#cut !== null && !this.#flush(this.#cut)) return false;
    for (const outlet of this.#outlets) {
      if (this.#cut !== null) return true;
      if (!outlet.isAllSent && !this.#flush(outlet)) return false;
    }
    return true;
  }

  #flush(outlet: Outlet): boolean {
    const isWhole = outlet.flush(this.#wire);
    this.#cut = outlet.isAllSent ? null : outlet;
    return isWhole;
  }
}
