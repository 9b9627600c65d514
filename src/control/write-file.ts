/**
 * Writes a file that a command names: in one directory, never through a symbolic link, and whole or not at all. Whoever reaches
 * a control socket must not get at other files of the machine by it (CVE-2025-32802).
 */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

const MODE = 0o640;
/** What the kernel allows for a name, less what is put before and behind it while the file is being written. */
const NAME_OCTETS_MAX = 200;

/** Why nothing is written, in words for the sender of the command. */
export interface Unwritable {
  readonly reason: string;
}

/** Where a file may be written: `path` lies directly in the directory. */
export interface WritablePlace {
  readonly path: string;
  /** What stands there now, null = nothing. */
  readonly existing: Stats | null;
}

/**
 * Finds the place that a name means.
 * @param directory the only one in which files may be
 * @param name a bare file name, or an absolute path directly in the directory
 */
export async function placeInside(directory: string, name: string): Promise<WritablePlace | Unwritable> {
  const file = basename(name);
  const isPlain = name === file || (isAbsolute(name) && !name.endsWith('/'));
  const isName = file !== '' && file !== '.' && file !== '..' && isPrintable(name);
  if (!isPlain || !isName || Buffer.byteLength(file) > NAME_OCTETS_MAX)
    return { reason: `the name of a file in ${directory} is needed` };
  try {
    const real = await realpath(directory);
    // The path as it is written may go by a symbolic link that the operator has set up for the whole directory.
    const isThere =
      name === file || [directory, real].some((each) => dirname(resolve(name)) === resolve(each));
    if (!isThere) return { reason: `only files directly in ${directory} may be written` };
    const path = join(real, file);
    const existing = await lstat(path).catch(nothing);
    if (existing?.isSymbolicLink()) return { reason: `${file} is a symbolic link, which is not followed` };
    if (existing !== null && !existing.isFile()) return { reason: `${file} is no regular file` };
    return { path, existing };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/**
 * Puts a file in its place at once, with mode 0640 and the owner of what stood there: a crash leaves the old file or the new.
 * @param pieces what the file is made of, in order
 * @returns octets written
 * @throws the error of the system call; then the file is as it was
 */
export async function writeWhole(
  { path, existing }: WritablePlace,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  const handle = await open(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    MODE,
  );
  try {
    const size = await fill(handle, pieces, existing);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
    return size;
  } catch (error) {
    await unlink(temporary).catch(nothing);
    throw error;
  }
}

async function fill(
  handle: FileHandle,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  existing: Stats | null,
): Promise<number> {
  try {
    // The mask of the process takes bits away from what open() was told.
    await handle.chmod(MODE);
    // Only root may give files away; whoever else writes owned the old one, or has the right to the directory alone.
    if (existing !== null) await handle.chown(existing.uid, existing.gid).catch(nothing);
    let size = 0;
    for await (const piece of pieces) {
      await handle.writeFile(piece);
      size += piece.length;
    }
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

/** Control characters in a name are nobody's wish. */
function isPrintable(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) < 0x20) return false;
  return true;
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nothing(): null {
  return null;
}
