import t from 'tap';
import { ROW_BYTES_MAX_6 } from '../../../src/lease/dhcp6/csv.ts';
import { RowDecoder6 } from '../../../src/lease/dhcp6/csv-decode.ts';
import { RowFault6 } from '../../../src/lease/dhcp6/csv-fault.ts';
import { encodeLease6, leaseOfRecord6, recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../../src/lease/state.ts';
import { rangeOf } from './support/leases.ts';
import { lease6, prefix6 } from './support/plain.ts';

const leases = [
  lease6({
    hostname: '\ufeffbücher,&.example',
    fqdnRev: true,
    hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
    hwType: 32,
    hwSource: 2,
    userContext: '{"ISC":{"relay-info":[]}}',
  }),
  prefix6({ validLifetimeSec: INFINITE_LIFETIME_SEC, state: LeaseState.expiredReclaimed, poolId: 7 }),
];

t.test('a lease comes back from its row as it was', async (t) => {
  const decoder = new RowDecoder6();
  for (const lease of leases) {
    const row = encodeLease6(lease)!;
    t.equal(decoder.decode(row, 0, { min: 18, max: 18 }), RowFault6.none);
    t.equal(decoder.next, row.length);
    t.same(leaseOfRecord6(decoder.record), lease);
  }
});

t.test('the lease of a record shares nothing with it, and records may stand in shared memory', async (t) => {
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  shared.set(Buffer.from('host'), 4);
  const record = { ...recordOfLease6(leases[0]!), hostname: { bytes: shared, offset: 4, length: 4 } };
  const copy = leaseOfRecord6({ ...record, address: rangeOf(leases[0]!.address) });
  shared.fill(0);
  t.equal(copy.hostname, 'host');
});

t.test('a lease that fits no row gives none', async (t) => {
  t.equal(encodeLease6(lease6({ hostname: 'x'.repeat(256) })), null);
  t.equal(encodeLease6(lease6({ userContext: `{"a":"${'x'.repeat(ROW_BYTES_MAX_6)}"}` })), null);
  t.equal(encodeLease6(lease6({ duid: new Uint8Array(0) })), null);
});

t.test('a transaction time before 1970 is written as 1970', async (t) => {
  t.match(Buffer.from(encodeLease6(lease6({ clttSec: -5000 }))!).toString(), ',3600,0,1,');
});
