/** Where the forensic log is written: files by date, or the system's log. */
import { formatDate } from '../base/date.ts';
import type { LegalFileConfig } from '../config/hook-model.ts';
import { DatedFile, type Rotated } from './dated-file.ts';

/** What became of pieces that were to be written. */
export interface Written {
  /** So many of them, the first ones. */
  readonly count: number;
  /** Why not the others; null = they all were. */
  readonly reason: string | null;
  /** They may be written in a moment. */
  readonly isBusy: boolean;
}

export interface LegalOutput {
  /** How the log calls it. */
  readonly name: string;
  /** What is written of an entry of one or more lines, each whole or not at all. */
  piecesOf(text: string, now: Date): string[];
  /** Writes pieces in their order. */
  write(pieces: readonly string[], now: Date): Written;
  close(): void;
}

/** Lines with their time in files by date. */
export class LegalFile implements LegalOutput {
  readonly #timestampFormat: string;
  readonly #file: DatedFile;

  /** @throws an Error of the file system when the file cannot be opened or made */
  constructor(config: LegalFileConfig, now: Date, rotated: Rotated) {
    this.#timestampFormat = config.timestampFormat;
    this.#file = new DatedFile(config, now, rotated);
  }

  get name(): string {
    return this.#file.path;
  }

  piecesOf(text: string, now: Date): string[] {
    const time = formatDate(this.#timestampFormat, now, false);
    return linesOf(text).map((line) => `${time} ${line}\n`);
  }

  write(pieces: readonly string[], now: Date): Written {
    try {
      this.#file.write(pieces.join(''), now);
      return { count: pieces.length, reason: null, isBusy: false };
    } catch (error) {
      return { count: 0, reason: (error as Error).message, isBusy: false };
    }
  }

  close(): void {
    this.#file.close();
  }
}

/** The texts of clients cannot end a line in Kea's own form; in a format of the administrator they can, as in Kea. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The system's log. */
export interface MessageSink {
  readonly name: string;
  /** @returns null, or the name of the error for which the message was not sent; EAGAIN = it may be in a moment */
  send(text: string, time: Date): string | null;
  close(): void;
}

/** An entry a message in the system's log, which puts the time in front. */
export class LegalMessages implements LegalOutput {
  readonly #sink: MessageSink;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  get name(): string {
    return this.#sink.name;
  }

  piecesOf(text: string): string[] {
    return text === '' ? [] : [text];
  }

  write(pieces: readonly string[], now: Date): Written {
    for (const [count, piece] of pieces.entries()) {
      const reason = this.#sink.send(piece, now);
      if (reason !== null) return { count, reason, isBusy: reason === 'EAGAIN' };
    }
    return { count: pieces.length, reason: null, isBusy: false };
  }

  close(): void {
    this.#sink.close();
  }
}
