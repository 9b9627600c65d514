import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { formatHex, parseHex } from '../../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../../../src/lease/dhcp4/update-json.ts';

interface Plain {
  address: number;
  hw: Uint8Array;
  clientId: Uint8Array;
  subnetId: number;
  poolId: number;
  validLifetimeSec: number;
  expireSec: number;
  state: number;
  hostname: Uint8Array;
  fqdnFwd: boolean;
  fqdnRev: boolean;
  userContext: object | null;
}

/** Puts each byte range at an odd offset of a larger array, as the lease table does. */
function sourceOf(plain: Plain): LeaseRecord {
  const placed = (bytes: Uint8Array) => Uint8Array.from([0xff, 0xfe, 0xfd, ...bytes, 0xfc]);
  const context =
    plain.userContext === null ? new Uint8Array(0) : Buffer.from(JSON.stringify(plain.userContext));
  return {
    ...plain,
    hw: placed(plain.hw),
    hwOffset: 3,
    hwLength: plain.hw.length,
    clientId: placed(plain.clientId),
    clientIdOffset: 3,
    clientIdLength: plain.clientId.length,
    hostname: placed(plain.hostname),
    hostnameOffset: 3,
    hostnameLength: plain.hostname.length,
    userContext: placed(context),
    userContextOffset: 3,
    userContextLength: context.length,
  };
}

/** What the update must say, by the rules of the lease object. */
function expected(plain: Plain, hostname: string, forceCreate: boolean): object {
  const named = plain.hostname.length > 0;
  const hasClientId = plain.clientId.length >= 2 || (plain.clientId.length === 1 && plain.hw.length === 0);
  return {
    'ip-address': formatIpv4(plain.address),
    state: plain.state,
    'hw-address': formatHex(plain.hw),
    ...(hasClientId ? { 'client-id': formatHex(plain.clientId) } : {}),
    'subnet-id': plain.subnetId,
    ...(plain.poolId === 0 ? {} : { 'pool-id': plain.poolId }),
    'valid-lft': plain.validLifetimeSec,
    expire: plain.expireSec,
    'fqdn-fwd': named && plain.fqdnFwd,
    'fqdn-rev': named && plain.fqdnRev,
    hostname,
    ...(plain.userContext === null ? {} : { 'user-context': plain.userContext }),
    ...(forceCreate ? { 'force-create': true } : {}),
    origin: 'ha-partner',
  };
}

function encode(plain: Plain, forceCreate: boolean, at = 0): Uint8Array {
  const out = new Uint8Array(at + LEASE_UPDATE_BYTES_MAX + 1024);
  return out.subarray(0, encodeLeaseUpdate(out, at, sourceOf(plain), forceCreate));
}

const anyBytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

const anyPlain = fc.record({
  address: fc.integer({ min: 0, max: 0xffffffff }),
  hw: anyBytes(0, 16),
  clientId: anyBytes(0, 255),
  subnetId: fc.integer({ min: 1, max: 0xfffffffe }),
  poolId: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffffffff })),
  validLifetimeSec: fc.oneof(fc.constant(0xffffffff), fc.integer({ min: 0, max: 0xffffffff })),
  expireSec: fc.oneof(
    fc.integer({ min: 1, max: 0xffffffff * 2 }),
    fc.constantFrom(9, 10, 99, 100, 999_999_999, 1_000_000_000, 1_000_000_001),
  ),
  state: fc.integer({ min: 0, max: 3 }),
  hostname: fc.string({ unit: 'binary', maxLength: 80 }).map((text) => new TextEncoder().encode(text)),
  fqdnFwd: fc.boolean(),
  fqdnRev: fc.boolean(),
  userContext: fc.option(fc.constant({ ISC: { 'relay-agent-info': { 'sub-options': '0x0104' } } })),
});

t.test('an encoded update is the JSON of its lease, at any offset', async (t) => {
  fc.assert(
    fc.property(anyPlain, fc.boolean(), fc.nat(64), (plain, forceCreate, at) => {
      const bytes = encode(plain, forceCreate, at);
      const hostname = new TextDecoder().decode(plain.hostname);
      const parsed = JSON.parse(Buffer.from(bytes.subarray(at)).toString());
      assert.deepEqual(parsed, expected(plain, hostname, forceCreate));
    }),
    { seed: 1, numRuns: 2000 },
  );
  t.pass('2000 leases');
});

t.test('hostname octets that are not UTF-8 become question marks and never break the JSON', async (t) => {
  const plain = fc.sample(anyPlain, { seed: 2, numRuns: 1 })[0]!;
  fc.assert(
    fc.property(anyBytes(0, 255), (hostname) => {
      const bytes = encode({ ...plain, hostname }, true);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      const decoded: string = JSON.parse(text).hostname;
      assert(Buffer.byteLength(decoded) <= hostname.length, 'never longer than it was');
    }),
    { seed: 3, numRuns: 2000 },
  );
  const rows: [string, number[], string][] = [
    ['a lone continuation', [0x61, 0x80], 'a?'],
    ['an overlong slash', [0xc0, 0xaf], '??'],
    ['an overlong three-octet form', [0xe0, 0x80, 0xaf], '???'],
    ['a surrogate', [0xed, 0xa0, 0x80], '???'],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '????'],
    ['a cut sequence', [0xe2, 0x82], '??'],
    ['the euro sign', [0xe2, 0x82, 0xac], '€'],
    ['an emoji', [0xf0, 0x9f, 0x98, 0x80], '😀'],
    ['quote, backslash and NUL', [0x22, 0x5c, 0x00], '"\\\0'],
  ];
  for (const [name, octets, text] of rows) {
    const bytes = encode({ ...plain, hostname: Uint8Array.from(octets) }, true);
    t.equal(JSON.parse(Buffer.from(bytes).toString()).hostname, text, name);
  }
});

t.test('the longest update fits into the announced room', async (t) => {
  const plain: Plain = {
    address: 0xffffffff,
    hw: new Uint8Array(16).fill(255),
    clientId: new Uint8Array(255).fill(255),
    subnetId: 0xfffffffe,
    poolId: 0xffffffff,
    validLifetimeSec: 0xffffffff,
    expireSec: Number.MAX_SAFE_INTEGER,
    state: 3,
    hostname: new Uint8Array(255).fill(1),
    fqdnFwd: true,
    fqdnRev: true,
    userContext: null,
  };
  const bytes = encode(plain, true);
  t.ok(bytes.length <= LEASE_UPDATE_BYTES_MAX, `${bytes.length} octets`);
  t.equal(JSON.parse(Buffer.from(bytes).toString()).expire, Number.MAX_SAFE_INTEGER);
});

t.test('an update has the keys and types of what a real Kea 2.2 sends', async (t) => {
  const trace = new URL('../../../../test/fixtures/kea-traces/lb4.ndjson', import.meta.url);
  const updates = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"lease4-update"'))
    .map((line) => JSON.parse(line).body.arguments);
  t.equal(updates.length, 9);
  for (const kea of updates) {
    const bytes = encode(
      {
        address: parseIpv4(kea['ip-address'])!,
        hw: parseHex(kea['hw-address'])!,
        clientId: parseHex(kea['client-id'])!,
        subnetId: kea['subnet-id'],
        poolId: 0,
        validLifetimeSec: kea['valid-lft'],
        expireSec: kea.expire,
        state: kea.state,
        hostname: Buffer.from(kea.hostname),
        fqdnFwd: kea['fqdn-fwd'],
        fqdnRev: kea['fqdn-rev'],
        userContext: null,
      },
      true,
    );
    t.same(JSON.parse(Buffer.from(bytes).toString()), { ...kea, origin: 'ha-partner' });
  }
});
