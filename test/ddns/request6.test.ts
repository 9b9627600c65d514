/** Name change requests of DHCPv6 leases: the expected ones were sent by a Kea 2.2 for the same leases. */
import t from 'tap';
import { setRange } from '../../src/base/byte-range.ts';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { DDNS_DEFAULTS } from '../../src/config/ddns-model.ts';
import { encodeRequest, type NamesOf } from '../../src/ddns/request.ts';
import { readNamedLease6 } from '../../src/engine/dhcp6/names/named-lease.ts';
import { allocateDnsLog, DnsLog } from '../../src/engine/names/dns-log.ts';
import { LeaseType } from '../../src/lease/dhcp6/model.ts';
import { emptyRecord6, type LeaseRecord6 } from '../../src/lease/dhcp6/record.ts';
import { BenchEngine6 } from '../engine/dhcp6/bench-engine.ts';
import { config6, ip6 } from '../engine/dhcp6/config.ts';

const CLTT_SEC = 1_795_910_000;

/** The request for a lease, or null. */
function requestFor(name: string, more: Partial<LeaseRecord6> = {}, namesOf: NamesOf = () => DDNS_DEFAULTS) {
  const { book } = new BenchEngine6(config6()).context;
  const lease = { ...emptyRecord6(), subnetId: 7, validLifetimeSec: 4000, expireSec: CLTT_SEC + 4000 };
  setRange(lease.address, ip6('2001:db8:1::1001'), 0, 16);
  setRange(lease.duid, Buffer.from('0003000102000000000001', 'hex'), 0, 11);
  setRange(lease.hostname, Buffer.from(name), 0, name.length);
  const memory = allocateDnsLog(1 << 18);
  const record = { ...lease, fqdnFwd: true, fqdnRev: true, ...more };
  new DnsLog(memory, readNamedLease6).add(book, book.write(record, CLTT_SEC));
  const reader = new ByteRingReader(memory.ring);
  const read = { kind: 0, sequence: 0, offset: 0, length: 0 };
  if (!reader.next(read)) return null;
  const bytes = reader.bytes.slice(read.offset, read.offset + read.length);
  return encodeRequest(read.kind, bytes, namesOf)?.subarray(2).toString() ?? null;
}

t.test('by DUID, as Kea sends it', async (t) => {
  t.equal(
    requestFor('host.example.com.'),
    '{"change-type":0,"forward-change":true,"reverse-change":true,"fqdn":"host.example.com.",' +
      '"ip-address":"2001:db8:1::1001",' +
      '"dhcid":"000201FE110536D67A9CFDA7081C5AF3670077F49410C77E30823695354D0AB852BB26",' +
      '"lease-expires-on":"20261129001533","lease-length":1333,"use-conflict-resolution":true}',
  );
});

t.test('the settings are those of its subnet and address', async (t) => {
  const asked: unknown[] = [];
  const request = requestFor('a.', { fqdnFwd: false }, (subnetId, address) => {
    asked.push(subnetId, Buffer.from(address).toString('hex'));
    return { ...DDNS_DEFAULTS, ttlSec: 50 };
  });
  t.same(asked, [7, '20010db8000100000000000000001001']);
  t.match(request, /"forward-change":false,.*"lease-length":50/);
});

t.test('nobody is told of a prefix, nor of a lease without a name', async (t) => {
  t.equal(requestFor('a.', { type: LeaseType.pd, prefixLength: 56 }), null);
  t.equal(requestFor(''), null);
  t.equal(requestFor('a.', { fqdnFwd: false, fqdnRev: false }), null);
});
