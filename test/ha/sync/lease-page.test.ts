/** Reading the leases of a page: as strict as Kea, and never thrown by anything. */
import fc from 'fast-check';
import t from 'tap';
import { pageAddress, readPageLease } from '../../../src/ha/sync/dhcp4/lease-page.ts';

const good = {
  'ip-address': '10.99.4.0',
  'hw-address': '00:0c:01:02:03:04',
  'client-id': '01:00:0c:01:02:03:04',
  cltt: 1_795_214_936,
  'valid-lft': 3600,
  'subnet-id': 1,
  'fqdn-fwd': false,
  'fqdn-rev': true,
  hostname: 'Printer.Example',
  state: 0,
};

t.test('a complete lease is read', async (t) => {
  t.same(readPageLease({ ...good, 'pool-id': 7, 'user-context': { a: [1] }, unknown: 1 }), {
    ok: true,
    value: {
      address: 0x0a630400,
      hwAddress: Uint8Array.of(0, 12, 1, 2, 3, 4),
      clientId: Uint8Array.of(1, 0, 12, 1, 2, 3, 4),
      validLifetimeSec: 3600,
      clttSec: 1_795_214_936,
      subnetId: 1,
      poolId: 7,
      fqdnFwd: false,
      fqdnRev: true,
      hostname: 'printer.example',
      state: 0,
      userContext: '{ "a": [ 1 ] }',
    },
  });
});

t.test(
  'client-id, pool-id and user-context may be missing; a declined lease has no hardware address',
  async (t) => {
    const { 'client-id': clientId, ...least } = good;
    t.match(readPageLease({ ...least, 'hw-address': '', state: 1 }), {
      ok: true,
      value: { clientId: null, poolId: 0, userContext: '', state: 1 },
    });
  },
);

t.test('each field that must be there, with its type and range', async (t) => {
  const bad: Record<string, unknown[]> = {
    'ip-address': [undefined, 'x', '10.0.0.256', '::1', 1],
    'hw-address': [undefined, null, '0g', 'aa'.repeat(40), Array(18).fill('aa').join(':')],
    'client-id': [null, '', 5, Array(256).fill('aa').join(':')],
    cltt: [undefined, 0, -1, '1', 1.5, 2 ** 33],
    'valid-lft': [undefined, -1, 2 ** 32, null],
    'subnet-id': [undefined, 0, -1, 2 ** 32, '1'],
    'pool-id': [0, -1, 'a'],
    'fqdn-fwd': [undefined, 0, 'true'],
    'fqdn-rev': [undefined, null],
    hostname: [undefined, 7, 'a'.repeat(256)],
    state: [undefined, 4, -1, 255, '0'],
    'user-context': [[], 'text', null, { big: 'x'.repeat(20_000) }],
  };
  for (const [field, values] of Object.entries(bad)) {
    for (const value of values) {
      const result = readPageLease({ ...good, [field]: value });
      t.notOk(result.ok, `${field}: ${String(value).slice(0, 20)}`);
      if (!result.ok) t.match(result.error, /'/, 'the text names the field');
    }
  }
});

t.test('a context nested too deeply to be written is refused', async (t) => {
  const text = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  t.notOk(readPageLease({ ...good, 'user-context': JSON.parse(text) as unknown }).ok);
});

t.test('a page address is found even when the lease is worthless otherwise', async (t) => {
  t.equal(pageAddress({ 'ip-address': '10.0.0.1' }), 0x0a000001);
  for (const entry of [null, [], 7, {}, { 'ip-address': 7 }]) t.equal(pageAddress(entry), null);
});

t.test('whatever stands in a page, reading it never throws', async (t) => {
  const field = fc.constantFrom(...Object.keys(good), '__proto__', 'constructor');
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(field, fc.jsonValue()), (entry, changes) => {
      readPageLease(entry);
      readPageLease({ ...good, ...changes });
    }),
    { seed: 49, numRuns: 500 },
  );
  t.pass();
});

t.test('a lease that no row of the lease file can hold is refused, not stored', async (t) => {
  const lease = {
    'ip-address': '10.0.0.1',
    'hw-address': '',
    'subnet-id': 1,
    cltt: 1,
    'valid-lft': 1,
    'fqdn-fwd': false,
    'fqdn-rev': false,
    hostname: '',
    state: 0,
  };
  t.notOk(readPageLease(lease).ok, 'no client');
  t.ok(readPageLease({ ...lease, state: 1 }).ok, 'a declined lease has none');
  const known = { ...lease, 'hw-address': '02:00:00:00:00:01' };
  t.ok(readPageLease({ ...known, 'user-context': { a: 'x'.repeat(12_000) } }).ok);
  t.notOk(
    readPageLease({ ...known, 'user-context': { a: 'x'.repeat(13_000) } }).ok,
    'a context that is too long',
  );
  let deep: object = {};
  for (let level = 0; level < 150; level++) deep = { a: deep };
  t.notOk(readPageLease({ ...known, 'user-context': deep }).ok, 'a context that is too deep');
});
