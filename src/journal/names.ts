/**
 * Kea's names for the files of one lease database:
 *
 *     NAME            the rows of now, appended to
 *     NAME.1          earlier rows, frozen, waiting for the clean-up
 *     NAME.2          the result of the last clean-up
 *     NAME.output     the result of a kea-lfc that is at work
 *     NAME.completed  a finished result that has not taken the place of NAME.2 yet
 *     NAME.pid        process id of a running kea-lfc
 *     NAME.merged     ours: the result of a clean-up that is at work
 *     NAME.lock       ours: locked (flock) by the server that works on these files
 */
export interface LeaseFileNames {
  readonly active: string;
  readonly frozen: string;
  readonly previous: string;
  readonly keaOutput: string;
  readonly completed: string;
  readonly keaPid: string;
  readonly merged: string;
  readonly lock: string;
}

/** @param path NAME, an absolute path */
export function leaseFileNames(path: string): LeaseFileNames {
  return {
    active: path,
    frozen: `${path}.1`,
    previous: `${path}.2`,
    keaOutput: `${path}.output`,
    completed: `${path}.completed`,
    keaPid: `${path}.pid`,
    merged: `${path}.merged`,
    lock: `${path}.lock`,
  };
}
