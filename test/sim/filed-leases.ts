/** Who has which address by what is on a disk for good: the rows of the lease files as a power failure would leave them. */
import type { Disk } from './disk.ts';
import type { Family, OwnedLease } from './family.ts';

const NEWLINE = 0x0a;

/** The rows of one file so far. */
interface ReadFile {
  readonly cuts: number;
  read: number;
  /** Null = it is nobody's. */
  readonly byAddress: Map<string, OwnedLease | null>;
}

export class FiledLeases {
  readonly #disk: Disk;
  readonly #family: Family;
  readonly #byInode = new Map<number, ReadFile>();

  constructor(disk: Disk, family: Family) {
    this.#disk = disk;
    this.#family = family;
  }

  /** Whom an address or a prefix belongs to, or undefined. */
  at(address: string): OwnedLease | undefined {
    for (const file of this.#files()) {
      const holder = file.byAddress.get(address);
      if (holder !== undefined) return holder ?? undefined;
    }
    return undefined;
  }

  /** The latest first, in the reverse order of Kea's loading. */
  #files(): ReadFile[] {
    const completed = this.#read('.completed');
    const earlier = completed === null ? [this.#read('.1'), this.#read('.2')] : [completed];
    return [this.#read(''), ...earlier].filter((file) => file !== null);
  }

  #read(suffix: string): ReadFile | null {
    const found = this.#disk.synced(`${this.#family.leaseFile}${suffix}`);
    if (found === null) return null;
    let file = this.#byInode.get(found.inode);
    if (file === undefined || file.cuts !== found.cuts) {
      file = { cuts: found.cuts, read: 0, byAddress: new Map() };
      this.#byInode.set(found.inode, file);
    }
    this.#follow(file, found.synced);
    return file;
  }

  /** Takes the rows that have come since. */
  #follow(file: ReadFile, bytes: Uint8Array): void {
    for (let end = bytes.indexOf(NEWLINE, file.read); end >= 0; end = bytes.indexOf(NEWLINE, file.read)) {
      const row = Buffer.from(bytes.subarray(file.read, end)).toString();
      const lease = this.#family.leaseOf(row.split(','));
      file.byAddress.set(lease.address, lease.untilSec === 0 ? null : lease);
      file.read = end + 1;
    }
  }
}
