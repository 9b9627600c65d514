/**
 * The file operations that lease files need, all synchronous: they run in worker threads or before the service starts.
 * An interface, so that tests can fail a disk or stop between any two steps.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { forgetCached } from '../io/page-cache.ts';

/** Each member fails as the function of the same name in section 2 of the Linux manual, with a NodeJS.ErrnoException. */
export interface FileSystem {
  open(path: string, flags: number): number;
  close(fd: number): void;
  /** @returns octets read into `bytes[offset .. offset + length)`, 0 at the end of the file */
  read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** @returns octets written, perhaps fewer than `length` */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  truncate(fd: number, length: number): void;
  fdatasync(fd: number): void;
  fsync(fd: number): void;
  /** Has the next reader get what stands from `from` on from the disk, as far as it is not to be written; never fails. */
  forget(fd: number, from: number): void;
  stat(fd: number): { readonly size: number; readonly inode: number };
  rename(from: string, to: string): void;
  unlink(path: string): void;
  exists(path: string): boolean;
}

/** Owner and group only: a lease file tells who is where (CVE-2025-32803 was a world-readable one). */
const LEASE_FILE_MODE = 0o640;

export const OpenFlags = {
  read: constants.O_RDONLY,
  readWrite: constants.O_RDWR,
  readWriteCreate: constants.O_RDWR | constants.O_CREAT,
  writeEmpty: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
} as const;

export const systemFiles: FileSystem = {
  open: (path, flags) => openSync(path, flags, LEASE_FILE_MODE),
  close: closeSync,
  read: readSync,
  write: writeSync,
  truncate: ftruncateSync,
  fdatasync: fdatasyncSync,
  fsync: fsyncSync,
  forget: forgetCached,
  stat: (fd) => {
    const { size, ino } = fstatSync(fd);
    return { size, inode: ino };
  },
  rename: renameSync,
  unlink: unlinkSync,
  exists: (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
};

/** Writes everything; a disk that takes only a part of it throws on the next attempt. @returns the position behind it */
export function writeAll(
  files: FileSystem,
  fd: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): number {
  let written = 0;
  while (written < length) written += files.write(fd, bytes, written, length - written, position + written);
  return position + written;
}

/** Makes creations, renames and deletions of files beside `path` durable. */
export function syncDirectory(files: FileSystem, path: string): void {
  const fd = files.open(dirname(path), OpenFlags.read);
  try {
    files.fsync(fd);
  } finally {
    files.close(fd);
  }
}

/** More than is ever written between two fdatasyncs. */
const UNSYNCED_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Makes what an open file holds durable, whoever has written it. What an fdatasync of before has failed to write the page cache may still show,
 * although no later one writes it: that is not there for whoever reads the file now.
 */
export function syncFile(files: FileSystem, fd: number): void {
  files.fdatasync(fd);
  files.forget(fd, Math.max(0, files.stat(fd).size - UNSYNCED_BYTES_MAX));
}

/** Removes a file that may be gone already. */
export function unlinkIfPresent(files: FileSystem, path: string): void {
  try {
    files.unlink(path);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
  }
}

/** True for what a failed system call throws, as opposed to a fault of this program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
