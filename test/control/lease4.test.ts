import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { BULK_LEASES_MAX } from '../../src/control/commands/lease-bulk.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { readPageLease } from '../../src/ha/sync/dhcp4/lease-page.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../../src/lease/dhcp4/update-json.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../src/lease/state.ts';
import { createTestStore, type TestStore } from '../peer/support/store.ts';

const NOW = 1_800_000_000;
const clock = { ...systemClock, wallSec: () => NOW };
const lifetime = (defaultSec: number) => ({ minSec: defaultSec, defaultSec, maxSec: defaultSec });
const subnets = new LeaseSubnets([
  { id: 7, prefix: parseIpv4('192.0.2.0')!, prefixLength: 24, validLifetime: lifetime(7200) },
  { id: 1, prefix: parseIpv4('10.0.0.0')!, prefixLength: 16, validLifetime: lifetime(3600) },
]);

/** What a client of the control API or a peer would see. */
function commands(
  test: TestStore = createTestStore(4_096, [1, 7]),
  caller: 'administrator' | 'peer' = 'peer',
) {
  const parts = {
    store: test.store,
    subnets: () => subnets,
    clock,
    caller,
    leaseFile: () => null,
    yieldTurn: async () => {},
  };
  const table = createLease4Commands(parts);
  const run = async (name: string, args: unknown) => {
    const answer = await table.get(name)!(args);
    return JSON.parse(JSON.stringify(answer));
  };
  return { run, ...test, test };
}

const lease = {
  'ip-address': '10.0.1.2',
  'hw-address': '02:00:00:00:00:01',
  'client-id': '01:02:00:00:00:00:01',
  'subnet-id': 1,
  'valid-lft': 3600,
  expire: NOW + 100,
  'fqdn-fwd': false,
  'fqdn-rev': true,
  hostname: 'Host.Example',
  state: 0,
};
const update = { ...lease, 'force-create': true, origin: 'ha-partner' };
const shown = { ...lease, hostname: 'host.example', cltt: NOW + 100 - 3600, expire: undefined };

t.test('lease4-update creates and overwrites, also what is a little later', async (t) => {
  const { run, test } = commands();
  t.match(await run('lease4-update', update), { result: 0, text: 'IPv4 lease added.' });
  t.match(await run('lease4-get', { 'ip-address': '10.0.1.2' }), {
    result: 0,
    text: 'IPv4 lease found.',
    arguments: shown,
  });
  const older = { ...update, expire: NOW + 40, 'client-id': undefined, 'hw-address': '0a:0b' };
  t.match(await run('lease4-update', older), { result: 0, text: 'IPv4 lease updated.' });
  const { arguments: now } = await run('lease4-get', { 'ip-address': '10.0.1.2' });
  t.match(now, { cltt: NOW + 40 - 3600, 'hw-address': '0a:0b', 'client-id': undefined });
  t.equal(test.waits, 2, 'each answer waited for stable storage');
  t.equal(test.statistics.global('assigned-addresses'), 1);
});

t.test('what is missing in an update gets its default', async (t) => {
  const { run } = commands();
  await run('lease4-update', { 'ip-address': '192.0.2.9', 'hw-address': '0a:0b', 'force-create': true });
  t.same((await run('lease4-get', { 'ip-address': '192.0.2.9' })).arguments, {
    'ip-address': '192.0.2.9',
    'hw-address': '0a:0b',
    'subnet-id': 7,
    'valid-lft': 7200,
    cltt: NOW,
    'fqdn-fwd': false,
    'fqdn-rev': false,
    hostname: '',
    state: 0,
  });
});

t.test('without force-create an update of what is not there is a conflict', async (t) => {
  const { run } = commands();
  t.match(await run('lease4-update', { ...update, 'force-create': false }), { result: 4 });
  t.match(await run('lease4-update', lease), { result: 4 });
  t.match(await run('lease4-update', { ...update, 'force-create': 'yes' }), { result: 1 });
  t.match(await run('lease4-get', { 'ip-address': '10.0.1.2' }), { result: 3, text: 'Lease not found.' });
});

/** What is wrong, how, and the result of the command. */
const faults: [string, object, number][] = [
  ['an unknown subnet', { 'subnet-id': 2 }, 4],
  ['an address outside of its subnet', { 'ip-address': '10.1.0.1' }, 4],
  ['the subnet of another address', { 'subnet-id': 7 }, 4],
  ['no subnet at all', { 'ip-address': '172.16.0.1', 'subnet-id': undefined }, 4],
  ['a subnet id that is none', { 'subnet-id': '1' }, 1],
  ['a negative subnet id', { 'subnet-id': -1 }, 1],
  ['a subnet id beyond 32 bits', { 'subnet-id': 0xffffffff }, 1],
  ['no address', { 'ip-address': undefined }, 1],
  ['an address that is none', { 'ip-address': '10.0.1.256' }, 1],
  ['an IPv6 address', { 'ip-address': '2001:db8::1' }, 1],
  ['an address with a NUL', { 'ip-address': '10.0.1.2\0' }, 1],
  ['an address in a list', { 'ip-address': ['10.0.1.2'] }, 1],
  ['no hardware address', { 'hw-address': undefined }, 1],
  ['a hardware address that is none', { 'hw-address': '02:0g' }, 1],
  ['17 octets of hardware address', { 'hw-address': Array(17).fill('aa').join(':') }, 1],
  ['an empty client-id', { 'client-id': '' }, 1],
  ['a client-id that is null', { 'client-id': null }, 1],
  ['256 octets of client-id', { 'client-id': Array(256).fill('aa').join(':') }, 1],
  ['no identification', { 'hw-address': '', 'client-id': undefined }, 1],
  ['a lifetime beyond 32 bits', { 'valid-lft': 0x100000000 }, 1],
  ['a negative lifetime', { 'valid-lft': -1 }, 1],
  ['half a second', { 'valid-lft': 0.5 }, 1],
  ['a lifetime in text', { 'valid-lft': '3600' }, 1],
  ['expire 0', { expire: 0 }, 1],
  ['a negative expire', { expire: -5 }, 1],
  ['an expire that is null', { expire: null }, 1],
  ['an expire below the lifetime', { expire: 3599 }, 1],
  ['an expire beyond 32 bits of cltt', { expire: 0xffffffff + 3601 }, 1],
  ['an endless expire', { expire: 1e300 }, 1],
  ['a flag that is none', { 'fqdn-fwd': 1 }, 1],
  ['a flag without a name', { hostname: '' }, 1],
  ['a name that is none', { hostname: 5 }, 1],
  ['256 octets of name', { hostname: 'a'.repeat(256) }, 1],
  ['128 umlauts', { hostname: 'ä'.repeat(128) }, 1],
  ['state 4', { state: 4 }, 1],
  ['the state of an offer', { state: 255 }, 1],
  ['a negative state', { state: -1 }, 1],
  ['a state in text', { state: '0' }, 1],
  ['a negative pool', { 'pool-id': -1 }, 1],
  ['a context that is no map', { 'user-context': [] }, 1],
  ['a context that is null', { 'user-context': null }, 1],
  ['a context of 13,000 octets', { 'user-context': { a: 'x'.repeat(13_000) } }, 1],
  ['a context 30 levels deep', { 'user-context': JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`) }, 1],
  ['a lone surrogate in the context', { 'user-context': { a: '\ud800' } }, 1],
  ['a lone surrogate as a key', { 'user-context': { '\udfff': 1 } }, 1],
  ['a comment that is no text', { comment: {} }, 1],
];

t.test(
  'each fault of a lease has its result: 4 where the servers disagree, 1 where the lease makes no sense',
  async (t) => {
    const { run, store } = commands();
    for (const [name, change, result] of faults) {
      const answer = await run('lease4-update', { ...update, ...change });
      t.equal(answer.result, result, `${name}: ${answer.text}`);
      t.match(answer.text, /./);
    }
    for (const args of [undefined, null, [], 'x', 5, {}])
      t.match(await run('lease4-update', args), { result: 1 });
    t.equal(store.count(), 0, 'nothing was stored');
  },
);

t.test('what is at the edge of sense is taken', async (t) => {
  const changes: object[] = [
    { 'client-id': '01' },
    { 'hw-address': '' },
    { 'hw-address': '', 'client-id': undefined, state: 1 },
    { 'subnet-id': 0 },
    { 'valid-lft': INFINITE_LIFETIME_SEC, expire: INFINITE_LIFETIME_SEC + NOW },
    { 'valid-lft': 0, expire: NOW, state: 3 },
    { state: 2 },
    { expire: 3600 },
    { hostname: 'ä'.repeat(127), 'fqdn-fwd': true },
    { 'user-context': { ISC: { 'relay-agent-info': { 'sub-options': '0x0104' } } }, comment: 'x' },
    { __proto__: null, constructor: 5, toString: 'x', 'no-such-member': { a: [] } },
  ];
  const { run } = commands();
  for (const change of changes)
    t.match(await run('lease4-update', { ...update, ...change }), { result: 0 }, JSON.stringify(change));
  await run('lease4-update', { ...update, 'user-context': { a: 1 }, comment: 'c' });
  const { arguments: stored } = await run('lease4-get', { 'ip-address': '10.0.1.2' });
  t.same(stored['user-context'], { a: 1, comment: 'c' });
});

t.test('a name of any octets is taken from a peer and never grows', async (t) => {
  const { run } = commands();
  await run('lease4-update', { ...update, hostname: '\ufffd'.repeat(255) });
  t.equal((await run('lease4-get', { 'ip-address': '10.0.1.2' })).arguments.hostname, '?'.repeat(255));
  await run('lease4-update', { ...update, hostname: 'İ'.repeat(127) });
  t.equal((await run('lease4-get', { 'ip-address': '10.0.1.2' })).arguments.hostname, 'İ'.repeat(127));
  t.match(await run('lease4-update', { ...update, hostname: 'a\ud800b' }), { result: 0 });
});

t.test('lease4-add takes only what is free', async (t) => {
  const { run } = commands();
  t.match(await run('lease4-add', lease), {
    result: 0,
    text: 'Lease for address 10.0.1.2, subnet-id 1 added.',
  });
  t.match(await run('lease4-add', lease), { result: 4 });
  t.match(await run('lease4-add', { ...lease, 'ip-address': '10.9.0.1', 'subnet-id': 9 }), { result: 4 });
  t.match(await run('lease4-add', {}), { result: 1 });
});

t.test('a partner does not delete by an older lease what another client has got since', async (t) => {
  const { run } = commands();
  const other = { ...update, 'hw-address': '02:00:00:00:00:02', 'client-id': '01:02:00:00:00:00:02' };
  await run('lease4-update', { ...other, expire: other.expire + 1 });
  t.match(await run('lease4-del', update), { result: 3, text: 'IPv4 lease not found.' });
  t.match(await run('lease4-get', update), { result: 0, arguments: { 'hw-address': other['hw-address'] } });
  t.match(
    await run('lease4-del', { ...update, expire: other.expire + 1 }),
    { result: 0 },
    'a later one does',
  );
  await run('lease4-update', { ...update, expire: update.expire + 1 });
  t.match(await run('lease4-del', update), { result: 0 }, 'as does one of the same client');
  await run('lease4-update', { ...other, expire: other.expire + 1 });
  t.match(await run('lease4-del', { 'ip-address': update['ip-address'] }), { result: 0 }, 'or of no client');
});

t.test('a partner does not end by an old update what was given since', async (t) => {
  const { run } = commands();
  const declined = { ...update, 'hw-address': '', 'client-id': undefined, state: LeaseState.declined };
  const after = (sec: number) => ({ ...update, expire: update.expire + sec });
  const standing = async () => (await run('lease4-get', update)).arguments.state;
  await run('lease4-update', after(61));
  t.match(await run('lease4-update', declined), { result: 0, text: 'IPv4 lease updated.' });
  t.equal(await standing(), LeaseState.assigned);
  await run('lease4-update', { ...update, 'hw-address': '02:00:00:00:00:02', 'client-id': '01:02' });
  t.match(
    (await run('lease4-get', update)).arguments,
    { 'hw-address': lease['hw-address'] },
    'nor to another client',
  );
  await run('lease4-update', after(60));
  await run('lease4-update', declined);
  t.equal(await standing(), LeaseState.declined, 'within what clocks may differ it does');
});

t.test('lease4-del deletes by address or identifier, and finds nothing the second time', async (t) => {
  const { run } = commands();
  const ways = [
    { ...update, origin: 'ha-partner' },
    { 'subnet-id': 1, 'identifier-type': 'hw-address', identifier: lease['hw-address'] },
    { 'subnet-id': 1, 'identifier-type': 'client-id', identifier: lease['client-id'] },
  ];
  for (const way of ways) {
    await run('lease4-update', update);
    t.match(await run('lease4-get', way), { result: 0, arguments: shown });
    t.match(await run('lease4-del', way), { result: 0, text: 'IPv4 lease deleted.' });
    t.match(await run('lease4-del', way), { result: 3, text: 'IPv4 lease not found.' });
  }
  const bad = [
    undefined,
    [],
    {},
    { 'ip-address': 5 },
    { 'subnet-id': 1 },
    { 'subnet-id': 1, 'identifier-type': 'address', identifier: 'x' },
    { 'subnet-id': 1, 'identifier-type': 'hw-address', identifier: 'x' },
    { 'subnet-id': 1, 'identifier-type': 'client-id' },
    { 'subnet-id': 'x', 'identifier-type': 'client-id', identifier: '01' },
  ];
  for (const args of bad) {
    t.match(await run('lease4-del', args), { result: 1 });
    t.match(await run('lease4-get', args), { result: 1 });
  }
});

t.test('the lists find leases by client and subnet', async (t) => {
  const { run } = commands();
  t.same(await run('lease4-get-all', undefined), {
    result: 3,
    text: '0 IPv4 lease(s) found.',
    arguments: { leases: [] },
  });
  await run('lease4-update', update);
  await run('lease4-update', { ...update, 'ip-address': '192.0.2.3', 'subnet-id': 7 });
  const addresses = async (name: string, args?: unknown) => {
    const answer = await run(name, args);
    return [answer.result, ...answer.arguments.leases.map((entry: typeof lease) => entry['ip-address'])];
  };
  t.same(await addresses('lease4-get-all'), [0, '10.0.1.2', '192.0.2.3']);
  t.same(await addresses('lease4-get-all', { subnets: [7, 99] }), [0, '192.0.2.3']);
  t.same(await addresses('lease4-get-all', { subnets: [] }), [3]);
  const both = [0, '10.0.1.2', '192.0.2.3'];
  t.same((await addresses('lease4-get-by-hw-address', { 'hw-address': lease['hw-address'] })).sort(), both);
  t.same((await addresses('lease4-get-by-client-id', { 'client-id': lease['client-id'] })).sort(), both);
  t.same(await addresses('lease4-get-by-hw-address', { 'hw-address': 'aa:bb' }), [3]);
  for (const args of [undefined, {}, { 'hw-address': 5, 'client-id': 5, subnets: 5 }, { subnets: ['1'] }]) {
    t.match(await run('lease4-get-by-hw-address', args), { result: 1 });
    t.match(await run('lease4-get-by-client-id', args), { result: 1 });
    if (args !== undefined && 'subnets' in args) t.match(await run('lease4-get-all', args), { result: 1 });
  }
});

t.test('pages ascend by address, begin after the last one, and count', async (t) => {
  const { run } = commands();
  t.same(await run('lease4-get-page', { from: 'start', limit: 10 }), {
    result: 3,
    text: '0 IPv4 lease(s) found.',
    arguments: { count: 0, leases: [] },
  });
  const all: string[] = [];
  for (let i = 0; i < 2_500; i++) all.push(formatIpv4(parseIpv4('10.0.0.0')! + ((i * 7_919) % 65_536)));
  await run('lease4-bulk-apply', { leases: all.map((address) => ({ ...lease, 'ip-address': address })) });
  const paged: string[] = [];
  for (let from = 'start'; ; from = paged.at(-1)!) {
    const { arguments: page } = await run('lease4-get-page', { from, limit: 999 });
    t.equal(page.count, page.leases.length);
    paged.push(...page.leases.map((entry: typeof lease) => entry['ip-address']));
    if (page.count < 999) break;
  }
  t.same(
    paged,
    [...all].sort((a, b) => parseIpv4(a)! - parseIpv4(b)!),
  );
  const bad = [
    undefined,
    {},
    { from: 'start' },
    { from: 'start', limit: 0 },
    { from: 'start', limit: '5' },
    { from: 'start', limit: 2 ** 32 },
    { from: 'x', limit: 5 },
    { from: 5, limit: 5 },
    { limit: 5 },
  ];
  for (const args of bad) t.match(await run('lease4-get-page', args), { result: 1 }, JSON.stringify(args));
  t.equal((await run('lease4-get-page', { from: 'start', limit: 0xffffffff })).arguments.count, 2_500);
});

t.test('a page of a real Kea can be written by ours, key for key', async (t) => {
  const trace = readFileSync(
    new URL('../../../test/fixtures/kea-traces/lb4.ndjson', import.meta.url),
    'utf8',
  );
  const pages = trace
    .split('\n')
    .filter((line) => line.includes('"count": 12'))
    .map((line) => JSON.parse(line).body[0]);
  t.ok(pages.length > 0);
  const wide = new LeaseSubnets([
    { id: 1, prefix: parseIpv4('10.99.0.0')!, prefixLength: 16, validLifetime: lifetime(3600) },
  ]);
  const { store } = createTestStore();
  const caller = 'administrator';
  const table = createLease4Commands({
    store,
    subnets: () => wide,
    clock,
    caller,
    leaseFile: () => null,
    yieldTurn: async () => {},
  });
  const leases = pages[0].arguments.leases.map((entry: { cltt: number; 'valid-lft': number }) => ({
    ...entry,
    expire: entry.cltt + entry['valid-lft'],
  }));
  await table.get('lease4-bulk-apply')!({ leases });
  const answer = JSON.parse(
    JSON.stringify(await table.get('lease4-get-page')!({ from: 'start', limit: 10_000 })),
  );
  t.same(answer.arguments, pages[0].arguments);
  t.same(Object.keys(answer.arguments.leases[0]), Object.keys(pages[0].arguments.leases[0]));
});

const anyLease: fc.Arbitrary<Lease4> = fc.record({
  address: fc.nat(65_535).map((offset) => parseIpv4('10.0.0.0')! + offset),
  hwAddress: fc.uint8Array({ minLength: 0, maxLength: 16 }),
  clientId: fc.option(fc.uint8Array({ minLength: 1, maxLength: 255 })),
  validLifetimeSec: fc.oneof(fc.constant(INFINITE_LIFETIME_SEC), fc.nat(1_000_000)),
  clttSec: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff })),
  subnetId: fc.constant(1),
  poolId: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffffffff })),
  fqdnFwd: fc.boolean(),
  fqdnRev: fc.boolean(),
  hostname: fc.string({ unit: 'binary', maxLength: 60 }),
  state: fc.constantFrom(...([0, 1, 2, 3] as const)),
  userContext: fc.constantFrom('', '{"a":{"b":"ü"}}', 'no JSON', '[]'),
});

t.test('whatever the table holds, a page of it can be read by the strictest reader', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyLease, { maxLength: 20 }), async (leases) => {
      const { run, store } = commands();
      for (const entry of leases) store.put(entry);
      const { arguments: page } = await run('lease4-get-page', { from: 'start', limit: 100 });
      assert.equal(page.count, store.count());
      for (const entry of page.leases) {
        const read = readPageLease(entry);
        assert(read.ok, JSON.stringify(entry));
        assert(entry['pool-id'] !== 0 && entry.state <= 2, 'a state that Kea 2.2 refuses');
        assert(
          entry['client-id'] === undefined || entry['client-id'].length > 2 || entry['hw-address'] === '',
        );
      }
    }),
    { seed: 5, numRuns: 200 },
  );
  t.pass();
});

t.test(
  'released leases are shown as such to administrators and Tandems, as reclaimed to any other peer',
  async (t) => {
    const test = createTestStore();
    const peer = commands(test, 'peer');
    const administrator = commands(test, 'administrator');
    await peer.run('lease4-update', { ...update, state: 3, 'valid-lft': 0, expire: NOW });
    const stateOf = async ({ run }: typeof peer, args: object) =>
      (await run('lease4-get-page', { from: 'start', limit: 5, ...args })).arguments.leases[0].state;
    t.equal(await stateOf(peer, {}), LeaseState.expiredReclaimed);
    t.equal(await stateOf(peer, { tandem: { version: '1' } }), LeaseState.released);
    t.equal(await stateOf(administrator, {}), LeaseState.released);
  },
);

t.test(
  'what a shard writes for a peer is taken by lease4-update and lease4-bulk-apply without loss',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(anyLease, async (entry) => {
        const sent = {
          ...entry,
          userContext: entry.userContext.startsWith('{') ? entry.userContext : '',
          hwAddress:
            entry.hwAddress.length === 0 && entry.clientId === null ? Uint8Array.of(1) : entry.hwAddress,
          clttSec: Math.max(1, entry.clttSec),
        };
        const bytes = new Uint8Array(LEASE_UPDATE_BYTES_MAX + 100);
        const length = encodeLeaseUpdate(bytes, 0, recordOfLease(sent), true);
        const args = JSON.parse(Buffer.from(bytes.subarray(0, length)).toString());
        const one = commands();
        const many = commands();
        assert.equal((await one.run('lease4-update', args)).result, 0);
        assert.deepEqual(await many.run('lease4-bulk-apply', { leases: [args], 'deleted-leases': [] }), {
          result: 0,
          text: 'Bulk apply of 1 IPv4 leases completed.',
        });
        const stored = one.store.get(entry.address)!;
        assert.deepEqual(many.store.get(entry.address), stored);
        assert.equal(stored.clttSec, sent.clttSec);
        assert.equal(stored.validLifetimeSec, sent.validLifetimeSec);
        assert.equal(formatHex(stored.hwAddress), formatHex(sent.hwAddress));
        assert.equal(stored.state, sent.state);
      }),
      { seed: 6, numRuns: 500 },
    );
    t.pass();
  },
);

t.test('lease4-bulk-apply applies deletions, then updates, and names only what failed', async (t) => {
  const { run, test } = commands();
  const at = (last: number, changes: object = {}) => ({
    ...lease,
    'ip-address': `10.0.0.${last}`,
    ...changes,
  });
  t.same(
    await run('lease4-bulk-apply', { leases: [at(1), at(2)], 'deleted-leases': [], origin: 'ha-partner' }),
    {
      result: 0,
      text: 'Bulk apply of 2 IPv4 leases completed.',
    },
  );
  t.equal(test.waits, 1);
  const mixed = await run('lease4-bulk-apply', {
    'deleted-leases': [at(1), at(9)],
    leases: [at(3), at(4, { 'subnet-id': 99 }), at(5, { state: 4 }), at(1, { hostname: 'again' })],
  });
  t.match(mixed, {
    result: 0,
    text: 'Bulk apply of 3 IPv4 leases completed.',
    arguments: {
      'failed-deleted-leases': [{ 'ip-address': '10.0.0.9', result: 3, 'error-message': /./ }],
      'failed-leases': [
        { 'ip-address': '10.0.0.4', result: 4, 'error-message': /subnet-id=99/ },
        { 'ip-address': '10.0.0.5', result: 1, 'error-message': /state/ },
      ],
    },
  });
  t.match((await run('lease4-get', { 'ip-address': '10.0.0.1' })).arguments, { hostname: 'again' });
  t.match(await run('lease4-bulk-apply', { 'deleted-leases': [at(77)] }), {
    result: 3,
    arguments: { 'failed-deleted-leases': [{ result: 3 }] },
  });
  t.same(await run('lease4-bulk-apply', { leases: [] }), {
    result: 3,
    text: 'Bulk apply of 0 IPv4 leases completed.',
  });
});

t.test('a bulk command with an item that has no address is refused as a whole', async (t) => {
  const { run, store } = commands();
  const bad: unknown[] = [
    undefined,
    [],
    'x',
    {},
    { origin: 'ha-partner' },
    { leases: {} },
    { leases: null },
    { 'deleted-leases': 'all' },
    { leases: [lease, null] },
    { leases: [lease, []] },
    { leases: [lease, 'x'] },
    { leases: [lease, {}] },
    { leases: [lease, { ...lease, 'ip-address': 7 }] },
    { leases: [lease], 'deleted-leases': [{ 'ip-address': '10.0.0.999' }] },
    { leases: Array(BULK_LEASES_MAX + 1).fill(lease) },
  ];
  for (const args of bad) t.match(await run('lease4-bulk-apply', args), { result: 1, text: /./ });
  t.equal(store.count(), 0);
});

t.test('no room for a lease is an error, never a conflict', async (t) => {
  const { run, store } = commands(createTestStore(16));
  const leases = Array.from({ length: 100 }, (_, i) => ({ ...lease, 'ip-address': `10.0.0.${i}` }));
  t.match(
    await run('lease4-bulk-apply', { leases }),
    { result: 1, text: /no memory/ },
    'of the whole command',
  );
  t.ok(store.count() > 0, 'what could be taken is there');
  const beyond = { ...update, 'ip-address': '10.0.200.1' };
  t.match(await run('lease4-update', beyond), { result: 1, text: /no memory/ });
  t.match(await run('lease4-add', beyond), { result: 1, text: /no memory/ });
});

t.test(
  'a lease file that is not being written makes changes fail, before and after they are made',
  async (t) => {
    const slow = commands();
    slow.test.durable = () => Promise.reject(new Error('disk full'));
    t.match(await slow.run('lease4-update', update), { result: 1, text: /disk full/ });
    t.match(await slow.run('lease4-bulk-apply', { leases: [lease] }), { result: 1, text: /disk full/ });
    t.match(await slow.run('lease4-del', update), { result: 1, text: /disk full/ });
    const stuck = commands(createTestStore(65_536, [1], false));
    const many = (from: number) =>
      Array.from({ length: 10_000 }, (_, i) => ({
        ...lease,
        'ip-address': `10.0.${from + (i >> 8)}.${i & 255}`,
      }));
    await stuck.run('lease4-bulk-apply', { leases: many(0) });
    const full = await stuck.run('lease4-bulk-apply', { leases: many(100) });
    t.match(full, { result: 1, text: /lease file is not being written/ }, 'the change log is full');
    t.match(await stuck.run('lease4-del', { 'ip-address': '10.0.0.1' }), { result: 1, text: /lease file/ });
    t.match(await stuck.run('lease4-bulk-apply', { 'deleted-leases': [{ 'ip-address': '10.0.0.1' }] }), {
      result: 1,
      text: /lease file/,
    });
  },
);

t.test('no arguments make a command throw', async (t) => {
  const { run } = commands();
  const names = [...createLease4Commands({} as never).keys()];
  const anyMember = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('10.0.0.1', '02:00', 1, 0, -1, 'start', 'hw-address', true, {}, []),
  );
  const keys = [
    ...Object.keys(update),
    'from',
    'limit',
    'leases',
    'deleted-leases',
    'identifier',
    'identifier-type',
    'subnets',
    'user-context',
    'comment',
    'pool-id',
    '__proto__',
  ];
  const anyArgs = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...keys), anyMember),
    fc.dictionary(fc.constantFrom(...keys), anyMember).map((changes) => ({ ...update, ...changes })),
    fc.array(fc.dictionary(fc.constantFrom(...keys), anyMember)).map((leases) => ({ leases })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), anyArgs, async (name, args) => {
      const answer = await run(name, args);
      assert([0, 1, 3, 4].includes(answer.result), JSON.stringify(answer));
    }),
    { seed: 9, numRuns: 2_000 },
  );
  t.pass();
});

t.test('who listens hears of each lease that a command has changed, and of no other', async (t) => {
  const heard: unknown[] = [];
  const listener = (command: string, args: Readonly<Record<string, unknown>>): void =>
    void heard.push([command, args['ip-address'], args['origin']]);
  const { store } = createTestStore(4_096, [1, 7]);
  const table = createLease4Commands({
    store,
    subnets: () => subnets,
    clock,
    caller: 'peer',
    leaseFile: () => null,
    listener: () => listener,
    yieldTurn: async () => {},
  });
  const run = (name: string, args: unknown) => table.get(name)!(args);
  const other = { ...lease, 'ip-address': '10.0.1.3' };
  await run('lease4-add', lease);
  await run('lease4-add', lease);
  await run('lease4-update', { ...lease, origin: 'ha-partner' });
  await run('lease4-update', other);
  const bulk = {
    leases: [lease, { ...other, 'subnet-id': 99 }],
    'deleted-leases': [other],
    origin: 'ha-partner',
  };
  await run('lease4-bulk-apply', bulk);
  await run('lease4-del', { 'ip-address': lease['ip-address'] });
  await run('lease4-del', { 'ip-address': lease['ip-address'] });
  await run('lease4-del', undefined);
  t.strictSame(heard, [
    ['lease4-add', '10.0.1.2', undefined],
    ['lease4-update', '10.0.1.2', 'ha-partner'],
    ['lease4-update', '10.0.1.2', 'ha-partner'],
    ['lease4-del', '10.0.1.2', undefined],
  ]);
});
