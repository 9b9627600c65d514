/** Half a million leases out of a lease file into the book, and what a million take of memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../../src/base/clock.ts';
import { loadLeaseFiles } from '../../../src/journal/load.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook6, type LeaseBookMemory6 } from '../../../src/lease/dhcp6/book.ts';
import { encodeRow6 } from '../../../src/lease/dhcp6/csv.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../../src/lease/dhcp6/pools/memory.ts';
import { rowCodec6 } from '../../../src/lease/dhcp6/row-codec.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';
import { headerOf } from '../../../src/lease/row-codec.ts';
import { scratchDirectory } from '../../journal/support/scratch.ts';
import { addressNumber, recordWith } from './support/leases.ts';
import { planOf } from './support/pools.ts';

const NOW = 1_700_000_000;
const MILLION = 1_000_000;
const ROWS = 500_000;
/** It takes two seconds alone on a machine: only what is not linear in the leases exceeds the bound. */
const LOAD_MS_MAX = 60_000;
const ROW_BYTES = 160;
const BYTES_A_LEASE_MAX = 320;

/** A lease file of numbered addresses, each with a client of its own. */
function fileOf(rows: number): Uint8Array {
  const header = Buffer.from(headerOf(rowCodec6));
  const bytes = Buffer.alloc(header.length + rows * ROW_BYTES);
  let at = header.copy(bytes);
  const duid = Buffer.from('000100012b0c0d0e020000000000', 'hex');
  for (let number = 0; number < rows; number++) {
    duid.writeUInt32BE(number, 10);
    const address = addressNumber(number + 1);
    at = encodeRow6(bytes, at, recordWith({ address, duid, iaid: number, expireSec: NOW + 3600 }));
  }
  return bytes.subarray(0, at);
}

function memoryOf(capacity: number, pools: readonly string[]): LeaseBookMemory6 {
  return {
    table: allocateLeaseTable6(capacity),
    pools: allocatePools6(planOf(pools)),
    changes: allocateChangeLog(1 << 18),
  };
}

t.test('half a million rows are loaded, and what is free then is found at once', async (t) => {
  const path = join(scratchDirectory(t), 'leases6');
  writeFileSync(path, fileOf(ROWS));
  const small = '2001:db8::1-2001:db8::7:a121';
  const large = '2001:db8::-2001:db8::ffff:ffff:ffff:ffff';
  const book = new LeaseBook6(memoryOf(ROWS + 10, [small, large]));
  const outcome = loadLeaseFiles(
    rowCodec6,
    { path, maxRowErrors: 0 },
    {
      put: (record) => (book.write(record, NOW) === NO_SLOT ? 'full' : 'kept'),
      remove: ({ bytes, offset }) => {
        const slot = book.table.findByAddress(bytes, offset);
        if (slot !== NO_SLOT) book.remove(slot);
      },
    },
    systemClock,
  );
  t.match(outcome, { kind: 'loaded', report: { rows: ROWS, notKept: 0, rowErrorCount: 0 } });
  if (outcome.kind !== 'loaded') return;
  t.comment(`${Math.round(ROWS / (outcome.report.durationMs / 1000))} rows a second`);
  t.ok(outcome.report.durationMs < LOAD_MS_MAX);
  t.equal(book.table.count(), ROWS);
  const out = new Uint8Array(16);
  t.ok(book.pools.propose(0, book.table, NOW, out));
  t.same(out, addressNumber(ROWS + 1), 'the only one of the small pool');
  t.ok(book.pools.propose(1, book.table, NOW, out));
  t.equal(book.table.findByAddress(out, 0), NO_SLOT);
});

t.test('a million leases take no more than 320 octets each, pools and offers and all', async (t) => {
  const { table, pools } = memoryOf(MILLION, ['2001:db8::-2001:db8::f:ffff', '2001:db8:1::/44>64']);
  const parts = [...Object.values(table), ...Object.values(pools), ...Object.values(pools.bits)];
  const bytes = parts.reduce(
    (sum, part) => sum + (part instanceof SharedArrayBuffer ? part.byteLength : 0),
    0,
  );
  t.ok(bytes / MILLION <= BYTES_A_LEASE_MAX, `${(bytes / MILLION).toFixed(0)} octets`);
});
