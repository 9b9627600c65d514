/**
 * The file of a unix socket: checks the path and removes a file that a dead server left behind. Only a socket on which
 * nobody listens is ever removed; a mistyped `socket-name` must not cost anybody a file.
 */
import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { tandemError } from '../../errors.ts';
import type { Log } from '../../log/logger.ts';
import { UNIX_PATH_BYTES_MAX } from '../limits.ts';
import { lockSocketName } from './lock.ts';

/**
 * Makes the path free to listen on, and takes its name for this process.
 * @returns what gives the name back, for when nobody listens any more
 * @throws TDM_ERR_SOCKET_PATH_TOO_LONG, TDM_ERR_SOCKET_PATH_TAKEN, TDM_ERR_SOCKET_IN_USE, TDM_ERR_SOCKET_UNUSABLE
 */
export async function takeSocketPath(path: string, log: Log): Promise<() => void> {
  const length = Buffer.byteLength(path);
  if (length > UNIX_PATH_BYTES_MAX) {
    throw tandemError('TDM_ERR_SOCKET_PATH_TOO_LONG', [path, String(length), String(UNIX_PATH_BYTES_MAX)]);
  }
  const folder = dirname(path);
  // The kernel's own word for it would be "permission denied", which sends the reader the wrong way.
  if (!existsSync(folder)) throw tandemError('TDM_ERR_SOCKET_UNUSABLE', [path, `${folder} does not exist`]);
  const release = lockSocketName(path);
  try {
    await removeStale(path, log);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

async function removeStale(path: string, log: Log): Promise<void> {
  if (!standsInTheWay(path)) return;
  // Whoever listens without a lock: another program, or a Tandem of before.
  if (await isListenedOn(path)) throw tandemError('TDM_ERR_SOCKET_IN_USE', [path]);
  try {
    unlinkSync(path);
  } catch (error) {
    throw tandemError('TDM_ERR_SOCKET_UNUSABLE', [path, (error as Error).message], error);
  }
  log('TDM_CONTROL_UNIX_STALE', { path });
}

/** True for a socket, false when there is nothing. */
function standsInTheWay(path: string): boolean {
  try {
    // Not stat: a symbolic link is somebody's deed, and what it points to is not ours.
    if (lstatSync(path).isSocket()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw tandemError('TDM_ERR_SOCKET_UNUSABLE', [path, (error as Error).message], error);
  }
  throw tandemError('TDM_ERR_SOCKET_PATH_TAKEN', [path]);
}

/** Only a refused connection proves that nobody listens; any doubt counts as somebody. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
