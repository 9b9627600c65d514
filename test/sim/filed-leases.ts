/** Who has which address by what is on a disk for good: the rows of a lease file as a power failure would leave it. */
import type { Disk } from './disk.ts';

const NEWLINE = 0x0a;

export class FiledLeases {
  readonly #disk: Disk;
  readonly #path: string;
  /** The hardware address by the address. */
  readonly #byAddress = new Map<string, string>();
  #inode = -1;
  #read = 0;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  /** The hardware address of whom an address belongs to, or undefined. */
  at(address: string): string | undefined {
    this.#follow();
    return this.#byAddress.get(address);
  }

  #follow(): void {
    const { inode, bytes } = this.#disk.synced(this.#path);
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

  /** address,hwaddr,client_id,valid_lifetime,... */
  #take(row: string): void {
    const [address = '', hwAddress = '', , lifetime] = row.split(',');
    if (lifetime === '0') this.#byAddress.delete(address);
    else this.#byAddress.set(address, hwAddress);
  }
}
