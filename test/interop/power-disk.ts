/**
 * A disk whose power can be cut: ext4 in a file, mounted, and told to stop without another word to its journal or its disk
 * (ext4's shutdown ioctl, which its own tests of crashes use). What was not synced is gone when it is mounted again.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { MOUNT_NAME, temporaryDirectory } from './leftovers.ts';
import type { Teardown } from './network.ts';

const DISK_BYTES = 32 << 20;
/** _IOR('X', 125, __u32), and its argument: nothing is flushed. */
const EXT4_IOC_SHUTDOWN = 0x8004_587d;
const GOING_NO_LOG_FLUSH = 2;
const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, uint32_t *argument)') as (
  fd: number,
  request: number,
  argument: Uint32Array,
) => number;

export class PowerDisk {
  readonly directory: string;
  #image: string;

  constructor(t: Teardown) {
    const around = temporaryDirectory(t);
    this.directory = join(around, MOUNT_NAME);
    this.#image = join(around, 'image');
    mkdirSync(this.directory);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, DISK_BYTES);
    execFileSync('mkfs.ext4', ['-q', '-F', this.#image]);
    this.#mount();
  }

  #mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.directory]);
  }

  /** From now on every operation on it fails. */
  cutPower(): void {
    const fd = openSync(this.directory, 'r');
    const isDown = ioctl(fd, EXT4_IOC_SHUTDOWN, Uint32Array.of(GOING_NO_LOG_FLUSH)) === 0;
    closeSync(fd);
    if (!isDown) throw new Error(`ext4 has not shut down: errno ${koffi.errno()}`);
  }

  /**
   * The machine is started again. Pre: nobody has a file on it open. It goes on with a copy of what is on the disk: whoever runs in a mount
   * namespace of its own, as other tests do, has the former mount still, and with it the file system that has stopped.
   */
  restore(): void {
    execFileSync('umount', [this.directory]);
    const former = this.#image;
    this.#image = `${former}+`;
    copyFileSync(former, this.#image);
    this.#mount();
  }
}
