/** The journal's files with leases of DHCPv6: load, clean-up, torn tails, and Kea's own clean-up program. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { runCleanup } from '../../src/journal/cleanup.ts';
import { type LoadOutcome, loadLeaseFiles } from '../../src/journal/load.ts';
import { encodeRow6, ROW_BYTES_MAX_6 } from '../../src/lease/dhcp6/csv.ts';
import { rowCodec6 } from '../../src/lease/dhcp6/row-codec.ts';
import { headerOf } from '../../src/lease/row-codec.ts';
import {
  addressNumber,
  anyFields,
  type RecordFields,
  recordWith,
  valuesOf,
} from '../lease/dhcp6/support/leases.ts';
import { findProgram, needProgram } from '../support/need.ts';
import { scratchDirectory } from './support/scratch.ts';

const HEADER = headerOf(rowCodec6);

function row(fields: RecordFields): string {
  const bytes = Buffer.alloc(ROW_BYTES_MAX_6);
  return bytes.toString('latin1', 0, encodeRow6(bytes, 0, recordWith(fields)));
}
const numbered = (number: number, fields: RecordFields = {}): string =>
  row({ address: addressNumber(number), iaid: number, ...fields });
const deletion = (number: number): string =>
  numbered(number, { validLifetimeSec: 0, expireSec: 1_700_000_000 });

type Leases = Map<string, Record<string, unknown>>;

function load(path: string): { outcome: LoadOutcome; leases: Leases } {
  const leases: Leases = new Map();
  const key = (bytes: Uint8Array, offset: number) =>
    Buffer.from(bytes.subarray(offset, offset + 16)).toString('hex');
  const outcome = loadLeaseFiles(
    rowCodec6,
    { path, maxRowErrors: 0 },
    {
      put: (record) => {
        leases.set(key(record.address.bytes, record.address.offset), { ...valuesOf(record) });
        return 'kept';
      },
      remove: ({ bytes, offset }) => leases.delete(key(bytes, offset)),
    },
    systemClock,
  );
  return { outcome, leases };
}

t.test('the last row of an address counts, a deletion takes it away, and bad rows are told', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  const rows = [
    numbered(1),
    numbered(2),
    numbered(1, { subnetId: 9 }),
    'nonsense\n',
    deletion(2),
    deletion(3),
  ];
  writeFileSync(path, HEADER + rows.join(''));
  const { outcome, leases } = load(path);
  t.match(outcome, {
    kind: 'loaded',
    report: { rows: 5, deletions: 2, rowErrorCount: 1, cleanupDue: false },
  });
  t.match(outcome, { report: { rowErrors: [{ line: 5, reason: /number of columns/ }] } });
  t.same(
    [...leases.values()].map(({ subnetId }) => subnetId),
    [9],
  );
});

t.test('a file of the other family is refused', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  writeFileSync(path, 'address,hwaddr,client_id\n');
  t.match(load(path).outcome, {
    kind: 'refused',
    reason: /it is a DHCPv4 lease file \(column 2 is hwaddr\)/,
  });
});

t.test('a file of Kea 2.2 is read, and goes on in one of the current schema', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  writeFileSync(path, HEADER.replace(',pool_id', '') + numbered(1).replace(',0\n', '\n'));
  const { outcome, leases } = load(path);
  t.match(outcome, { kind: 'loaded', report: { rows: 1, rowErrorCount: 0, cleanupDue: true } });
  t.equal(leases.size, 1);
  t.equal(readFileSync(path, 'latin1'), HEADER);
});

t.test('a file that is cut off anywhere loses nothing but its torn row', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  const whole = HEADER + numbered(1) + numbered(2);
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(path, whole.slice(0, length));
    const { outcome, leases } = load(path);
    if (outcome.kind !== 'loaded') {
      if (length === 0 || length >= HEADER.length) t.fail(`${length}: ${outcome.reason}`);
      continue;
    }
    const rows = whole.slice(HEADER.length, Math.max(length, HEADER.length)).split('\n').length - 1;
    if (leases.size < rows || leases.size > rows + 1) t.fail(`${length}: ${leases.size} leases`);
    if (!readFileSync(path, 'latin1').endsWith('\n')) t.fail(`${length}: no newline at the end`);
  }
});

t.test('a clean-up keeps one row a lease, ascending by address', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  const count = 10_000;
  const numbers = Array.from({ length: count }, (_, index) => (index * 7919) % count);
  const first = numbers.map((number) => numbered(number + 1)).join('');
  const second = numbers
    .filter((number) => number % 4 !== 3)
    .map((number) => (number % 4 === 0 ? deletion(number + 1) : numbered(number + 1, { subnetId: 5 })));
  writeFileSync(`${path}.2`, HEADER + first);
  writeFileSync(`${path}.1`, HEADER + second.join(''));
  t.match(runCleanup(rowCodec6, { path }), {
    kind: 'done',
    rows: count * 1.75,
    leases: count * 0.75,
    rowErrors: 0,
  });
  const { leases } = load(path);
  t.equal(leases.size, count * 0.75);
  const addresses = [...leases.keys()];
  t.same(addresses, [...addresses].sort());
});

t.test('kea-lfc keeps every lease that Tandem has written, as it was', async (t) => {
  if (!needProgram(t, 'kea-lfc')) return;
  const path = join(scratchDirectory(t), 'leases6');
  // What Kea 2.2 takes from a file: no state above 2, DUIDs of 3 to 128 octets, contexts in its own spacing.
  const leases = fc
    .sample(anyFields, { numRuns: 200, seed: 20_261_128 })
    .map(({ duid, userContext, state, hostname, hwType, prefixLength, ...fields }, number) => ({
      ...fields,
      // A prefix has nothing behind its length.
      address: Uint8Array.from({ length: 16 }, (_, at) => [0x20, number + 1][at] ?? 0),
      prefixLength: Math.max(16, prefixLength!),
      duid: Uint8Array.from({ length: Math.min(128, Math.max(3, duid!.length)) }, (_, at) => duid![at] ?? 1),
      state: Math.min(2, state!),
      hwType: Math.min(255, hwType!),
      validLifetimeSec: Math.max(1, fields.validLifetimeSec!),
      expireSec: fields.expireSec! + (fields.validLifetimeSec === 0 ? 1 : 0),
      userContext: new Uint8Array(0),
      hostname: hostname!.map((octet) => (octet === 0 || octet === 10 ? 45 : octet)),
    }));
  writeFileSync(`${path}.1`, HEADER + leases.map(row).join('') + numbered(5000) + deletion(5000));
  const files = ['-x', `${path}.2`, '-i', `${path}.1`, '-o', `${path}.output`, '-f', `${path}.completed`];
  execFileSync(findProgram('kea-lfc')!, ['-6', ...files, '-p', `${path}.pid`, '-c', 'ignored'], {
    env: { ...process.env, KEA_LOCKFILE_DIR: 'none' },
    stdio: 'pipe',
  });
  const kept = load(path);
  t.match(kept.outcome, { kind: 'loaded', report: { rowErrorCount: 0 } });
  t.equal(kept.leases.size, leases.length);
  for (const fields of leases) {
    const expected = valuesOf(recordWith(fields)) as Record<string, unknown>;
    // Kea 2.2 knows no pools in its lease file.
    t.same({ ...kept.leases.get(expected['address'] as string), poolId: 0 }, { ...expected, poolId: 0 });
  }
});
