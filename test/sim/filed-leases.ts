/** Who has which address by what is on a disk for good: the rows of a lease file as a power failure would leave it. */
import type { Disk } from './disk.ts';
import type { Family, OwnedLease } from './family.ts';

const NEWLINE = 0x0a;

export class FiledLeases {
  readonly #disk: Disk;
  readonly #family: Family;
  readonly #byAddress = new Map<string, OwnedLease>();
  #inode = -1;
  #read = 0;

  constructor(disk: Disk, family: Family) {
    this.#disk = disk;
    this.#family = family;
  }

  /** Whom an address or a prefix belongs to, or undefined. */
  at(address: string): OwnedLease | undefined {
    this.#follow();
    return this.#byAddress.get(address);
  }

  #follow(): void {
    const { inode, bytes } = this.#disk.synced(this.#family.leaseFile);
    if (inode !== this.#inode || bytes.length < this.#read) {
      this.#inode = inode;
      this.#read = 0;
      this.#byAddress.clear();
    }
    for (let end = bytes.indexOf(NEWLINE, this.#read); end >= 0; end = bytes.indexOf(NEWLINE, this.#read)) {
      this.#take(Buffer.from(bytes.subarray(this.#read, end)).toString());
      this.#read = end + 1;
    }
  }

  #take(row: string): void {
    const lease = this.#family.leaseOf(row.split(','));
    if (lease.untilSec === 0) this.#byAddress.delete(lease.address);
    else this.#byAddress.set(lease.address, lease);
  }
}
