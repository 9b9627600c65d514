/**
 * A short text that changes when a file may have changed. It is made from the file that a path leads to at this moment, not
 * from the path: certbot moves a link, Kubernetes moves a directory that a link leads to, editors rename, tools write in
 * place, and all of it shows in device, inode, length and times. Notices of the kernel (fs.watch) would come sooner, but not
 * for a change behind a link, on a network file system, or in a directory that was mounted anew; a certificate is renewed days
 * before its end, so that what never misses a change is worth more than what is quick.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORY_FILES_MAX } from './trust-anchor.ts';
import { versionOf, wordsOf } from './whole-file.ts';

/** Asynchronous, so that a network file system that hangs holds nobody but who waits for this. Never rejects. */
export async function stampOf(path: string): Promise<string> {
  try {
    const found = await stat(path, { bigint: true });
    const own = versionOf(found);
    return found.isDirectory() ? `${own} ${await stampOfEntries(path)}` : own;
  } catch (error) {
    return wordsOf(error);
  }
}

/** One after the other: nobody waits for it, and together they would hold all threads that read files. */
async function stampOfEntries(directory: string): Promise<string> {
  const stamps: string[] = [];
  const names = (await readdir(directory)).sort();
  for (const name of names.slice(0, DIRECTORY_FILES_MAX)) {
    const found = await stat(join(directory, name), { bigint: true }).catch(() => null);
    if (found?.isFile()) stamps.push(`${name} ${versionOf(found)}`);
  }
  return stamps.join(' ');
}
