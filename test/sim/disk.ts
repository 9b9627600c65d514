/**
 * The disk of a simulated machine. What was written is in the page cache, which a killed process leaves behind and a power failure
 * does not: then a file is what was synced, and perhaps some of the writes since.
 */
import { constants } from 'node:fs';
import type { Random } from './random.ts';

interface FileNode {
  readonly inode: number;
  cached: Uint8Array;
  length: number;
  /** Since the last sync, in order. */
  unsynced: ({ readonly at: number; readonly bytes: Uint8Array } | { readonly length: number })[];
  synced: Uint8Array;
  /** Counts how often `synced` was cut. */
  cuts: number;
}

interface OpenFile {
  readonly node: FileNode;
  readonly path: string;
  /** Where a reader is that names no place. */
  at: number;
}

const ENOENT = 2;
const EIO = 5;
const ENOSPC = 28;
const CODES: Readonly<Record<number, string>> = { [ENOENT]: 'ENOENT', [EIO]: 'EIO', [ENOSPC]: 'ENOSPC' };
const FIRST_FD = 1_000_000;

/** What of a file is on the disk for good. */
export interface SyncedFile {
  readonly inode: number;
  readonly synced: Uint8Array;
  /** Counts how often it was cut. */
  readonly cuts: number;
}

/** What is wrong with a disk. */
export type DiskTrouble = 'none' | 'full' | 'sync';

/** What the disk needs of its machine. */
export interface DiskHost {
  /** A call is about to change something. @throws whatever ends the process in it */
  beforeChange(): void;
  /** The caller waits for so long, us. */
  pass(us: number): void;
}

export class Disk {
  readonly #names = new Map<string, FileNode>();
  #syncedNames = new Map<string, FileNode>();
  readonly #open = new Map<number, OpenFile>();
  readonly #random: Random;
  #nextInode = 1;
  #nextFd = FIRST_FD;
  readonly #host: DiskHost;
  trouble: DiskTrouble = 'none';
  /** The most that a sync takes, us. */
  syncUsMax = 200;
  /** Nobody can use it: the process has ended, and its last calls must do nothing any more. */
  isOff = false;

  constructor(random: Random, host: DiskHost) {
    this.#random = random;
    this.#host = host;
  }

  /** As an editor would. */
  put(path: string, text: string): void {
    const node = this.#create(path);
    node.cached = new TextEncoder().encode(text);
    node.length = node.cached.length;
    node.synced = node.cached.slice();
    this.#syncedNames.set(path, node);
  }

  /** What a reader finds now; null = there is no such file. */
  text(path: string): string | null {
    const node = this.#names.get(path);
    return node === undefined ? null : new TextDecoder().decode(node.cached.subarray(0, node.length));
  }

  /** What of a file is on the disk for good. */
  synced(path: string): SyncedFile | null {
    return this.#names.get(path) ?? null;
  }

  /** The kernel writes back what has waited long enough. */
  writeBack(): void {
    for (const node of this.#names.values()) this.#keep(node, node.unsynced.length);
    this.#syncedNames = new Map(this.#names);
  }

  /** Another disk is put in place of this one, with only these files of it. */
  replace(kept: readonly string[]): void {
    for (const path of [...this.#names.keys()]) if (!kept.includes(path)) this.#names.delete(path);
    this.#syncedNames = new Map(this.#names);
  }

  /** The process has ended; the machine goes on. */
  closeAll(): void {
    this.#open.clear();
  }

  /** Of what was not synced each file keeps the first few writes, the last of them perhaps torn. */
  powerFailure(): void {
    this.closeAll();
    if (this.#random.chance(0.5)) {
      this.#names.clear();
      for (const [path, node] of this.#syncedNames) this.#names.set(path, node);
    }
    for (const node of new Set(this.#names.values())) this.#lose(node);
    this.#syncedNames = new Map(this.#names);
  }

  #lose(node: FileNode): void {
    const kept = node.unsynced.slice(0, this.#random.between(0, node.unsynced.length));
    const last = kept.at(-1);
    if (last !== undefined && 'bytes' in last && this.#random.chance(0.5))
      kept[kept.length - 1] = {
        at: last.at,
        bytes: last.bytes.subarray(0, this.#random.below(last.bytes.length + 1)),
      };
    node.cached = node.synced.slice();
    node.length = node.cached.length;
    for (const each of kept) {
      if ('bytes' in each) write(node, each.bytes, each.at);
      else node.length = Math.min(node.length, each.length);
    }
    node.unsynced = [];
    node.synced = node.cached.slice(0, node.length);
    node.cuts++;
  }

  // The calls of node:fs that servers make.

  readonly openSync = (path: string, flags: number | string): number => {
    const isCreating = typeof flags === 'string' ? flags.startsWith('a') : (flags & constants.O_CREAT) !== 0;
    if (isCreating) this.#beforeChange();
    else this.#requireOn();
    let node = this.#names.get(path);
    if (node === undefined && isDirectory(path, this.#names)) node = directoryNode();
    if (node === undefined) {
      if (!isCreating) throw failure('open', ENOENT, path);
      node = this.#create(path);
    }
    if (typeof flags === 'number' && (flags & constants.O_TRUNC) !== 0) this.#truncate(node, 0);
    const fd = this.#nextFd++;
    this.#open.set(fd, { node, path, at: 0 });
    return fd;
  };

  readonly closeSync = (fd: number): void => {
    this.#at(fd, 'close');
    this.#open.delete(fd);
  };

  readonly readSync = (
    fd: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number => {
    const open = this.#at(fd, 'read');
    const { node } = open;
    if (position === null) {
      const count = this.readSync(fd, into, offset, length, open.at);
      open.at += count;
      return count;
    }
    const count = Math.max(0, Math.min(length, node.length - position));
    into.set(node.cached.subarray(position, position + count), offset);
    return count;
  };

  readonly writeSync = (
    fd: number,
    bytes: Uint8Array | string,
    offset = 0,
    length?: number,
    position?: number,
  ): number => {
    this.#beforeChange();
    const { node } = this.#at(fd, 'write');
    if (this.trouble === 'full') throw failure('write', ENOSPC);
    const octets = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    const copy = octets.slice(offset, offset + (length ?? octets.length - offset));
    const at = position ?? node.length;
    write(node, copy, at);
    node.unsynced.push({ at, bytes: copy });
    return copy.length;
  };

  readonly ftruncateSync = (fd: number, length = 0): void => {
    this.#beforeChange();
    this.#truncate(this.#at(fd, 'ftruncate').node, length);
  };

  readonly fdatasyncSync = (fd: number): void => this.#sync(this.#at(fd, 'fdatasync').node, 'fdatasync');

  readonly fsyncSync = (fd: number): void => {
    const { node, path } = this.#at(fd, 'fsync');
    this.#sync(node, 'fsync');
    if (isDirectory(path, this.#names)) this.#syncedNames = new Map(this.#names);
  };

  /** As POSIX_FADV_DONTNEED: what is not to be written any more is read from the disk the next time. */
  forget(fd: number, from: number): number {
    const { node } = this.#at(fd, 'fadvise');
    if (node.unsynced.length > 0) return 0;
    node.cached.fill(0, from, node.length);
    node.cached.set(node.synced.subarray(from, node.length), from);
    return 0;
  }

  readonly fstatSync = (fd: number, options?: { bigint?: boolean }): unknown => {
    const { node } = this.#at(fd, 'fstat');
    const number = options?.bigint === true ? BigInt : Number;
    const rest = { isFile: () => true, isDirectory: () => false, isFIFO: () => false };
    return {
      size: number(node.length),
      ino: number(node.inode),
      dev: number(1),
      mtimeNs: 0n,
      ctimeNs: 0n,
      ...rest,
    };
  };

  readonly statSync = (path: string, options?: { throwIfNoEntry?: boolean }): unknown => {
    const node = this.#names.get(path);
    const isFolder = node === undefined && isDirectory(path, this.#names);
    if (node === undefined && !isFolder) {
      if (options?.throwIfNoEntry === false) return undefined;
      throw failure('stat', ENOENT, path);
    }
    return {
      size: node?.length ?? 0,
      ino: node?.inode ?? 0,
      dev: 1,
      mode: 0,
      isFile: () => !isFolder,
      isDirectory: () => isFolder,
      isFIFO: () => false,
    };
  };

  readonly readFileSync = (path: string, encoding?: string): Uint8Array | string => {
    const node = this.#names.get(path);
    if (node === undefined) throw failure('open', ENOENT, path);
    const bytes = Buffer.from(node.cached.slice(0, node.length));
    return encoding === undefined ? bytes : bytes.toString('utf8');
  };

  readonly existsSync = (path: string): boolean => this.#names.has(path) || isDirectory(path, this.#names);

  readonly realpathSync = (path: string): string => path;

  readonly renameSync = (from: string, to: string): void => {
    this.#beforeChange();
    const node = this.#names.get(from);
    if (node === undefined) throw failure('rename', ENOENT, from);
    this.#names.delete(from);
    this.#names.set(to, node);
  };

  readonly unlinkSync = (path: string): void => {
    this.#beforeChange();
    if (!this.#names.delete(path)) throw failure('unlink', ENOENT, path);
  };

  #create(path: string): FileNode {
    const node = {
      inode: this.#nextInode++,
      cached: new Uint8Array(0),
      length: 0,
      unsynced: [],
      synced: new Uint8Array(0),
      cuts: 0,
    };
    this.#names.set(path, node);
    return node;
  }

  #truncate(node: FileNode, length: number): void {
    node.length = Math.min(node.length, length);
    node.unsynced.push({ length });
  }

  /** A failed sync leaves the pages clean: what was written is lost for the disk, whoever syncs next. [fsyncgate] */
  #sync(node: FileNode, call: string): void {
    this.#beforeChange();
    // What is written meanwhile is not part of it.
    const count = node.unsynced.length;
    this.#host.pass(this.#random.between(1, this.syncUsMax));
    if (this.trouble === 'sync') {
      node.unsynced = [];
      throw failure(call, EIO);
    }
    this.#keep(node, count);
  }

  /** The first so many changes since the last sync are on the disk for good. */
  #keep(node: FileNode, count: number): void {
    for (const each of node.unsynced.splice(0, count)) {
      if ('bytes' in each) node.synced = overlay(node.synced, each.bytes, each.at);
      else {
        node.synced = node.synced.subarray(0, each.length);
        node.cuts++;
      }
    }
  }

  #beforeChange(): void {
    this.#requireOn();
    this.#host.beforeChange();
  }

  #requireOn(): void {
    if (this.isOff) throw failure('use', EIO);
  }

  #at(fd: number, call: string): OpenFile {
    const open = this.#open.get(fd);
    if (open === undefined) throw failure(call, EIO);
    return open;
  }
}

function isDirectory(path: string, names: ReadonlyMap<string, unknown>): boolean {
  for (const name of names.keys()) if (name.startsWith(`${path}/`)) return true;
  return false;
}

function directoryNode(): FileNode {
  return { inode: 0, cached: new Uint8Array(0), length: 0, unsynced: [], synced: new Uint8Array(0), cuts: 0 };
}

function write(node: FileNode, bytes: Uint8Array, at: number): void {
  node.cached = roomFor(node.cached, at + bytes.length);
  if (at > node.length) node.cached.fill(0, node.length, at);
  node.cached.set(bytes, at);
  node.length = Math.max(node.length, at + bytes.length);
}

/** Grows by halves, so that appending stays cheap. */
function roomFor(bytes: Uint8Array, length: number): Uint8Array {
  if (length <= bytes.length) return bytes;
  const grown = new Uint8Array(Math.max(length, bytes.length * 1.5, 4096));
  grown.set(bytes);
  return grown;
}

/** The view that comes back may have room behind it in its buffer. */
function overlay(bytes: Uint8Array, piece: Uint8Array, at: number): Uint8Array {
  const length = Math.max(bytes.length, at + piece.length);
  const whole = new Uint8Array(bytes.buffer, bytes.byteOffset);
  const room = whole.length >= length ? whole : roomFor(bytes, length);
  room.set(piece, at);
  return room.subarray(0, length);
}

function failure(syscall: string, errno: number, path = ''): Error {
  const code = CODES[errno]!;
  return Object.assign(new Error(`${code}: ${syscall} ${path}`), { code, errno: -errno, syscall });
}
