/** A lease file of either family, and the part of a configuration by which its leases are judged at the start. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { LeaseChecks } from '../../../src/config/model.ts';
import { scratchDirectory } from '../../journal/support/scratch.ts';

/** Writes the file. @param text header and rows */
export function checkedFile(t: Test, leaseChecks: LeaseChecks, text: string) {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, text);
  return {
    persist: true,
    path,
    lfcIntervalSec: 0,
    maxRowErrors: 0,
    leaseChecks,
    extendedInfoChecks: 'fix',
  } as const;
}
