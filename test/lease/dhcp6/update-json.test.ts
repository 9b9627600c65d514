/** The request that applies one DHCPv6 lease: the JSON of its lease, as a Kea reads it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import type { ByteRange } from '../../../src/base/byte-range.ts';
import { formatHex, parseHex } from '../../../src/base/hex.ts';
import { formatIpv6, parseIpv6 } from '../../../src/base/ipv6-text.ts';
import { recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import { type Lease6, LeaseType } from '../../../src/lease/dhcp6/model.ts';
import type { LeaseRecord6 } from '../../../src/lease/dhcp6/record.ts';
import {
  BULK_APPLY_BYTES_6,
  encodeBulkApply6,
  encodeLeaseJson6,
  LEASE_UPDATE_BYTES_MAX_6,
} from '../../../src/lease/dhcp6/update-json.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../../src/lease/limits.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { anyFields, recordWith } from './support/leases.ts';
import { lease6, prefix6 } from './support/plain.ts';

const TYPES = ['IA_NA', 'IA_TA', 'IA_PD'];

const octetsOf = ({ bytes, offset, length }: ByteRange) => bytes.subarray(offset, offset + length);

function encode(record: LeaseRecord6, isKept = true, at = 0): Uint8Array {
  return isKept ? encodeAll([], [record], at) : encodeAll([record], [], at);
}

function encodeAll(deletions: readonly LeaseRecord6[], leases: readonly LeaseRecord6[], at = 0): Uint8Array {
  const each = LEASE_UPDATE_BYTES_MAX_6 + USER_CONTEXT_BYTES_MAX + 1;
  const out = new Uint8Array(at + BULK_APPLY_BYTES_6 + (deletions.length + leases.length) * each);
  return out.subarray(at, encodeBulkApply6(out, at, deletions, leases));
}

function parse(bytes: Uint8Array) {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** What the lease must say, by the rules of the lease object; of the hostname only what is UTF-8. */
function expected(record: LeaseRecord6): object {
  const named = record.hostname.length > 0;
  const context = octetsOf(record.userContext);
  const duid = formatHex(octetsOf(record.duid));
  return {
    'ip-address': formatIpv6(record.address.bytes, record.address.offset),
    type: TYPES[record.type],
    ...(record.type === LeaseType.pd ? { 'prefix-len': record.prefixLength } : {}),
    state: record.state,
    iaid: record.iaid,
    duid,
    ...(record.hw.length > 0 ? { 'hw-address': formatHex(octetsOf(record.hw)) } : {}),
    'subnet-id': record.subnetId,
    ...(record.poolId === 0 ? {} : { 'pool-id': record.poolId }),
    'preferred-lft': record.preferredLifetimeSec,
    'valid-lft': record.validLifetimeSec,
    expire: record.expireSec,
    'fqdn-fwd': named && record.fqdnFwd,
    'fqdn-rev': named && record.fqdnRev,
    ...(context.length === 0 ? {} : { 'user-context': JSON.parse(Buffer.from(context).toString()) }),
  };
}

t.test('a request holds the JSON of its lease, at any offset', async (t) => {
  fc.assert(
    fc.property(anyFields, fc.boolean(), fc.nat(64), (fields, isKept, at) => {
      const record = recordWith(fields);
      const { command, service, arguments: args } = parse(encode(record, isKept, at));
      assert.deepEqual({ command, service }, { command: 'lease6-bulk-apply', service: ['dhcp6'] });
      const { hostname, ...lease } = (isKept ? args.leases : args['deleted-leases'])[0];
      assert.equal(typeof hostname, 'string');
      // Kea's text of an address differs where it ends with a dotted quad; what it means does not.
      assert.deepEqual(parseIpv6(lease['ip-address']), octetsOf(record.address));
      assert.deepEqual({ ...lease, 'ip-address': '' }, { ...expected(record), 'ip-address': '' });
      assert.deepEqual(isKept ? args['deleted-leases'] : args.leases, []);
      assert.equal(args.origin, 'ha-partner');
    }),
    { seed: 1, numRuns: 2000 },
  );
  t.pass('2000 leases');
});

t.test('the DUID of nobody has three zeros, whatever the file of an older server said', async (t) => {
  for (const length of [1, 2, 3]) {
    const record = recordOfLease6(lease6({ duid: new Uint8Array(length), state: LeaseState.declined }));
    t.equal(parse(encode(record)).arguments.leases[0].duid, '00:00:00');
  }
  t.equal(
    parse(encode(recordOfLease6(lease6({ duid: Uint8Array.of(0, 9) })))).arguments.leases[0].duid,
    '00:09',
  );
});

t.test('several leases stand in the list that each belongs to, in their order', async (t) => {
  const iaidsOf = (list: readonly { iaid: number }[]) => list.map(({ iaid }) => iaid);
  const withIaid = (iaid: number) => recordOfLease6(iaid % 2 === 0 ? lease6({ iaid }) : prefix6({ iaid }));
  for (const [deleted, kept] of [
    [[], [1, 2, 3]],
    [[4, 5], []],
    [
      [6, 7],
      [8, 9, 10],
    ],
    [[], []],
  ] as const) {
    const { arguments: args } = parse(encodeAll(deleted.map(withIaid), kept.map(withIaid), 3));
    t.same(iaidsOf(args['deleted-leases']), deleted);
    t.same(iaidsOf(args.leases), kept);
    t.equal(args.origin, 'ha-partner');
  }
});

t.test('the longest lease fits into the announced room', async (t) => {
  const record = recordWith({
    address: new Uint8Array(16).fill(255),
    type: LeaseType.pd,
    prefixLength: 128,
    duid: new Uint8Array(130).fill(255),
    hw: new Uint8Array(20).fill(255),
    hostname: new Uint8Array(255).fill(1),
    iaid: 0xffff_ffff,
    subnetId: 0xffff_fffe,
    poolId: 0xffff_ffff,
    preferredLifetimeSec: 0xffff_ffff,
    validLifetimeSec: 0xffff_ffff,
    expireSec: Number.MAX_SAFE_INTEGER,
    fqdnFwd: true,
    fqdnRev: true,
  });
  const out = new Uint8Array(LEASE_UPDATE_BYTES_MAX_6 * 2);
  t.ok(encodeLeaseJson6(out, 0, record) <= LEASE_UPDATE_BYTES_MAX_6);
});

t.test('a request has the keys and types of what a real Kea 2.2 sends', async (t) => {
  const trace = new URL('../../../../test/fixtures/kea-traces/hs6.ndjson', import.meta.url);
  const requests = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"lease6-bulk-apply"') && !line.includes('"status"'))
    .map((line) => JSON.parse(line).body);
  let count = 0;
  for (const kea of requests) {
    for (const list of ['leases', 'deleted-leases'] as const) {
      for (const entry of kea.arguments[list]) {
        const { arguments: args, ...envelope } = parse(
          encode(recordOfLease6(leaseOf(entry)), list === 'leases'),
        );
        t.same(args[list][0], entry);
        t.same(envelope, { command: kea.command, service: kea.service });
        count++;
      }
    }
  }
  t.ok(count >= 5, `${count} leases`);
});

// biome-ignore lint/suspicious/noExplicitAny: a lease of the recorded traffic
function leaseOf(entry: any): Lease6 {
  return lease6({
    address: parseIpv6(entry['ip-address'])!,
    type: TYPES.indexOf(entry.type) as LeaseType,
    prefixLength: entry['prefix-len'] ?? 128,
    duid: parseHex(entry.duid)!,
    iaid: entry.iaid,
    preferredLifetimeSec: entry['preferred-lft'],
    validLifetimeSec: entry['valid-lft'],
    clttSec: entry.expire - entry['valid-lft'],
    subnetId: entry['subnet-id'],
    hostname: entry.hostname,
    fqdnFwd: entry['fqdn-fwd'],
    fqdnRev: entry['fqdn-rev'],
    hwAddress: parseHex(entry['hw-address'] ?? '')!,
    state: entry.state,
    userContext: entry['user-context'] === undefined ? '' : JSON.stringify(entry['user-context']),
  });
}
