/**
 * A file whose name tells the day, or the second, since which it is written: `base.20260131.txt`, `base.T...1769817600.txt`.
 * After so many seconds, days, months or years another one is begun; one that is still young enough is gone on with.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatDate } from '../base/date.ts';
import type { LegalFileConfig } from '../config/hook-model.ts';
import { endsWithinLine } from '../io/torn-line.ts';

/** The log names clients and their addresses: nobody but the owner and the group needs them. */
const FILE_MODE = 0o640;
const MS_PER_SEC = 1000;

/** Called when a file gives way to another one. */
export type Rotated = (former: string, next: string) => void;

export class DatedFile {
  readonly #config: LegalFileConfig;
  readonly #rotated: Rotated;
  #fd: number;
  #path: string;
  /** Since when the file is written. */
  #since: Date;

  /** @throws an Error of the file system when the file cannot be opened or made */
  constructor(config: LegalFileConfig, now: Date, rotated: Rotated) {
    this.#config = config;
    this.#rotated = rotated;
    this.#since = youngEnough(config, now) ?? now;
    this.#path = pathOf(config, this.#since);
    this.#fd = openWhole(this.#path);
  }

  get path(): string {
    return this.#path;
  }

  /** Writes whole lines, all or none. @throws an Error of the file system */
  write(lines: string, now: Date): void {
    if (isOver(this.#config, this.#since, now)) this.#rotate(now);
    const stat = fstatSync(this.#fd);
    try {
      const bytes = Buffer.from(lines);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      // A part of a line would spoil the one that comes when the disk has space again.
      if (stat.isFile()) ftruncateSync(this.#fd, stat.size);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(now: Date): void {
    const path = pathOf(this.#config, now);
    const fd = openWhole(path);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#since = now;
    const former = this.#path;
    this.#path = path;
    this.#rotated(former, path);
  }
}

/** Opens a file to go on with it, on a line of its own. */
function openWhole(path: string): number {
  const fd = openSync(path, 'a', FILE_MODE);
  if (fstatSync(fd).isFile() && endsWithinLine(path)) writeSync(fd, '\n');
  return fd;
}

function pathOf({ directory, baseName, timeUnit }: LegalFileConfig, since: Date): string {
  const mark =
    timeUnit === 'second'
      ? `T${String(Math.floor(since.getTime() / MS_PER_SEC)).padStart(20, '0')}`
      : formatDate('%Y%m%d', since, false);
  return join(directory, `${baseName}.${mark}.txt`);
}

function isOver({ timeUnit, count }: LegalFileConfig, since: Date, now: Date): boolean {
  if (count === 0) return false;
  if (timeUnit === 'second') return now.getTime() - since.getTime() >= count * MS_PER_SEC;
  const end = new Date(since.getFullYear(), since.getMonth(), since.getDate());
  if (timeUnit === 'day') end.setDate(end.getDate() + count);
  else if (timeUnit === 'month') end.setMonth(end.getMonth() + count);
  else end.setFullYear(end.getFullYear() + count);
  return now.getTime() >= end.getTime();
}

/** Since when the newest file of this name is written, if it is not over yet. */
function youngEnough(config: LegalFileConfig, now: Date): Date | null {
  const { directory, baseName, timeUnit, count } = config;
  if (count === 0) return null;
  const form = timeUnit === 'second' ? /^T(\d{20})\.txt$/ : /^(\d{4})(\d\d)(\d\d)\.txt$/;
  const marks = readdirSync(directory)
    .filter((name) => name.startsWith(`${baseName}.`))
    .flatMap((name) => form.exec(name.slice(baseName.length + 1)) ?? [])
    .filter((text) => text !== undefined && form.test(text))
    .sort();
  const newest = form.exec(marks.at(-1) ?? '');
  if (newest === null) return null;
  const [first, month, day] = newest.slice(1).map(Number) as [number, number, number];
  const since = timeUnit === 'second' ? new Date(first * MS_PER_SEC) : new Date(first, month - 1, day);
  return isOver(config, since, now) ? null : since;
}
