/** How fast the disk is at the moment: on a machine that others use too, it is half of what a latency says. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNumber } from './harness.ts';

/** A lease row. */
const ROW = Buffer.alloc(100, 'x');
const ROWS = 200;

/** Appends rows to a file where those of the servers are, each with fdatasync, and tells how long one takes. */
export function describeDisk(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const fd = openSync(join(directory, 'rows'), 'a');
  try {
    const ms = Array.from({ length: ROWS }, () => {
      const begin = performance.now();
      writeSync(fd, ROW);
      fdatasyncSync(fd);
      return performance.now() - begin;
    }).sort((a, b) => a - b);
    const [middle = 0, high = 0] = [ms[ROWS / 2], ms[Math.floor(ROWS * 0.99)]];
    return `a row and fdatasync ${formatNumber(middle)} ms, p99 ${formatNumber(high)} ms`;
  } finally {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  }
}
