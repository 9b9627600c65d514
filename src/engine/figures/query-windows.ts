/**
 * How many queries there were in the last period, for many periods of different lengths: each is cut into a number of parts, and a
 * window has a number for each of them, so that its memory is bounded whatever the rate:
 *
 *     | 3 | 0 | 1 |  ...  | 2 |      a ring of parts + 1; `total` is their sum, `latest` the part of the last query
 *
 * A query counts until its part is wholly over: never for less than a whole period, and for one part more at most. The caller
 * holds a lock.
 */

/** Shards look at the clock once a batch, one a little before the other; what is further back is a clock that was set. */
const SKEW_MS = 5_000;

export interface QueryWindowsMemory {
  /** By window: the part of its last query, then the queries of all its parts. Float64. */
  readonly latest: SharedArrayBuffer;
  readonly totals: SharedArrayBuffer;
  /** Numbers of a ring for each window. Uint32. */
  readonly parts: SharedArrayBuffer;
}

/** Windows in which nothing has been counted yet. @param parts that a period is cut into */
export function allocateQueryWindows(count: number, parts: number): QueryWindowsMemory {
  return {
    latest: new SharedArrayBuffer(count * 8),
    totals: new SharedArrayBuffer(count * 8),
    parts: new SharedArrayBuffer(count * (parts + 1) * 4),
  };
}

export class QueryWindows {
  readonly #latest: Float64Array;
  readonly #totals: Float64Array;
  readonly #parts: Uint32Array;
  readonly #ring: number;

  /** @param parts as they were allocated */
  constructor(memory: QueryWindowsMemory, parts: number) {
    this.#latest = new Float64Array(memory.latest);
    this.#totals = new Float64Array(memory.totals);
    this.#parts = new Uint32Array(memory.parts);
    this.#ring = parts + 1;
  }

  /** Queries in the period before now. @param partMs milliseconds of a part of this window. @param wallMs now */
  total(window: number, partMs: number, wallMs: number): number {
    this.#advance(window, partMs, wallMs);
    return this.#totals[window]!;
  }

  /** Counts a query that came now, behind `total`. */
  count(window: number): void {
    this.#parts[window * this.#ring + (this.#latest[window]! % this.#ring)]! += 1;
    this.#totals[window]! += 1;
  }

  /** Forgets what was counted. */
  clear(window: number): void {
    const first = window * this.#ring;
    this.#parts.fill(0, first, first + this.#ring);
    this.#latest[window] = 0;
    this.#totals[window] = 0;
  }

  /** Makes the part of now the latest; what is older than a period counts no longer. */
  #advance(window: number, partMs: number, wallMs: number): void {
    const latest = this.#latest[window]!;
    const part = Math.floor(wallMs / partMs);
    const isSetBack = wallMs < latest * partMs - SKEW_MS;
    if (part <= latest && !isSetBack) return;
    const ring = this.#ring;
    const passed = isSetBack ? ring : Math.min(part - latest, ring);
    const first = window * ring;
    for (let i = 0; i < passed; i++) {
      const at = first + ((part - i) % ring);
      this.#totals[window]! -= this.#parts[at]!;
      this.#parts[at] = 0;
    }
    this.#latest[window] = part;
  }
}
