/** What is wrong with a file that the configuration names. */
export interface FileFault {
  /** The configuration's key. */
  readonly key:
    | 'trust-anchor'
    | 'cert-file'
    | 'key-file'
    | 'basic-auth-user-file'
    | 'basic-auth-password-file'
    | 'user-file'
    | 'password-file';
  readonly path: string;
  /** What is wrong. */
  readonly reason: string;
  /** What would be right. */
  readonly expected: string;
}

/** One sentence for the log and for people. */
export function formatFault({ key, path, reason, expected }: FileFault): string {
  return `${key} "${path}": ${reason}; expected ${expected}`;
}

/** Whether reading gave problems in the place of what was to be read. */
export function isFaults<T extends object>(read: T | readonly FileFault[]): read is readonly FileFault[] {
  return Array.isArray(read);
}
