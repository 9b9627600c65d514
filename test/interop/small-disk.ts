/** A disk that is soon full: a small tmpfs, unmounted with the removal of the directory around it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOUNT_NAME, temporaryDirectory } from './leftovers.ts';
import type { Teardown } from './network.ts';

const DISK_BYTES = 4 << 20;

export class SmallDisk {
  readonly directory: string;
  readonly #filler: string;

  constructor(t: Teardown) {
    this.directory = join(temporaryDirectory(t), MOUNT_NAME);
    this.#filler = join(this.directory, 'filler');
    mkdirSync(this.directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', this.directory]);
  }

  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  /** Leaves no more than so many octets. */
  fill(leaveBytes: number): void {
    writeFileSync(this.#filler, Buffer.alloc(this.freeBytes() - leaveBytes));
  }

  relieve(): void {
    rmSync(this.#filler);
  }
}
