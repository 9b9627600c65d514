/** The lease6-* commands: arguments, answers and refusals as Kea has them, and what they change. */
import fc from 'fast-check';
import t from 'tap';
import { createLease6Commands } from '../../src/control/commands/lease6.ts';
import { LeaseSubnets6 } from '../../src/control/commands/lease6-subnets.ts';
import { storeBench6, TWO_SUBNETS } from '../engine/dhcp6/leases/store-bench.ts';

const DUID = '01:02:03:04:05';
const LEASE = { 'ip-address': '2001:db8:1::10', duid: DUID, iaid: 5 };
const PREFIX = {
  'ip-address': '2001:db8:8000::',
  type: 'IA_PD',
  'prefix-len': 56,
  duid: DUID,
  iaid: 5,
  'subnet-id': 1,
};
const BY_DUID = { 'subnet-id': 1, 'identifier-type': 'duid', identifier: DUID, iaid: 5 };

function commands(caller: 'administrator' | 'peer' = 'administrator', capacity = 4096) {
  const bench = storeBench6({ capacity });
  const subnets = LeaseSubnets6.of(TWO_SUBNETS);
  const table = createLease6Commands({
    store: bench.store,
    subnets: () => subnets,
    clock: bench.engine.clock,
    caller,
    leaseFile: () => null,
    yieldTurn: async () => {},
  });
  const run = async (name: string, args?: unknown) =>
    JSON.parse(JSON.stringify(await table.get(`lease6-${name}`)!(args)));
  return { ...bench, run };
}

type Row = readonly [command: string, args: unknown, result: number, text: string];

const given = (args: object): object => ({ ...LEASE, ...args });

const REFUSALS: readonly Row[] = [
  ['add', undefined, 1, 'no parameters specified for the command'],
  ['add', [], 1, 'get(string) called on a non-map Element'],
  ['add', {}, 1, "missing parameter 'ip-address'"],
  ['add', given({ 'ip-address': '10.0.0.1' }), 1, 'Non-IPv6 address specified: 10.0.0.1'],
  ['add', given({ duid: undefined }), 1, "missing parameter 'duid'"],
  ['add', given({ duid: '' }), 1, 'Empty DUIDs are not allowed'],
  ['add', given({ duid: 'zz' }), 1, "'zz' is not a valid string of hexadecimal digits"],
  ['add', given({ duid: 1 }), 1, "invalid type specified for parameter 'duid'"],
  ['add', given({ iaid: undefined }), 1, "missing parameter 'iaid'"],
  ['add', given({ iaid: -1 }), 1, "out of range value (-1) specified for parameter 'iaid'"],
  ['add', given({ type: 'X' }), 1, 'Incorrect lease type: X, the only supported values are: na, ta and pd'],
  ['add', given({ type: 1 }), 1, "invalid type specified for parameter 'type'"],
  ['add', given({ type: 'IA_PD', 'subnet-id': 1 }), 1, "missing parameter 'prefix-len'"],
  ['add', { ...PREFIX, state: 1 }, 1, 'Invalid declined state for PD prefix.'],
  [
    'add',
    { ...PREFIX, 'subnet-id': undefined },
    4,
    'Subnet-id is 0 or not specified. This is allowed for address leases only, not prefix leases.',
  ],
  ['add', { ...PREFIX, 'prefix-len': 129 }, 1, "'prefix-len' must be within 1..128"],
  ['add', { ...PREFIX, 'prefix-len': 16 }, 1, 'the prefix 2001:db8:8000::/16 has bits behind its length'],
  ['add', given({ 'hw-address': 1 }), 1, "invalid type specified for parameter 'hw-address'"],
  ['add', given({ 'hw-address': 'zz' }), 1, "'z' is not a valid hexadecimal digit in decoded string 'zz'"],
  [
    'add',
    given({ 'preferred-lft': -1 }),
    1,
    "out of range value (-1) specified for parameter 'preferred-lft'",
  ],
  [
    'add',
    given({ 'fqdn-fwd': true }),
    1,
    'No hostname specified and either forward or reverse fqdn was set to true.',
  ],
  [
    'add',
    given({ expire: 50 }),
    1,
    'expiration time must be greater than valid lifetime for address 2001:db8:1::10',
  ],
  [
    'add',
    given({ 'ip-address': '2001:db8:9::15' }),
    4,
    'subnet-id not specified and failed to find a subnet for address 2001:db8:9::15',
  ],
  [
    'add',
    given({ 'ip-address': '2001:db8:9::15', 'subnet-id': 1 }),
    4,
    'The address 2001:db8:9::15 does not belong to subnet 2001:db8:1::/64, subnet-id=1',
  ],
  [
    'add',
    given({ 'subnet-id': 9 }),
    4,
    'Invalid subnet-id: No IPv6 subnet with subnet-id=9 currently configured.',
  ],
  ['update', undefined, 1, 'no parameters specified for lease6-update command'],
  ['update', LEASE, 4, 'failed to update the lease with address 2001:db8:1::10 - no such lease'],
  ['update', given({ 'force-create': 'x' }), 1, "invalid type specified for parameter 'force-create'"],
  ['get', undefined, 1, 'Parameters missing or are not a map.'],
  ['get', {}, 1, "Mandatory 'subnet-id' parameter missing."],
  ['get', { 'ip-address': '10.0.0.1' }, 1, 'Invalid IPv6 address specified: 10.0.0.1'],
  ['get', { 'ip-address': 'zz' }, 1, "Failed to convert string to address 'zz': Invalid argument"],
  ['get', { 'ip-address': '2001:db8:1::10' }, 3, 'Lease not found.'],
  [
    'get',
    { 'ip-address': '2001:db8:1::10', type: 'X' },
    1,
    'Invalid lease type specified: X, only supported values are: IA_NA, IA_TA, IA_PD and V4',
  ],
  ['get', { ...BY_DUID, 'identifier-type': 'hw-address' }, 1, 'Query by hw-address is not allowed in v6.'],
  ['get', { ...BY_DUID, 'identifier-type': 'client-id' }, 1, 'Query by client-id is not allowed in v6.'],
  ['get', { ...BY_DUID, identifier: '' }, 1, 'Empty DUIDs are not allowed'],
  ['del', { ...BY_DUID, 'identifier-type': 'hw-address' }, 1, 'Delete by hw-address is not allowed in v6.'],
  ['del', BY_DUID, 3, 'IPv6 lease not found.'],
  ['get-all', { subnets: ['x'] }, 1, 'listed subnet identifiers must be numbers'],
  ['get-all', undefined, 3, '0 IPv6 lease(s) found.'],
  ['get-page', undefined, 1, 'no parameters specified for the lease6-get-page command'],
  ['get-page', { from: '10.0.0.1', limit: 2 }, 1, "'from' parameter value 10.0.0.1 is not an IPv6 address"],
  [
    'get-page',
    { from: 'x', limit: 2 },
    1,
    "'from' parameter value is neither 'start' keyword nor a valid IPv6 address",
  ],
  ['get-page', { from: 'start', limit: 0 }, 1, 'page size of retrieved leases must not be 0'],
  ['get-by-duid', undefined, 1, 'Command arguments missing or a not a map.'],
  ['get-by-duid', {}, 1, "'duid' parameter not specified"],
  ['get-by-duid', { duid: '' }, 1, 'Empty DUIDs are not allowed'],
  ['get-by-hostname', { hostname: '' }, 1, "'hostname' parameter is empty"],
  ['bulk-apply', undefined, 1, 'Command arguments missing or a not a map.'],
  ['bulk-apply', {}, 1, "neither 'deleted-leases' nor 'leases' parameter specified"],
  ['bulk-apply', { leases: 1 }, 1, "the 'leases' parameter must be a list"],
  ['bulk-apply', { 'deleted-leases': 1 }, 1, "the 'deleted-leases' parameter must be a list"],
  ['bulk-apply', { leases: [1] }, 1, 'get(string) called on a non-map Element'],
  ['bulk-apply', { leases: [] }, 3, 'Bulk apply of 0 IPv6 leases completed.'],
  ['wipe', { 'subnet-id': 9 }, 3, 'Deleted 0 IPv6 lease(s) from subnet(s) 9'],
  ['wipe', undefined, 3, 'Deleted 0 IPv6 lease(s) from subnet(s) 1 2'],
];

t.test('what cannot be done is refused in the words of Kea, and changes nothing', async (t) => {
  const { run, store } = commands();
  for (const [command, args, result, text] of REFUSALS)
    t.match(await run(command, args), { result, text }, `${command} ${JSON.stringify(args)}`);
  t.equal(store.changes(), 0);
});

t.test('what Kea 2.2 tells of relays is stored in the form of today', async (t) => {
  const { run } = commands();
  const relays = [{ hop: 0, link: '::', options: '0x003500020102', peer: '::' }];
  await run('add', { ...LEASE, 'user-context': { ISC: { relays } } });
  const { arguments: stored } = await run('get', { 'ip-address': LEASE['ip-address'] });
  t.same(stored['user-context'], { ISC: { 'relay-info': [{ ...relays[0], 'relay-id': '0102' }] } });
});

t.test('an address and a prefix are added, found in every way, and deleted', async (t) => {
  const { run, engine, awaited } = commands();
  const full = { ...LEASE, hostname: 'A.b', 'hw-address': '01:02:03:04:05:06', 'user-context': { a: 1 } };
  t.match(await run('add', full), {
    result: 0,
    text: 'Lease for address 2001:db8:1::10, subnet-id 1 added.',
  });
  t.match(await run('add', LEASE), { result: 4, text: 'IPv6 lease already exists.' });
  t.match(await run('add', PREFIX), {
    result: 0,
    text: 'Lease for prefix 2001:db8:8000::/56, subnet-id 1 added.',
  });
  t.same(awaited, [1, 2], 'each answer waited for stable storage');
  t.equal(engine.statistic('subnet[1].assigned-nas'), 1);
  t.equal(engine.statistic('subnet[1].assigned-pds'), 1);
  const shown = {
    cltt: engine.clock.wallSec(),
    duid: DUID,
    'fqdn-fwd': false,
    'fqdn-rev': false,
    hostname: 'a.b',
    'hw-address': '01:02:03:04:05:06',
    iaid: 5,
    'ip-address': '2001:db8:1::10',
    'preferred-lft': 4000,
    state: 0,
    'subnet-id': 1,
    type: 'IA_NA',
    'user-context': { a: 1 },
    'valid-lft': 4000,
  };
  const { 'hw-address': _hw, 'user-context': _context, ...plain } = shown;
  const prefix = { ...plain, hostname: '', 'ip-address': '2001:db8:8000::', 'prefix-len': 56, type: 'IA_PD' };
  const found = { result: 0, text: 'IPv6 lease found.' };
  t.same(await run('get', { 'ip-address': '2001:db8:1::10' }), { ...found, arguments: shown });
  t.same(await run('get', BY_DUID), { ...found, arguments: shown });
  t.same(await run('get', { ...BY_DUID, type: 'IA_PD' }), { ...found, arguments: prefix });
  t.match(await run('get', { 'ip-address': '2001:db8:8000::' }), { result: 3 }, 'no address lease');
  const both = { leases: [shown, prefix] };
  t.same((await run('get-all')).arguments, both);
  t.same((await run('get-by-duid', { duid: '0102030405' })).arguments, both);
  t.same((await run('get-by-hostname', { hostname: 'A.B' })).arguments, { leases: [shown] });
  t.same((await run('get-by-state', { state: 'registered' })).arguments, { leases: [] });
  t.same((await run('get-page', { from: 'start', limit: 1 })).arguments, { count: 1, leases: [shown] });
  t.same((await run('get-page', { from: '2001:db8:1::10', limit: 9 })).arguments, {
    count: 1,
    leases: [prefix],
  });
  t.same((await run('get-page', { from: '::', limit: 9 })).arguments, { count: 2, ...both });
  t.match(await run('del', { 'ip-address': '2001:db8:8000::' }), { result: 3 }, 'no address lease');
  t.match(await run('del', { 'ip-address': '2001:db8:8000::', type: 'IA_PD' }), {
    result: 0,
    text: 'IPv6 lease deleted.',
  });
  t.match(await run('del', BY_DUID), { result: 0 });
  t.equal(engine.statistic('assigned-nas') + engine.statistic('assigned-pds'), 0);
});

t.test('of one identity association two leases are not told apart by their client', async (t) => {
  const { run } = commands();
  for (const address of ['2001:db8:1::10', '2001:db8:1::11'])
    await run('add', given({ 'ip-address': address }));
  const text = 'More than one lease found for type 0, duid 01:02:03:04:05, iaid 5 and subnet-id 1';
  t.match(await run('get', BY_DUID), { result: 1, text });
  t.match(await run('del', BY_DUID), { result: 1, text });
});

t.test('an update overwrites, or creates when it is told to', async (t) => {
  const { run } = commands();
  t.match(await run('update', given({ 'force-create': true })), { result: 0, text: 'IPv6 lease added.' });
  t.match(await run('update', given({ hostname: 'x' })), { result: 0, text: 'IPv6 lease updated.' });
  t.match(await run('get', BY_DUID), { arguments: { hostname: 'x' } });
});

t.test('a bulk of changes is read whole before anything is changed', async (t) => {
  const { run, store, awaited } = commands('peer');
  const other = given({ 'ip-address': '2001:db8:1::11', iaid: 6 });
  const bad = [
    [given({ 'ip-address': '2001:db8:9::20' }), /failed to find a subnet/],
    [given({ iaid: undefined }), /missing parameter 'iaid'/],
    [given({ 'subnet-id': 7 }), /No IPv6 subnet with subnet-id=7/],
  ] as const;
  for (const [lease, text] of bad)
    t.match(await run('bulk-apply', { leases: [other, lease] }), { result: 1, text });
  const deletions = [{ 'subnet-id': 1 }, { 'ip-address': 'zz' }];
  for (const each of deletions)
    t.match(await run('bulk-apply', { 'deleted-leases': [each], leases: [other] }), { result: 1 });
  t.equal(store.count(), 0);

  t.match(await run('bulk-apply', { 'deleted-leases': [], leases: [other, PREFIX], origin: 'ha-partner' }), {
    result: 0,
    text: 'Bulk apply of 2 IPv6 leases completed.',
    arguments: undefined,
  });
  t.same(awaited, [2], 'the answer waited for the last change');
  const gone = { 'ip-address': '2001:db8:1::99', duid: DUID, iaid: 6 };
  const fault = {
    type: 'IA_NA',
    'ip-address': '2001:db8:1::99',
    result: 3,
    'error-message': 'lease not found',
  };
  t.match(await run('bulk-apply', { 'deleted-leases': [gone, PREFIX], leases: [] }), {
    result: 0,
    text: 'Bulk apply of 1 IPv6 leases completed.',
    arguments: { 'failed-deleted-leases': [fault] },
  });
  t.match(await run('bulk-apply', { 'deleted-leases': [gone] }), { result: 3 });
  t.match(await run('bulk-apply', { 'deleted-leases': [{ ...BY_DUID, iaid: 99 }] }), {
    result: 3,
    arguments: undefined,
  });
  t.same((await run('get-all')).arguments.leases.length, 1);
});

t.test('a server that can take no lease says so of the whole command', async (t) => {
  const { run } = commands('peer', 1);
  await run('bulk-apply', { leases: [LEASE] });
  const answer = await run('bulk-apply', { leases: [given({ 'ip-address': '2001:db8:1::11' })] });
  t.match(answer, { result: 1, text: /the lease was not stored/ });
});

t.test('a wipe deletes the leases of a subnet, or all', async (t) => {
  const { run, store } = commands();
  await run('add', LEASE);
  await run('add', PREFIX);
  await run('add', given({ 'ip-address': '2001:db8:2::10' }));
  t.match(await run('wipe', { 'subnet-id': 1 }), { text: 'Deleted 2 IPv6 lease(s) from subnet(s) 1' });
  t.match(await run('wipe'), { result: 0, text: 'Deleted 1 IPv6 lease(s) from subnet(s) 1 2' });
  t.equal(store.count(), 0);
});

t.test('a partner of an older Kea sees no state that it refuses', async (t) => {
  const released = given({ state: 3, 'force-create': true });
  for (const [caller, state] of [
    ['administrator', 3],
    ['peer', 2],
  ] as const) {
    const { run } = commands(caller);
    await run('update', released);
    t.match(await run('get-page', { from: 'start', limit: 1 }), { arguments: { leases: [{ state }] } });
  }
});

t.test('the DUID of a declined address of an old file has as many zeros as Kea wants', async (t) => {
  const { run } = commands();
  t.match(await run('add', given({ duid: '00', state: 1 })), { result: 0 });
  t.match(await run('get', { 'ip-address': '2001:db8:1::10' }), {
    arguments: { duid: '00:00:00', state: 1 },
  });
});

t.test('no arguments make a command throw', async (t) => {
  const { run } = commands();
  const names = [...createLease6Commands({} as never).keys()].map((name) => name.slice('lease6-'.length));
  const some = ['2001:db8:1::10', '::', '00:01', 1, 0, -1, 2 ** 40, 'start', 'duid', 'IA_PD', true, {}, []];
  const anyMember = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...some));
  const keys = [
    ...Object.keys({ ...PREFIX, ...BY_DUID }),
    ...[
      'from',
      'limit',
      'leases',
      'deleted-leases',
      'subnets',
      'user-context',
      'comment',
      'pool-id',
      'expire',
    ],
    ...[
      'hostname',
      'hw-address',
      'state',
      'valid-lft',
      'preferred-lft',
      'origin',
      'force-create',
      '__proto__',
    ],
  ];
  const anyMap = fc.dictionary(fc.constantFrom(...keys), anyMember);
  const anyArgs = fc.oneof(
    fc.jsonValue(),
    anyMap,
    anyMap.map((changes) => ({ ...PREFIX, ...changes })),
    fc.array(anyMap).map((leases) => ({ leases, 'deleted-leases': leases })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), anyArgs, async (name, args) => {
      const { result } = await run(name, args);
      return [0, 1, 3, 4].includes(result);
    }),
    { numRuns: 1500 },
  );
  t.match(await run('add', LEASE), { result: 0 }, 'and then it works as before');
});

t.test('a partner does not delete by an older lease what another client has got since', async (t) => {
  const { run, engine } = commands('peer');
  const expire = engine.clock.wallSec() + 3600;
  const older = { ...LEASE, type: 'IA_NA', 'subnet-id': 1, 'valid-lft': 3600, expire };
  const later = { ...older, duid: '05:04:03:02:01', expire: expire + 1 };
  const deleting = (lease: object) => run('bulk-apply', { 'deleted-leases': [lease], leases: [] });
  await run('bulk-apply', { 'deleted-leases': [], leases: [later] });
  t.match(await deleting(older), { result: 3, arguments: { 'failed-deleted-leases': [{ result: 3 }] } });
  t.match(await run('get', LEASE), { result: 0, arguments: { duid: later.duid } });
  t.match(await run('del', older), { result: 3 });
  const ended = { ...older, state: 3, expire: expire - 120 };
  await run('bulk-apply', { 'deleted-leases': [], leases: [ended] });
  t.match(
    await run('get', LEASE),
    { result: 0, arguments: { state: 0 } },
    'nor does an old end of a lease end it',
  );
  t.match(await deleting(later), { result: 0 }, 'its own is deleted');
});
