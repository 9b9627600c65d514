/** Remembers which file each stretch of the text with all includes inserted came from, so that problems name that file. */
import type { Location } from '../report.ts';

/** A file that takes part in a configuration. */
export class SourceFile {
  readonly name: string;
  readonly #text: string;
  #lineStarts: number[] | null = null;

  constructor(name: string, text: string) {
    this.name = name;
    this.#text = text;
  }

  /** The line and column, both from 1, of an offset in this file. */
  position(offset: number): { line: number; column: number } {
    this.#lineStarts ??= findLineStarts(this.#text);
    const index = lastAtMost(this.#lineStarts, offset);
    return { line: index + 1, column: offset - this.#lineStarts[index]! + 1 };
  }
}

interface Segment {
  readonly file: SourceFile;
  readonly fileOffset: number;
}

export class SourceMap {
  readonly #starts: number[] = [];
  readonly #segments: Segment[] = [];

  /** From offset `start` of the whole on, the text is that of `file` from `fileOffset`. Calls come in ascending order. */
  addSegment(start: number, file: SourceFile, fileOffset: number): void {
    this.#starts.push(start);
    this.#segments.push({ file, fileOffset });
  }

  /** The place of an offset of the whole text. */
  locate(offset: number): Location {
    const index = lastAtMost(this.#starts, offset);
    const { file, fileOffset } = this.#segments[index]!;
    const position = file.position(fileOffset + offset - this.#starts[index]!);
    return { file: file.name, ...position, order: offset };
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last index whose value is at most `limit`; the first value is 0, so there always is one. */
export function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ascending[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
