import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createRows, writeLeaseFile } from '../../bench/lease-rows.ts';
import { readLeases } from '../../src/demo/lease-files.ts';

const ADDRESS = 0x0a010000;

for (const forKea of [false, true]) {
  t.test(`reads every lease of a file ${forKea ? 'as Kea 2.2 writes it' : 'of our own'}`, async (t) => {
    const path = join(t.testdir(), 'leases.csv');
    writeLeaseFile(path, createRows(100, 1_700_000_000, 60), forKea);
    const leases = readLeases(path);
    t.equal(leases.size, 100);
    t.match(leases.get(ADDRESS + 99), { clttSec: 1_700_000_000, validLifetimeSec: 60, state: 0 });
  });
}

t.test('the last row of an address counts, and a lifetime of 0 deletes it', async (t) => {
  const path = join(t.testdir(), 'leases.csv');
  const [first, second] = createRows(2, 1_700_000_000, 60);
  const [later] = createRows(1, 1_700_000_100, 60);
  const deletion = Buffer.from(second!).toString().replace(',60,', ',0,');
  writeLeaseFile(path, [first!, second!, later!, Buffer.from(deletion)], false);
  const leases = readLeases(path);
  t.equal(leases.size, 1);
  t.equal(leases.get(ADDRESS)?.clttSec, 1_700_000_100);
});

t.test('a file with a bad row proves nothing', async (t) => {
  const path = join(t.testdir(), 'leases.csv');
  writeLeaseFile(path, [...createRows(1, 1_700_000_000, 60), Buffer.from('rubbish\n')], false);
  t.throws(() => readLeases(path), { message: /line 3 cannot be read/ });
  writeFileSync(path, 'rubbish\n');
  t.throws(() => readLeases(path));
});
