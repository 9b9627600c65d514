/** Replacements in a text that remember where everything stood before. */
import { lastAtMost } from './source-map.ts';

/** The characters of [start, end) become `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface EditedText {
  readonly text: string;
  /** Where an offset of the edited text stands in the original one. */
  readonly original: (offset: number) => number;
}

/** @param edits ascending, without overlaps */
export function applyEdits(source: string, edits: readonly Edit[]): EditedText {
  const pieces: string[] = [];
  // From offset starts[i] of the edited text on, everything stands shifts[i] further right than in the original.
  const starts = [0];
  const shifts = [0];
  let copied = 0;
  let shift = 0;
  for (const { start, end, text } of edits) {
    pieces.push(source.slice(copied, start), text);
    copied = end;
    const grown = text.length - (end - start);
    if (grown === 0) continue;
    shift += grown;
    starts.push(end + shift);
    shifts.push(shift);
  }
  pieces.push(source.slice(copied));
  return { text: pieces.join(''), original: (offset) => offset - shifts[lastAtMost(starts, offset)]! };
}
