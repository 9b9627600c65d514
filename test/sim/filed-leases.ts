/** Who has which address by what is on a disk for good: the rows of the lease files as a power failure would leave them. */
import { PROBATION_SEC } from './configuration.ts';
import type { Disk } from './disk.ts';
import type { Family, FiledLease } from './family.ts';

const NEWLINE = 0x0a;

/** The rows of one file so far. */
interface ReadFile {
  readonly cuts: number;
  read: number;
  /** Null = it is nobody's. */
  readonly byAddress: Map<string, FiledLease | null>;
  /** The last rows of addresses that were declined. */
  readonly declined: Map<string, FiledLease>;
  /** Rows that took an address which had just been declined. */
  readonly tooEarly: Map<string, FiledLease>;
}

/** A cltt may be ahead of the clock when an address changes hands several times in a second. */
const AHEAD_SEC = 5;

export class FiledLeases {
  readonly #disk: Disk;
  readonly #family: Family;
  readonly #byInode = new Map<number, ReadFile>();

  constructor(disk: Disk, family: Family) {
    this.#disk = disk;
    this.#family = family;
  }

  /** Whom an address or a prefix belongs to, or undefined. */
  at(address: string): FiledLease | undefined {
    for (const file of this.#files()) {
      const holder = file.byAddress.get(address);
      if (holder !== undefined) return holder ?? undefined;
    }
    return undefined;
  }

  /** The last row of an address, if it is of a client and the one before said that another had declined it a moment ago. */
  takenTooEarly(address: string): FiledLease | undefined {
    return this.#read('')?.tooEarly.get(address);
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
      file = {
        cuts: found.cuts,
        read: 0,
        byAddress: new Map(),
        declined: new Map(),
        tooEarly: new Map(),
      };
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
      const declined = file.declined.get(lease.address);
      file.declined.delete(lease.address);
      file.tooEarly.delete(lease.address);
      if (lease.isDeclined) file.declined.set(lease.address, lease);
      else if (declined !== undefined && lease.clttSec < declined.clttSec + PROBATION_SEC - AHEAD_SEC)
        file.tooEarly.set(lease.address, lease);
      file.byAddress.set(lease.address, lease.untilSec === 0 ? null : lease);
      file.read = end + 1;
    }
  }
}
