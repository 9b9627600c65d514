/** The limits library: how many leases a subnet and a class may have. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { LimitedCounts, LimitedKind } from '../../../src/lease/limited-counts.ts';
import type { BenchServer } from '../bench-server.ts';
import { decline, discover, lease, type Options, release, renew, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const VENDOR: Options = [[60, [...Buffer.from('phone')]]];
const RELAY = { 'ip-addresses': ['127.0.0.1'] };

function configured(subnetLimit: number | null, classLimit: number | null, changes: object = {}) {
  const limit = (value: number | null) => ({ limits: value === null ? {} : { 'address-limit': value } });
  return {
    'hooks-libraries': [{ library: '/usr/lib/kea/hooks/libdhcp_limits.so' }],
    'client-classes': [
      { name: 'phones, "all"', test: "option[60].text == 'phone'", 'user-context': limit(classLimit) },
    ],
    subnet4: [
      {
        id: 7,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.40' }],
        relay: RELAY,
        'user-context': limit(subnetLimit),
      },
    ],
    ...changes,
  };
}

/** The counts are those that a look at the whole table finds. */
function checkCounts(t: { same(found: unknown, wanted: unknown): unknown }, server: BenchServer): void {
  const { table } = server.book;
  const limited = server.book.limited(LimitedKind.addresses)!;
  const { subnets, classes } = server.config.hooks.limits!;
  const subnetIds = subnets.filter((each) => each.addressLimit !== null).map(({ key }) => key);
  const classNames = classes.filter((each) => each.addressLimit !== null).map(({ key }) => key);
  const cells = subnetIds.length + classNames.length;
  const fresh = new LimitedCounts({
    counts: new SharedArrayBuffer(cells * 4),
    subnetIds,
    classNames,
    spawned: null,
  });
  for (let slot = 0; slot < table.highWater(); slot++)
    if (table.rows.address(slot) !== 0) fresh.add(table.rows, slot, 1);
  const of = (counts: LimitedCounts): number[] => Array.from({ length: cells }, (_, i) => counts.count(i));
  t.same(of(limited), of(fresh));
}

t.test('a full subnet offers nothing, refuses, and prolongs what there is', async (t) => {
  const server = serverFor(t, configured(2, null));
  lease(server, 1);
  const second = lease(server, 2);
  t.equal(server.ask(discover(3)), null);
  t.equal(server.statistic('tandem-drop-lease-limit'), 1);
  t.equal(server.statistic('v4-allocation-fail-subnet'), 1);
  t.equal(server.subnetStatistic('subnet[7].v4-allocation-fail'), 1);
  t.equal(server.ask(request(3, '10.0.0.30'))?.type, MessageType.nak);
  t.equal(server.statistic('tandem-nak-lease-limit'), 1);
  t.equal(server.lease('10.0.0.30'), null);
  t.equal(server.ask(renew(2, second.yiaddr))?.type, MessageType.ack);
  t.equal(server.ask(discover(2))?.yiaddr, second.yiaddr, 'its own lease is offered to it');
  t.equal(server.ask(request(2, '10.0.0.35'))?.type, MessageType.ack, 'another address in exchange for it');
  checkCounts(t, server);
  server.ask(release(1, '10.0.0.10'));
  t.equal(server.ask(discover(3))?.type, MessageType.offer, 'a lease that was given back makes room');
  checkCounts(t, server);
});

t.test('an offer is no lease: the limit is looked at again when it is asked for', async (t) => {
  const server = serverFor(t, configured(1, null));
  const first = server.ask(discover(1))!;
  const second = server.ask(discover(2))!;
  t.equal(server.ask(request(2, second.yiaddr))?.type, MessageType.ack);
  t.equal(server.ask(request(1, first.yiaddr))?.type, MessageType.nak);
  t.equal(server.ask(discover(1)), null, 'what was offered once is not offered again');
});

t.test('the classes of a client stand in its lease, spelled as by Kea, and are counted by it', async (t) => {
  const server = serverFor(t, configured(null, 1));
  lease(server, 1, VENDOR);
  t.equal(
    server.lease('10.0.0.10')?.userContext,
    '{ "ISC": { "client-classes": [ "ALL", "phones, \\"all\\"", "UNKNOWN" ] } }',
  );
  t.equal(server.ask(discover(2, VENDOR)), null);
  t.equal(lease(server, 3).type, MessageType.ack, 'who is not of the class is not under its limit');
  checkCounts(t, server);
  t.equal(server.ask(renew(1, '10.0.0.10'))?.type, MessageType.ack);
  checkCounts(t, server);
});

t.test('a renewal takes the classes of its day, when the lease is written at all', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured(null, 1), { clock });
  lease(server, 1, VENDOR);
  server.ask(renew(1, '10.0.0.10'));
  t.match(server.lease('10.0.0.10')?.userContext, /phones/, 'as long as the lease is fresh');
  clock.pass(1800);
  server.ask(renew(1, '10.0.0.10'));
  t.equal(server.lease('10.0.0.10')?.userContext, '{ "ISC": { "client-classes": [ "ALL", "UNKNOWN" ] } }');
  checkCounts(t, server);
  t.equal(server.ask(discover(2, VENDOR))?.type, MessageType.offer);
});

t.test('what else stands in the user context of a lease is kept', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured(null, 9), { clock });
  lease(server, 1);
  const row = server.lease('10.0.0.10')!;
  const { recordOfLease } = await import('../../../src/lease/dhcp4/csv-lease.ts');
  server.book.write(recordOfLease({ ...row, userContext: '{"ISC":{"z":1},"room":"4"}' }), clock.wallSec());
  clock.pass(1800);
  server.ask(renew(1, '10.0.0.10'));
  t.equal(
    server.lease('10.0.0.10')?.userContext,
    '{"ISC":{"client-classes": [ "ALL", "UNKNOWN" ], "z":1},"room":"4"}',
  );
});

t.test('a lease that is over counts until somebody takes it back', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured(1, 1), { clock });
  lease(server, 1, VENDOR);
  clock.pass(4000);
  t.equal(server.ask(discover(2)), null);
  t.equal(
    server.ask(request(1, '10.0.0.10', VENDOR))?.type,
    MessageType.ack,
    'but not against its own client',
  );
  clock.pass(4000);
  t.equal(
    server.ask(request(2, '10.0.0.10', VENDOR))?.type,
    MessageType.ack,
    'nor against who gets its address',
  );
  checkCounts(t, server);
});

t.test('a declined address counts for its subnet alone', async (t) => {
  const server = serverFor(t, configured(2, 1));
  lease(server, 1, VENDOR);
  server.ask(decline(1, '10.0.0.10'));
  checkCounts(t, server);
  t.equal(lease(server, 2, VENDOR).type, MessageType.ack);
  t.equal(server.ask(discover(3)), null);
});

t.test('a limit of 0 gives nobody anything, and without the library nobody looks', async (t) => {
  t.equal(serverFor(t, configured(0, null)).ask(discover(1)), null);
  const without = serverFor(t, configured(0, 0, { 'hooks-libraries': [] }));
  t.equal(lease(without, 1, VENDOR).type, MessageType.ack);
  t.equal(without.lease('10.0.0.10')?.userContext, '');
});

t.test('an offer that is a lease for a while counts as one', async (t) => {
  const server = serverFor(t, configured(1, null, { 'offer-lifetime': 60 }));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.10');
  t.equal(server.ask(discover(2)), null);
  t.equal(server.ask(request(1, '10.0.0.10'))?.type, MessageType.ack);
  checkCounts(t, server);
});

t.test('whatever clients do, the counts are those of the table and never above the limits', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured(6, 3), { clock });
  const limited = server.book.limited(LimitedKind.addresses)!;
  let seed = 12345;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % bound;
  };
  for (let step = 0; step < 3000; step++) {
    const client = below(12);
    // A renewal may bring a lease into a class whatever its count: these clients stay what they are.
    const options = client % 2 === 0 ? VENDOR : [];
    const address = `10.0.0.${10 + below(12)}`;
    const kind = below(40) === 0 ? 4 : below(4);
    if (kind === 0) server.ask(discover(client, options));
    else if (kind === 1) server.ask(request(client, address, options));
    else if (kind === 2) server.ask(renew(client, address, options));
    else server.ask((kind === 3 ? release : decline)(client, address));
    if (below(10) === 0) clock.pass(below(3000));
    if (step % 50 === 0) checkCounts(t, server);
    if (limited.count(0) > 6 || limited.count(1) > 3) t.fail(`over the limit at ${step}`);
  }
  checkCounts(t, server);
  t.ok(server.statistic('tandem-drop-lease-limit') > 20 && server.statistic('tandem-nak-lease-limit') > 20);
});
