import t from 'tap';
import { ROW_BYTES_MAX } from '../../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../../src/lease/dhcp4/csv-fault.ts';
import { encodeLease, leaseOfRecord, recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../../src/lease/state.ts';

const lease: Lease4 = {
  address: 0xc000_020a,
  hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
  clientId: null,
  validLifetimeSec: INFINITE_LIFETIME_SEC,
  clttSec: 1_795_214_936,
  subnetId: 1,
  poolId: 0,
  fqdnFwd: false,
  fqdnRev: true,
  hostname: '\ufeffbücher,&.example',
  state: LeaseState.expiredReclaimed,
  userContext: '{"ISC":{"relay-agent-info":"0x01"}}',
};

t.test('a lease comes back from its row as it was', async (t) => {
  const row = encodeLease(lease)!;
  const decoder = new RowDecoder();
  t.equal(decoder.decode(row, 0, { min: 12, max: 12 }), RowFault.none);
  t.equal(decoder.next, row.length);
  t.same(leaseOfRecord(decoder.record), lease);
});

t.test('the lease of a record shares nothing with it, and records may stand in shared memory', async (t) => {
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  shared.set(Buffer.from('host'), 4);
  const record = { ...recordOfLease(lease), hostname: shared, hostnameOffset: 4, hostnameLength: 4 };
  const copy = leaseOfRecord(record);
  shared.fill(0);
  t.equal(copy.hostname, 'host');
});

t.test('a lease that fits no row gives none', async (t) => {
  t.equal(encodeLease({ ...lease, hostname: 'x'.repeat(256) }), null);
  t.equal(encodeLease({ ...lease, userContext: `{"a":"${'x'.repeat(ROW_BYTES_MAX)}"}` }), null);
});

t.test('a transaction time before 1970 is written as 1970', async (t) => {
  const row = Buffer.from(encodeLease({ ...lease, clttSec: -5000, validLifetimeSec: 3600 })!).toString();
  t.match(row, ',3600,0,1,');
});
