/** Files in memory, as a file system that does what it is told: for tests that need thousands of them a second. */
import { type FileSystem, OpenFlags } from '../../../src/journal/files.ts';
import { systemFault } from './faulty-files.ts';

interface MemoryFile {
  bytes: Uint8Array;
  readonly inode: number;
}

export class MemoryFiles implements FileSystem {
  readonly #files = new Map<string, MemoryFile>();
  readonly #open = new Map<number, MemoryFile>();
  #inodes = 0;
  #fds = 2;
  /** Steps that change something, since the beginning; the one with this number and all after it fail. */
  failsFrom = Number.POSITIVE_INFINITY;
  steps = 0;

  put(path: string, bytes: Uint8Array): void {
    this.#files.set(path, { bytes: Uint8Array.from(bytes), inode: ++this.#inodes });
  }

  /** What is there, as text that is the same only for the same files. */
  summary(): string {
    const each = [...this.#files].map(
      ([path, { bytes }]) => `${path} ${Buffer.from(bytes).toString('latin1')}`,
    );
    return each.sort().join('\n');
  }

  #change(): void {
    if (++this.steps >= this.failsFrom) throw systemFault('EIO', 'write');
  }

  #of(fd: number): MemoryFile {
    const file = this.#open.get(fd);
    if (file === undefined) throw systemFault('EBADF', 'use');
    return file;
  }

  open(path: string, flags: number): number {
    const fd = ++this.#fds;
    // A directory, which is only synced.
    if (!path.includes('/leases')) {
      this.#open.set(fd, { bytes: new Uint8Array(0), inode: 0 });
      return fd;
    }
    if (!this.#files.has(path)) {
      if (flags === OpenFlags.read || flags === OpenFlags.readWrite) throw systemFault('ENOENT', 'open');
      this.#change();
      this.put(path, new Uint8Array(0));
    }
    const file = this.#files.get(path)!;
    if (flags === OpenFlags.writeEmpty) file.bytes = new Uint8Array(0);
    this.#open.set(fd, file);
    return fd;
  }

  close(fd: number): void {
    this.#of(fd);
    this.#open.delete(fd);
  }

  /** Descriptors that nobody has closed. */
  get openCount(): number {
    return this.#open.size;
  }

  read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const piece = this.#of(fd).bytes.subarray(position, position + length);
    bytes.set(piece, offset);
    return piece.length;
  }

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    this.#change();
    const file = this.#of(fd);
    const grown = new Uint8Array(Math.max(file.bytes.length, position + length));
    grown.set(file.bytes);
    grown.set(bytes.subarray(offset, offset + length), position);
    file.bytes = grown;
    return length;
  }

  truncate(fd: number, length: number): void {
    this.#change();
    const file = this.#of(fd);
    const cut = new Uint8Array(length);
    cut.set(file.bytes.subarray(0, length));
    file.bytes = cut;
  }

  fdatasync(fd: number): void {
    this.#change();
    this.#of(fd);
  }

  fsync(fd: number): void {
    this.fdatasync(fd);
  }

  /** There is nothing else than this memory. */
  forget(): void {}

  stat(fd: number): { readonly size: number; readonly inode: number } {
    const { bytes, inode } = this.#of(fd);
    return { size: bytes.length, inode };
  }

  rename(from: string, to: string): void {
    this.#change();
    const file = this.#files.get(from);
    if (file === undefined) throw systemFault('ENOENT', 'rename');
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  unlink(path: string): void {
    this.#change();
    if (!this.#files.delete(path)) throw systemFault('ENOENT', 'unlink');
  }

  exists(path: string): boolean {
    return this.#files.has(path);
  }
}
