/** The limits library with DHCPv6: how many addresses and prefixes a subnet and a class may have. */
import t, { type Test } from 'tap';
import { parseConfig6 } from '../../../../src/config/load6.ts';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { ExpiringLeases6 } from '../../../../src/engine/dhcp6/leases/expiring-leases.ts';
import { limitedScopesOf } from '../../../../src/engine/leases/limited-scopes.ts';
import { Reclaimer } from '../../../../src/engine/leases/reclaim.ts';
import { leaseOfRecord6, recordOfLease6 } from '../../../../src/lease/dhcp6/csv-lease.ts';
import { allocateLimitedCounts, LimitedCounts, LimitedKind } from '../../../../src/lease/limited-counts.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { BenchEngine6, type Engine6Options } from '../bench-engine.ts';
import { config6, ip6 } from '../config.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, message, opt, partsOf, relayed } from '../messages.ts';

const { addrRegInform, decline, rebind, release, renew, request, solicit } = MessageType;
const PHONE = opt(15, [0, 1, 0x70]);
const RAPID = opt(14);

type Entries = Readonly<Record<string, unknown>>;
const limited = (address: number | null, prefix: number | null): Entries => ({
  'user-context': {
    limits: {
      ...(address === null ? {} : { 'address-limit': address }),
      ...(prefix === null ? {} : { 'prefix-limit': prefix }),
    },
  },
});

const SUBNET = {
  id: 7,
  subnet: '2001:db8:1::/64',
  interface: 'eth0',
  pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::40' }],
  'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 }],
  'rapid-commit': true,
};

/** @param more replaces keys of the Dhcp6 map */
function engineFor(ofSubnet: Entries, ofClass: Entries, more: Entries = {}, options?: Engine6Options) {
  const Dhcp6 = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: false },
    'cache-max-age': 0,
    'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
    'client-classes': [{ name: 'phones, "all"', test: 'option[15].exists', ...ofClass }],
    subnet6: [{ ...SUBNET, ...ofSubnet }],
    ...more,
  };
  const result = parseConfig6(JSON.stringify({ Dhcp6 }), 'kea.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { engine: new BenchEngine6(result.config, options), limits: result.config.hooks.limits! };
}

type Setting = ReturnType<typeof engineFor>;

const na = (iaid: number, address?: string) =>
  address === undefined ? iaNa(iaid) : iaNa(iaid, iaAddress(address));

/** What the identity associations of the answer come to: what is given, and what is not and why. */
function told({ engine }: Setting, type: number, client: number, ...options: (readonly number[])[]): string {
  const reply = engine.ask(message(type, client, ...options));
  if (reply === null) return 'silence';
  return partsOf(reply)
    .filter((part) => /^(na|pd)/.test(part))
    .map((part) =>
      part
        .replace(/ \d+\/\d+ \[/, ' [')
        .replace(/[^ [\]]+:[^ \]]* 0\/0/g, 'none')
        .replace(/[^ [\]]+:[^ \]]* \d+\/\d+/g, 'given'),
    )
    .join(' ');
}

/** The counts are those that a look at the whole table finds. @returns those of addresses, then those of prefixes */
function countsOf(t: Test, { engine, limits }: Setting): number[] {
  const { book } = engine.context;
  const { rows } = book.table;
  const all = [LimitedKind.addresses, LimitedKind.prefixes].map((kind) => {
    const { subnets, classes } = limitedScopesOf(kind, limits);
    const keys = [subnets.map(({ key }) => key), classes.map(({ key }) => key)] as const;
    const fresh = new LimitedCounts(allocateLimitedCounts(...keys, null));
    for (let slot = 0; slot < book.table.highWater(); slot++)
      if (!rows.isFree(slot) && (rows.type(slot) === 2) === (kind === LimitedKind.prefixes))
        fresh.add(rows, slot, 1);
    const cells = subnets.length + classes.length;
    const kept = book.limited(kind);
    t.equal(kept === null, cells === 0);
    if (kept === null) return [];
    const of = (counts: LimitedCounts): number[] => Array.from({ length: cells }, (_, i) => counts.count(i));
    t.same(of(kept), of(fresh));
    return of(kept);
  });
  return all.flat();
}

function contextOf({ engine }: Setting, address: string): string {
  const { book } = engine.context;
  const { bytes, offset, length } = book.recordOf(book.table.findByAddress(ip6(address), 0)).userContext;
  return Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1');
}

t.test(
  'each identity association that would have one too many hears so, and the others are served',
  async (t) => {
    const setting = engineFor(limited(2, 1), {});
    t.equal(told(setting, request, 1, na(1), iaPd(1)), 'na 1 [given] pd 1 [given]');
    t.equal(told(setting, request, 2, iaPd(1), na(1), na(2)), 'na 1 [given] na 2 [status 2] pd 1 [status 6]');
    t.equal(told(setting, solicit, 3, na(1), iaPd(1)), 'na 1 [status 2] pd 1 [status 6]');
    t.equal(told(setting, solicit, 3, na(1), RAPID), 'na 1 [status 2]');
    t.equal(told(setting, renew, 3, na(1, '2001:db8:1::30')), 'na 1 [none status 2]');
    const { engine } = setting;
    t.equal(engine.statistic('tandem-ia-lease-limit'), 6);
    t.equal(engine.statistic('v6-allocation-fail-subnet'), 6);
    t.same(countsOf(t, setting), [2, 1]);
    t.equal(told(setting, renew, 2, na(1, '2001:db8:1::11')), 'na 1 [given]');
    t.equal(told(setting, solicit, 2, na(1)), 'na 1 [given]', 'its own is advertised to it');
    told(setting, release, 1, na(1, '2001:db8:1::10'));
    t.same(countsOf(t, setting), [1, 1]);
    t.equal(told(setting, rebind, 3, na(1)), 'na 1 [given]', 'what was given back makes room');
  },
);

t.test('what is advertised is no lease: the limit is looked at again when it is asked for', async (t) => {
  const setting = engineFor(limited(1, null), {});
  t.equal(told(setting, solicit, 1, na(1), na(2)), 'na 1 [given] na 2 [given]');
  t.equal(told(setting, solicit, 2, na(1)), 'na 1 [given]');
  t.equal(told(setting, request, 2, na(1, '2001:db8:1::12')), 'na 1 [given]');
  t.equal(told(setting, request, 1, na(1, '2001:db8:1::10')), 'na 1 [status 2]');
  t.equal(told(setting, solicit, 1, na(1)), 'na 1 [status 2]');
});

t.test('of those that were advertised to one client as many become leases as there may be', async (t) => {
  const setting = engineFor(limited(1, null), {});
  t.equal(told(setting, solicit, 1, na(1), na(2)), 'na 1 [given] na 2 [given]');
  t.equal(told(setting, request, 1, na(1), na(2)), 'na 1 [given] na 2 [status 2]');
  t.same(countsOf(t, setting), [1]);
});

t.test('the classes of a client stand in its leases, and they are counted by them', async (t) => {
  const setting = engineFor({}, limited(1, 1));
  t.match(told(setting, request, 1, na(1), iaPd(1), PHONE), 'na 1 [given] pd 1 [given]');
  const phone = '{ "ISC": { "client-classes": [ "ALL", "phones, \\"all\\"", "UNKNOWN" ] } }';
  t.same([contextOf(setting, '2001:db8:1::10'), contextOf(setting, '2001:db8:8000::')], [phone, phone]);
  t.equal(told(setting, request, 2, na(1), iaPd(1), PHONE), 'na 1 [status 2] pd 1 [status 6]');
  t.equal(told(setting, request, 2, na(1)), 'na 1 [given]', 'who is not of the class has no limit');
  told(setting, renew, 1, na(1, '2001:db8:1::10'));
  t.match(contextOf(setting, '2001:db8:1::10'), /"ALL", "UNKNOWN"/, 'a renewal takes the classes of its day');
  t.same(countsOf(t, setting), [0, 1]);
  t.equal(told(setting, request, 3, na(1), PHONE), 'na 1 [given]');
  told(setting, renew, 1, na(1, '2001:db8:1::10'), PHONE);
  t.same(countsOf(t, setting), [2, 1], 'and brings a lease into a class whatever its count');
});

t.test('what was advertised to a client takes the classes of the day on which it is asked for', async (t) => {
  const setting = engineFor({}, limited(1, 1));
  told(setting, solicit, 1, na(1));
  told(setting, request, 1, na(1), PHONE);
  t.match(contextOf(setting, '2001:db8:1::10'), /phones/);
  t.same(countsOf(t, setting), [1, 0]);
});

t.test('classes that only add options when the leases are known do not stand in them', async (t) => {
  const setting = engineFor(
    { 'evaluate-additional-classes': ['more'] },
    {},
    {
      'client-classes': [
        { name: 'phones', test: 'option[15].exists', ...limited(5, 5) },
        { name: 'more', test: 'option[15].exists', 'only-in-additional-list': true },
      ],
    },
  );
  told(setting, request, 1, na(1), PHONE);
  told(setting, renew, 1, na(1, '2001:db8:1::10'), PHONE);
  t.notMatch(contextOf(setting, '2001:db8:1::10'), /more/);
});

t.test(
  'they stand beside what a lease keeps of relays, and what else is in its user context stays',
  async (t) => {
    const setting = engineFor({ 'store-extended-info': true }, limited(9, 9));
    const { engine } = setting;
    const behindRelay = () => relayed(message(request, 1, na(1), PHONE), '2001:db8:1::5', 'fe80::1');
    engine.ask(behindRelay());
    t.match(
      contextOf(setting, '2001:db8:1::10'),
      /^\{ "ISC": \{ "client-classes": \[ .*phones.* \], "relay-info": \[/,
    );
    const { book, nowSec } = engine.context;
    const row = leaseOfRecord6(book.recordOf(book.table.findByAddress(ip6('2001:db8:1::10'), 0)));
    book.write(recordOfLease6({ ...row, userContext: '{"ISC":{"z":1},"room":"4"}' }), nowSec);
    t.same(countsOf(t, setting), [0, 0]);
    told(setting, rebind, 1, na(1, '2001:db8:1::10'));
    t.equal(
      contextOf(setting, '2001:db8:1::10'),
      '{"ISC":{"client-classes": [ "ALL", "UNKNOWN" ], "z":1},"room":"4"}',
    );
  },
);

t.test('a lease that is answered as it is keeps its classes', async (t) => {
  const setting = engineFor({}, limited(1, 1), { 'cache-max-age': 3000, 'cache-threshold': 0.9 });
  told(setting, request, 1, na(1), PHONE);
  told(setting, renew, 1, na(1, '2001:db8:1::10'));
  t.equal(setting.engine.statistic('v6-ia-na-lease-reuses'), 1);
  t.match(contextOf(setting, '2001:db8:1::10'), /phones/);
  t.same(countsOf(t, setting), [1, 0]);
});

/** What the expiry timer does. @param isKept the leases are kept for their clients */
async function reclaim({ engine }: Setting, isKept: boolean): Promise<void> {
  const { context, clock } = engine;
  const { book, events } = context;
  const expiring = new ExpiringLeases6(
    book,
    () => ({ ...context, subnet: null }),
    () => events,
  );
  const waitSec = isKept ? 1 : 0;
  const limits = { ...config6().expiredLeases, flushReclaimedTimerWaitSec: waitSec };
  await new Reclaimer(expiring, clock).cycle(limits, true, async () => {});
}

t.test('a lease that is over counts until somebody takes it back, but not against who gets it', async (t) => {
  const setting = engineFor(limited(1, null), limited(1, null));
  const { clock } = setting.engine;
  told(setting, request, 1, na(1), PHONE);
  clock.pass(8000);
  t.equal(told(setting, request, 2, na(1, '2001:db8:1::20'), PHONE), 'na 1 [status 2]');
  t.equal(told(setting, request, 1, na(1), PHONE), 'na 1 [given]');
  clock.pass(8000);
  t.equal(told(setting, request, 2, na(1, '2001:db8:1::10'), PHONE), 'na 1 [given]');
  t.same(countsOf(t, setting), [1, 1]);
  clock.pass(8000);
  await reclaim(setting, true);
  t.same(countsOf(t, setting), [0, 0]);
  t.equal(told(setting, request, 3, na(1), PHONE), 'na 1 [given]');
  t.equal(told(setting, renew, 2, na(1), PHONE), 'na 1 [status 2]', 'its former client has none any more');
});

t.test('a declined address counts for its subnet alone', async (t) => {
  const setting = engineFor(limited(2, null), limited(1, null));
  told(setting, request, 1, na(1), PHONE);
  told(setting, decline, 1, na(1, '2001:db8:1::10'));
  t.same(countsOf(t, setting), [1, 0]);
  t.equal(told(setting, request, 2, na(1), PHONE), 'na 1 [given]');
  t.equal(told(setting, request, 3, na(1)), 'na 1 [status 2]');
  setting.engine.clock.pass(86_401);
  await reclaim(setting, false);
  t.same(countsOf(t, setting), [0, 0]);
});

t.test('an address that a client has registered counts nowhere', async (t) => {
  const setting = engineFor(limited(2, null), limited(1, null));
  const address = iaAddress('2001:db8:1::aaaa', 100, 200);
  told(setting, request, 2, na(1));
  setting.engine.ask(message(addrRegInform, 1, address, PHONE), { source: ip6('2001:db8:1::aaaa') });
  t.equal(setting.engine.state('2001:db8:1::aaaa'), LeaseState.registered);
  t.equal(contextOf(setting, '2001:db8:1::aaaa'), '');
  t.same(countsOf(t, setting), [1, 0]);
});

t.test('who gives up a lease for another one is within the limit', async (t) => {
  const reservations = [
    { duid: '00:01:00:01:00:00:00:01:02:00:00:00:00:02', 'ip-addresses': ['2001:db8:1::10'] },
  ];
  const setting = engineFor({ ...limited(1, null), reservations }, {}, { 'reservations-out-of-pool': false });
  const { book, nowSec } = setting.engine.context;
  told(setting, request, 1, na(1));
  t.equal(setting.engine.state('2001:db8:1::11'), LeaseState.assigned);
  // It is of a former configuration.
  const row = leaseOfRecord6(book.recordOf(book.table.findByAddress(ip6('2001:db8:1::11'), 0)));
  book.remove(book.table.findByAddress(ip6('2001:db8:1::11'), 0));
  book.write(recordOfLease6({ ...row, address: ip6('2001:db8:1::9') }), nowSec);
  t.equal(told(setting, request, 1, na(1)), 'na 1 [given]');
  t.equal(setting.engine.state('2001:db8:1::9'), null);
  t.same(countsOf(t, setting), [1]);
});

t.test('where one subnet of a network is full the next one gives', async (t) => {
  const second = {
    id: 8,
    subnet: '2001:db8:2::/64',
    'rapid-commit': true,
    pools: [{ pool: '2001:db8:2::10 - 2001:db8:2::40' }],
  };
  const setting = engineFor(
    {},
    {},
    {
      subnet6: [],
      'shared-networks': [
        {
          name: 'n',
          interface: 'eth0',
          subnet6: [
            { ...SUBNET, ...limited(1, null) },
            { ...second, ...limited(1, null) },
          ],
        },
      ],
    },
  );
  t.equal(told(setting, request, 1, na(1)), 'na 1 [given]');
  t.equal(told(setting, request, 2, na(1, '2001:db8:1::20')), 'na 1 [given]');
  t.equal(told(setting, solicit, 3, na(1)), 'na 1 [status 2]');
  t.same(countsOf(t, setting), [1, 1]);
});

t.test('nobody loses what was advertised to it for a client that cannot have it', async (t) => {
  const setting = engineFor(
    { ...limited(1, null), pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::11' }] },
    {},
  );
  told(setting, solicit, 2, na(1));
  told(setting, solicit, 3, na(1));
  told(setting, request, 2, na(1));
  t.equal(told(setting, request, 4, na(1)), 'na 1 [status 2]');
  const states = ['2001:db8:1::10', '2001:db8:1::11'].map((address) => setting.engine.state(address));
  t.same(new Set(states), new Set([LeaseState.assigned, LeaseState.offered]));
});

t.test(
  'where there is no memory for classes a lease goes on with the former ones, and none is given',
  async (t) => {
    const setting = engineFor({}, limited(1, 1));
    const { engine } = setting;
    told(setting, request, 1, na(1));
    told(setting, solicit, 2, na(1));
    const { arena } = engine.context.book.table.rows;
    for (let octets = 1 << 17; octets >= 16; octets >>= 1) while (arena.allocate(octets) !== 0);
    t.equal(told(setting, renew, 1, na(1), PHONE), 'na 1 [given]');
    t.notMatch(contextOf(setting, '2001:db8:1::10'), /phones/);
    t.equal(engine.statistic('tandem-lease-classes-lost'), 1);
    t.equal(told(setting, request, 2, na(1), PHONE), 'silence');
    t.equal(engine.statistic('tandem-drop-table-full'), 1);
    t.same(countsOf(t, setting), [0, 0]);
  },
);

t.test('a limit of 0 gives nobody anything, and without the library nobody looks', async (t) => {
  t.equal(told(engineFor(limited(0, 0), {}), request, 1, na(1), iaPd(1)), 'na 1 [status 2] pd 1 [status 6]');
  const without = engineFor(limited(0, 0), limited(0, 0), { 'hooks-libraries': [] });
  t.equal(told(without, request, 1, na(1), PHONE), 'na 1 [given]');
  t.equal(contextOf(without, '2001:db8:1::10'), '');
});

t.test('whatever clients do, the counts are those of the table and never above the limits', async (t) => {
  const setting = engineFor(limited(6, 4), limited(3, 2));
  const { clock, context } = setting.engine;
  let seed = 12345;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % bound;
  };
  const types = [solicit, request, request, renew, rebind, release];
  for (let step = 0; step < 2000; step++) {
    const client = below(12);
    // A renewal may bring a lease into a class whatever its count: these clients stay what they are.
    const options = client % 2 === 0 ? [PHONE] : [];
    const address = `2001:db8:1::${(0x10 + below(12)).toString(16)}`;
    const prefix = `2001:db8:80${(0x10 + below(8)).toString(16)}::/56`;
    const ias = [na(1, address), na(2), iaPd(1, iaPrefix(prefix)), iaPd(2)].filter(() => below(2) === 0);
    if (ias.length > 0)
      told(setting, below(40) === 0 ? decline : types[below(6)]!, client, ...ias, ...options);
    if (below(10) === 0) clock.pass(below(3000));
    if (below(60) === 0) await reclaim(setting, below(2) === 0);
    if (step % 50 === 0) countsOf(t, setting);
    const [addresses, prefixes] = [context.book.limited(0)!, context.book.limited(1)!];
    if (addresses.count(0) > 6 || addresses.count(1) > 3 || prefixes.count(0) > 4 || prefixes.count(1) > 2)
      t.fail(`over a limit at ${step}`);
  }
  countsOf(t, setting);
  t.ok(setting.engine.statistic('tandem-ia-lease-limit') > 200);
  t.equal(setting.engine.statistic('tandem-lease-classes-lost'), 0);
});
