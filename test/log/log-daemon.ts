/** A log daemon for tests: the socket that it would have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { libc } from '../../src/io/libc.ts';
import { allocatePinned } from '../../src/io/pinned.ts';
import { closeFd } from '../../src/io/udp.ts';

/** Short enough for the address of a socket. */
export function socketPath(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return join(directory, 'log');
}

/** A socket that a log daemon would have. */
export function openDaemon(path: string) {
  const address = allocatePinned(110);
  address.bytes[0] = 1;
  address.bytes.set(Buffer.from(path), 2);
  const fd = libc.socket(1, 0o2004002, 0);
  if (libc.bind(fd, address.address, 110) < 0) throw new Error(`cannot bind ${path}`);
  const buffer = allocatePinned(1 << 16);
  return {
    /** The next message, null when there is none. */
    read(): string | null {
      const length = libc.read(fd, buffer.address, buffer.bytes.length);
      return length < 0 ? null : Buffer.from(buffer.bytes.subarray(0, length)).toString();
    },
    close(): void {
      closeFd(fd);
      rmSync(path);
    },
  };
}
