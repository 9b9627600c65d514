/** The real file system with a fault in it: what a test cannot make a real disk do on demand. */
import { constants } from 'node:os';
import { type FileSystem, systemFiles } from '../../../src/journal/files.ts';

export type Operation = keyof FileSystem;

/** As `fs` throws it. */
export function systemFault(code: keyof typeof constants.errno, syscall: string): Error {
  const errno = -constants.errno[code];
  return Object.assign(new Error(`${code}: test fault, ${syscall}`), { code, errno, syscall });
}

/** Calls `before` ahead of every operation; what it throws, the operation throws. Real files otherwise. */
export function filesWith(before: (operation: Operation, args: readonly unknown[]) => void): FileSystem {
  const wrap = (operation: Operation) => {
    const real = systemFiles[operation] as (...args: unknown[]) => unknown;
    return (...args: unknown[]): unknown => {
      before(operation, args);
      return real(...args);
    };
  };
  const operations = Object.keys(systemFiles) as Operation[];
  return Object.fromEntries(operations.map((name) => [name, wrap(name)])) as unknown as FileSystem;
}
