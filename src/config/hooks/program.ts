/** Programs that a hook runs. */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** Why a path is no program that can be run, for a message that goes on behind the path; null = it is one. */
export function programFault(path: string): string | null {
  if (!isAbsolute(path)) return 'which is no absolute path';
  try {
    if (!statSync(path).isFile()) return 'which is no file';
    accessSync(path, constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' ? 'which may not be run (EACCES)' : `which cannot be read (${code})`;
  }
}
