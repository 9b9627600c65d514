/** Name change requests, octet by octet: the expected ones were sent by a Kea 2.2 for the same leases. */
import t from 'tap';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { DDNS_DEFAULTS, type DdnsConfig } from '../../src/config/ddns-model.ts';
import { encodeRequest } from '../../src/ddns/request.ts';
import { allocateDnsLog, DnsLog } from '../../src/engine/names/dns-log.ts';
import { readNamedLease } from '../../src/engine/names/named-lease.ts';
import { allocateChangeLog } from '../../src/lease/change-log.ts';
import { LeaseBook } from '../../src/lease/dhcp4/book.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { allocatePools } from '../../src/lease/pool.ts';

const LEASE: Lease4 = {
  address: parseIpv4('10.1.0.1')!,
  hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
  clientId: null,
  validLifetimeSec: 4000,
  clttSec: 1_795_784_579,
  subnetId: 1,
  poolId: 0,
  fqdnFwd: true,
  fqdnRev: true,
  hostname: 'host2.example.com',
  state: 0,
  userContext: '',
};

/** The request for a lease, or null. */
function requestFor(lease: Partial<Lease4>, config: Partial<DdnsConfig> = {}): string | null {
  const book = new LeaseBook({
    table: allocateLeaseTable(16),
    pools: allocatePools([]),
    changes: allocateChangeLog(1 << 18),
  });
  const memory = allocateDnsLog(1 << 18);
  book.table.lock();
  new DnsLog(memory, readNamedLease).add(
    book,
    book.write(recordOfLease({ ...LEASE, ...lease }), LEASE.clttSec),
  );
  book.table.unlock();
  const reader = new ByteRingReader(memory.ring);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  if (!reader.next(record)) return null;
  const bytes = reader.bytes.slice(record.offset, record.offset + record.length);
  const request = encodeRequest(record.kind, bytes, () => ({ ...DDNS_DEFAULTS, ...config }));
  if (request === null) return null;
  t.equal(request.readUInt16BE(0), request.length - 2, 'the length stands in front');
  return request.subarray(2).toString();
}

t.test('by hardware address, as Kea sends it', async (t) => {
  t.equal(
    requestFor({ hostname: 'host2.example.com' }),
    '{"change-type":0,"forward-change":true,"reverse-change":true,"fqdn":"host2.example.com.","ip-address":"10.1.0.1",' +
      '"dhcid":"000001BD622F29E72F86BF118657C892C047821B8ED500946E9FAC6BF1F5A5A7CD9F52",' +
      '"lease-expires-on":"20261127132512","lease-length":1333,"use-conflict-resolution":true}',
  );
});

t.test('by client identifier, as Kea sends it', async (t) => {
  const clientId = Uint8Array.of(1, 0x61, 0x62, 0x63);
  t.match(
    requestFor({ hostname: 'host5.example.com.', clientId, fqdnFwd: false }),
    '"forward-change":false,"reverse-change":true,"fqdn":"host5.example.com.","ip-address":"10.1.0.1",' +
      '"dhcid":"000101B2EC5A64739CAFE7F1C7CCA19364EECDCA6E939F442F72D9AB5F9DA4EF502772"',
  );
});

t.test('by the DUID in a client identifier: the example of RFC 4701 section 3.6', async (t) => {
  const duid = [0, 1, 0, 6, 0x41, 0x2d, 0xf1, 0x66, 1, 2, 3, 4, 5, 6];
  const clientId = Uint8Array.of(255, 0, 0, 0, 1, ...duid);
  const dhcid = Buffer.from('AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=', 'base64');
  t.match(
    requestFor({ hostname: 'chi6.example.com', clientId }),
    `"dhcid":"${dhcid.toString('hex').toUpperCase()}"`,
  );
  t.equal(requestFor({ clientId: Uint8Array.of(255, 0, 0, 0, 1) }), null, 'a DUID of no octets is none');
});

t.test('lifetimes of records', async (t) => {
  const ttl = (validLifetimeSec: number, config: Partial<DdnsConfig> = {}): unknown =>
    JSON.parse(requestFor({ validLifetimeSec }, config)!)['lease-length'];
  t.same(
    [1, 1802, 1803, 0xffffffff].map((valid) => ttl(valid)),
    [600, 600, 601, 1431655765],
  );
  t.equal(ttl(4000, { ttlSec: 77, ttlMinSec: 100 }), 77);
  t.equal(ttl(4000, { ttlPercent: 0.5 }), 2000);
  t.equal(ttl(4000, { ttlMinSec: 3000 }), 3000);
  t.equal(ttl(4000, { ttlMaxSec: 700 }), 700);
});

t.test('conflict resolution', async (t) => {
  const end = (conflictResolution: DdnsConfig['conflictResolution']): string =>
    requestFor({}, { conflictResolution })!.replace(/^.*"lease-length":1333,/, '');
  t.equal(end('no-check-with-dhcid'), '"use-conflict-resolution":false}');
  t.equal(
    end('check-exists-with-dhcid'),
    '"use-conflict-resolution":true,"conflict-resolution-mode":"check-exists-with-dhcid"}',
  );
});

t.test('what is no name, or nobody, is not sent; what needs it is escaped', async (t) => {
  for (const hostname of ['a..b', '.b', '', 'x'.repeat(64)])
    t.equal(requestFor({ hostname }), null, hostname);
  t.equal(requestFor({ hwAddress: new Uint8Array(0) }), null);
  t.equal(requestFor({ fqdnFwd: false, fqdnRev: false }), null);
  t.match(JSON.parse(requestFor({ hostname: 'a"b' })!), { fqdn: 'a\\"b.' });
});
