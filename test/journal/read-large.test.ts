/** Lease files beyond 2 GiB. The file here is a hole with rows around it, so it needs no disk. */

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemFiles } from '../../src/journal/files.ts';
import { leaseFileNames } from '../../src/journal/names.ts';
import type { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import { ActiveLeaseFile, readLeaseFile } from './support/dhcp4.ts';
import { addressOf, HEADER, rowBytes, rowText } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

t.test('a file of more than 2 GiB is appended to and read to its end, in little memory', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const head = HEADER + rowText(0);
  const bytes = head.length + 2 ** 31 + 12_345;
  const fd = openSync(path, 'w');
  writeSync(fd, head);
  ftruncateSync(fd, bytes);
  writeSync(fd, `\n${rowText(1)}`, bytes);
  closeSync(fd);

  const file = new ActiveLeaseFile(systemFiles, leaseFileNames(path));
  file.open();
  file.append(rowBytes(2), rowBytes(2).length);
  file.sync();
  file.keep();
  file.close();

  const before = process.memoryUsage().arrayBuffers;
  const rows: number[] = [];
  const faults: [RowFault, number][] = [];
  let lastOffset = 0;
  const outcome = readLeaseFile(systemFiles, path, {
    row: (record, offset) => {
      rows.push(record.address);
      lastOffset = offset;
    },
    fault: (fault, line) => faults.push([fault, line]) > 0,
  });
  t.same(rows, [addressOf(0), addressOf(1), addressOf(2)]);
  t.same(faults, [[15, 3]], 'the hole is one line that is too long');
  t.equal(lastOffset, bytes + 1 + rowText(1).length);
  t.match(outcome, { kind: 'read', bytes: lastOffset + rowText(2).length, tail: { kind: 'clean' } });
  t.ok(process.memoryUsage().arrayBuffers - before < 16 << 20);
});
