/** What is counted of a relationship's streams, in memory that main reads. One writer: the link thread. */

/** Cells (float64). */
const Cell = {
  /** Records put on their way. */
  recordsSent: 0,
  /** Records of the partner's, taken or refused. */
  recordsReceived: 1,
  /** Records that the partner has taken or refused. */
  recordsAcknowledged: 2,
  /** Those of them that it has refused. */
  recordsRefused: 3,
  framesSent: 4,
  framesReceived: 5,
  /** Streams that came up. */
  opened: 6,
  /** Rows of the synchronization under way, or of the last one, that were taken, and about how many the source has. */
  syncRows: 7,
  syncRowsTotal: 8,
} as const;
type Figure = keyof typeof Cell;
const CELLS = Object.keys(Cell).length;

export type StreamFigureValues = { readonly [name in Figure]: number };

export function allocateFigures(): SharedArrayBuffer {
  return new SharedArrayBuffer(CELLS * 8);
}

export function readFigures(memory: SharedArrayBuffer): StreamFigureValues {
  const cells = new Float64Array(memory);
  const entries = Object.entries(Cell).map(([name, at]) => [name, cells[at]!]);
  return Object.fromEntries(entries) as StreamFigureValues;
}

/** The thread's own side. */
export class StreamFigures {
  readonly #cells: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Float64Array(memory);
  }

  add(figure: Figure, count: number): void {
    this.#cells[Cell[figure]]! += count;
  }

  set(figure: Figure, value: number): void {
    this.#cells[Cell[figure]] = value;
  }
}
