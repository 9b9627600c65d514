/** Kea's own clean-up program reads what Tandem writes, hostile leases included, and Tandem reads what it makes of it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { encodeLease } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { INFINITE_LIFETIME_SEC } from '../../src/lease/state.ts';
import { findProgram, needProgram } from '../support/need.ts';
import { addressOf, deletionText, HEADER, LeaseMap, leaseNumber, tryLoad } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

function keaCleanUp(path: string): void {
  const files = ['-x', `${path}.2`, '-i', `${path}.1`, '-o', `${path}.output`, '-f', `${path}.completed`];
  const args = ['-4', ...files, '-p', `${path}.pid`, '-c', 'ignored'];
  execFileSync(findProgram('kea-lfc')!, args, {
    env: { ...process.env, KEA_LOCKFILE_DIR: 'none' },
    stdio: 'pipe',
  });
}

const octets = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index);
/** Without NUL and newline: Kea reads what we write for them, but writes them as they are and so breaks its own row. */
const ascii = String.fromCharCode(...Array.from({ length: 127 }, (_, index) => index + 1))
  .toLowerCase()
  .replace('\n', '');

const hostile: Partial<Lease4>[] = [
  {},
  { hostname: ascii },
  { hostname: 'bücher.example,&#x2c;&&#x26' },
  // Kea 2.2 takes no client identifier of more than 128 octets from a file, and none of one octet.
  { hwAddress: octets(16), clientId: octets(128) },
  { hwAddress: octets(1), clientId: octets(2) },
  { hwAddress: new Uint8Array(0), clientId: octets(20) },
  { hwAddress: new Uint8Array(0), clientId: null, state: 1 },
  { state: 2 },
  { state: 3 },
  { validLifetimeSec: INFINITE_LIFETIME_SEC },
  {
    validLifetimeSec: INFINITE_LIFETIME_SEC,
    clttSec: 0xffff_ffff,
    subnetId: 0xffff_fffe,
    fqdnFwd: true,
    fqdnRev: true,
  },
  {
    userContext: JSON.stringify({
      ISC: { 'relay-agent-info': '0x01' },
      list: [1, {}, []],
      note: 'a, b & c\n"\\',
    }),
  },
];

t.test('kea-lfc keeps every lease that Tandem has written, as it was', async (t) => {
  if (!needProgram(t, 'kea-lfc')) return;
  const path = join(scratchDirectory(t), 'leases');
  const leases = hostile.map((change, number) => leaseNumber(number, change));
  const gone = hostile.length;
  const rows = leases.map((lease) => Buffer.from(encodeLease(lease)!).toString('latin1'));
  const anonymous = leaseNumber(gone + 1, { hwAddress: new Uint8Array(0), clientId: null, state: 1 });
  const anonymousDeletion = { ...anonymous, state: 0 as const, validLifetimeSec: 0 };
  rows.push(Buffer.from(encodeLease(leaseNumber(gone))!).toString('latin1'), deletionText(gone));
  for (const lease of [anonymous, anonymousDeletion])
    rows.push(Buffer.from(encodeLease(lease)!).toString('latin1'));
  writeFileSync(`${path}.1`, HEADER + rows.join(''));
  keaCleanUp(path);

  const map = new LeaseMap();
  writeFileSync(path, readFileSync(`${path}.2`));
  t.match(tryLoad(path, map), { kind: 'loaded', report: { rowErrorCount: 0, notKept: 0 } });
  t.equal(map.leases.has(formatIpv4(addressOf(gone))), false, 'the deletion was understood');
  t.equal(map.leases.has(formatIpv4(anonymous.address)), false, 'one without identifiers too');
  t.equal(map.leases.size, leases.length);
  for (const lease of leases) {
    const kept = map.leases.get(formatIpv4(lease.address))!;
    // Kea 2.2 writes user contexts in its own spacing.
    const userContext = kept.userContext === '' ? '' : JSON.stringify(JSON.parse(kept.userContext));
    t.same({ ...kept, userContext }, lease, formatIpv4(lease.address));
  }
});
