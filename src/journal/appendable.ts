/**
 * Makes the active lease file ready for the journal after it was read: it exists, can be written, has the header of the
 * current schema and ends with a newline.
 */
import type { Clock } from '../base/clock.ts';
import { type FiledLease, headerOf, type RowCodec } from '../lease/row-codec.ts';
import { cleanUp } from './cleanup.ts';
import { type FileSystem, OpenFlags, writeAll } from './files.ts';
import { rotateActiveFile, writeHeader } from './lease-file.ts';
import type { LeaseFileNames } from './names.ts';
import type { FileTail, ReadOutcome } from './read.ts';

/** What was mended at the end of a file that a crash or an editor had left unfinished. */
export interface Repair {
  /** `newline`: the last row was good and got one. `cut`: a torn row was removed. `header`: the file had none yet. */
  readonly kind: 'newline' | 'cut' | 'header';
  /** Octets that were cut off. */
  readonly tornBytes: number;
  /** Their beginning. */
  readonly text: string;
}

const newline = Uint8Array.of(0x0a);

/**
 * @param outcome of reading the active file, null when there is none
 * @returns what was mended, null when the file was as it should be or was created
 * @throws NodeJS.ErrnoException
 */
export function makeAppendable<Lease extends FiledLease>(
  codec: RowCodec<Lease, unknown>,
  files: FileSystem,
  names: LeaseFileNames,
  outcome: ReadOutcome | null,
  clock: Clock,
): Repair | null {
  if (outcome?.kind !== 'read') {
    withFile(files, names.active, (fd) => writeHeader(files, fd, names.active, headerOf(codec)));
    return outcome === null ? null : { kind: 'header', tornBytes: 0, text: '' };
  }
  // Opened for writing in any case, to find out now rather than with the first lease whether that is possible.
  const repair = withFile(files, names.active, (fd) => repairTail(files, fd, outcome.bytes, outcome.tail));
  if (!outcome.isCurrent) startCurrentSchema(codec, files, names, clock);
  return repair;
}

function repairTail(files: FileSystem, fd: number, bytes: number, tail: FileTail): Repair | null {
  if (tail.kind === 'clean') return null;
  if (tail.kind === 'torn') {
    // No answer has left for this row: its batch was never finished, so it was never published as durable.
    files.truncate(fd, tail.goodBytes);
    files.fsync(fd);
    return { kind: 'cut', tornBytes: tail.tornBytes, text: tail.text };
  }
  writeAll(files, fd, newline, newline.length, bytes);
  files.fsync(fd);
  return { kind: 'newline', tornBytes: 0, text: '' };
}

/**
 * Our rows have the current schema, so they get a file of their own: under an older header, a server of that schema
 * would take them for bad rows. When the place of the frozen file cannot be freed, they go under the old header after
 * all: that is readable for us and for every newer server.
 */
function startCurrentSchema<Lease extends FiledLease>(
  codec: RowCodec<Lease, unknown>,
  files: FileSystem,
  names: LeaseFileNames,
  clock: Clock,
): void {
  if (files.exists(names.frozen) || files.exists(names.completed)) {
    if (cleanUp(codec, { path: names.active }, clock, files).kind === 'failed') return;
  }
  rotateActiveFile(files, names);
  withFile(files, names.active, (fd) => writeHeader(files, fd, names.active, headerOf(codec)));
}

function withFile<Result>(files: FileSystem, path: string, use: (fd: number) => Result): Result {
  const fd = files.open(path, OpenFlags.readWriteCreate);
  try {
    return use(fd);
  } finally {
    files.close(fd);
  }
}
