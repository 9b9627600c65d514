/** TANDEM_TURN: which of what does not fit into one check is taken; four checks, 0 to 3, take everything. */
export interface Turns {
  /** Which half of the stories a file tells (interop/turn.ts). Null: both. */
  readonly story: 0 | 1 | null;
  /** Which file of each pair is run (in-turn.ts): a choice apart, so that each file tells all its stories in the end. Null: both. */
  readonly file: 0 | 1 | null;
}

/** @param turn '0' to '3'; anything else = everything */
export function turnsOf(turn: string | undefined): Turns {
  const at = ['0', '1', '2', '3'].indexOf(turn ?? '');
  if (at < 0) return { story: null, file: null };
  return { story: at % 2 === 0 ? 0 : 1, file: at < 2 ? 0 : 1 };
}
