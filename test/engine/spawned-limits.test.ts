/** The limits library: each class that a template makes has its own rate and its own number of leases. */
import t from 'tap';
import { ClassIds } from '../../src/classes/class-ids.ts';
import { ClassSet } from '../../src/classes/class-set.ts';
import { SPAWNED_VALUE_BYTES_MAX, SpawnedNames } from '../../src/classes/spawned-names.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import {
  allocateSpawnedRates,
  SPAWNED_WINDOWS,
  SpawnedRates,
} from '../../src/engine/figures/spawned-rates.ts';
import { discover, lease, type Options, release, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const RELAY = { 'ip-addresses': ['127.0.0.1'] };
const from = (vendor: string): Options => [[60, [...Buffer.from(vendor)]]];

function configured(limits: object, changes: object = {}, library = 'libdhcp_limits.so') {
  return {
    'hooks-libraries': [{ library }],
    'client-classes': [
      { name: 'vendor', 'template-test': 'option[60].hex', 'user-context': { limits } },
      { name: 'host', 'template-test': 'option[12].hex' },
    ],
    subnet4: [{ id: 7, subnet: '10.0.0.0/24', pools: [{ pool: '10.0.0.10 - 10.0.0.60' }], relay: RELAY }],
    ...changes,
  };
}

t.test('each class has its own rate', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured({ 'rate-limit': '2 packets per minute' }), { clock });
  lease(server, 1, from('a'));
  t.equal(server.ask(discover(2, from('a'))), null);
  t.equal(server.statistic('tandem-drop-rate-limit'), 1);
  t.equal(server.statistic('pkt4-limit-exceeded'), 1);
  lease(server, 2, from('b'));
  t.equal(server.ask(discover(1, from('b'))), null);
  for (let i = 0; i < 5; i++) t.ok(server.ask(discover(3)), 'who is of no class is not limited');
  clock.pass(59);
  t.equal(server.ask(discover(1, from('a'))), null);
  clock.pass(2);
  t.ok(server.ask(discover(1, from('a'))), 'the period is over, and a hundredth of it');
});

t.test('of several limits all count a query or none, and a rate of 0 serves nobody', async (t) => {
  const limited = (packets: number) => ({
    'user-context': { limits: { 'rate-limit': `${packets} packets per year` } },
  });
  const server = serverFor(t, {
    ...configured({}),
    'client-classes': [
      { name: 'vendor', 'template-test': 'option[60].hex', ...limited(2) },
      { name: 'host', 'template-test': 'option[12].hex', ...limited(4) },
      { name: 'SPAWN_host_x', ...limited(3) },
      { name: 'none', 'template-test': 'option[77].hex', ...limited(0) },
    ],
  });
  const query = (vendor: string, host: string) =>
    discover(1, [...from(vendor), [12, [...Buffer.from(host)]]]);
  const served = (vendor: string, host: string, times: number): number =>
    Array.from({ length: times }, () => server.ask(query(vendor, host))).filter(Boolean).length;
  t.equal(served('a', 'x', 5), 2, 'of the vendor');
  t.equal(served('b', 'x', 5), 1, 'of the class that the file limits by its own name');
  t.equal(served('b', 'y', 5), 1, 'the refused ones have used nothing of the vendor');
  t.equal(served('c', 'y', 5), 2);
  t.equal(served('d', 'y', 5), 1, 'of the host');
  t.equal(server.ask(discover(1, [[77, [1]]])), null);
  t.ok(server.ask(discover(1)));
});

t.test('each class has its own number of leases, by what the leases name', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured({ 'address-limit': 2 }), { clock });
  const [first] = [lease(server, 1, from('a')), lease(server, 2, from('a'))];
  t.equal(
    server.lease(first!.yiaddr)?.userContext,
    '{ "ISC": { "client-classes": [ "ALL", "SPAWN_vendor_a", "vendor", "UNKNOWN" ] } }',
  );
  t.equal(server.ask(discover(3, from('a'))), null);
  t.equal(server.statistic('tandem-drop-lease-limit'), 1);
  t.equal(server.ask(request(3, '10.0.0.30', from('a')))?.type, MessageType.nak);
  t.equal(server.ask(renew(1, first!.yiaddr, from('a')))?.type, MessageType.ack);
  for (const client of [3, 4]) t.equal(lease(server, client, from('b')).type, MessageType.ack);
  t.equal(server.ask(discover(5, from('b'))), null);
  for (const client of [5, 6, 7]) t.equal(lease(server, client).type, MessageType.ack, 'without a class');
  server.ask(release(1, first!.yiaddr));
  t.equal(lease(server, 8, from('a')).type, MessageType.ack, 'one was given back');
  clock.pass(1800);
  server.ask(renew(8, first!.yiaddr, from('c')));
  t.match(
    server.lease(first!.yiaddr)?.userContext,
    /"SPAWN_vendor_c"/,
    'a renewal takes the class of its day',
  );
  t.equal(lease(server, 9, from('a')).type, MessageType.ack);
});

t.test('a class that the file refers to is named once, and its own limit holds too', async (t) => {
  const server = serverFor(t, {
    ...configured({ 'address-limit': 2 }),
    'client-classes': [
      {
        name: 'vendor',
        'template-test': 'option[60].hex',
        'user-context': { limits: { 'address-limit': 2 } },
      },
      { name: 'SPAWN_vendor_a', 'user-context': { limits: { 'address-limit': 1 } } },
    ],
  });
  const { yiaddr } = lease(server, 1, from('a'));
  t.match(server.lease(yiaddr)?.userContext, /\[ "ALL", "SPAWN_vendor_a", "vendor", "UNKNOWN" \]/);
  t.equal(server.ask(discover(2, from('a'))), null);
  for (const client of [2, 3]) lease(server, client, from('b'));
  t.equal(server.ask(discover(4, from('b'))), null);
});

t.test('a reservation that names the template brings its client under the limit of all of it', async (t) => {
  const server = serverFor(t, {
    ...configured({ 'address-limit': 1 }),
    'host-reservation-identifiers': ['hw-address'],
    'reservations-global': true,
    reservations: [{ 'hw-address': '02:00:00:00:00:09', 'client-classes': ['vendor'] }],
  });
  lease(server, 1, from('a'));
  t.equal(server.ask(discover(9)), null);
  t.ok(server.ask(discover(9, from('b'))), 'with a class of its own it is under the limit of that');
});

t.test('long names: what is behind the longest name makes no other class', async (t) => {
  const server = serverFor(t, configured({ 'address-limit': 1 }));
  const long = (last: string): Options => [
    [60, [...Buffer.from('x'.repeat(250))]],
    [60, [...Buffer.from('y'.repeat(5) + last)]],
  ];
  const { yiaddr } = lease(server, 1, long('1'));
  const { length } = /SPAWN_vendor_(\w+)/.exec(server.lease(yiaddr)!.userContext)![1]!;
  t.equal(length, SPAWNED_VALUE_BYTES_MAX);
  t.equal(server.ask(discover(2, long('2'))), null);
});

t.test('who has more classes than a lease can name gets none that is limited', async (t) => {
  const classes = Array.from({ length: 50 }, (_, i) => ({
    name: `t${i}`,
    'template-test': 'option[60].hex',
    'user-context': { limits: i < 2 ? { 'address-limit': 5 } : {} },
  }));
  const server = serverFor(t, configured({}, { 'client-classes': classes }));
  t.equal(lease(server, 1, from('short')).type, MessageType.ack);
  t.equal(server.ask(discover(2, from('x'.repeat(255)))), null);
  t.equal(server.statistic('tandem-drop-lease-limit'), 1);
});

t.test('without the library names are kept nowhere', async (t) => {
  const server = serverFor(
    t,
    configured({ 'address-limit': 0, 'rate-limit': '0 packets per day' }, { 'hooks-libraries': [] }),
  );
  const { yiaddr } = lease(server, 1, from('a'));
  t.equal(server.lease(yiaddr)?.userContext, '');
});

/** Counts queries of invented classes. */
function ratesOf(periodSec: number, memory = allocateSpawnedRates()) {
  const classes = new ClassIds();
  const id = classes.intern('t');
  const names = new SpawnedNames(['t'], classes);
  const set = new ClassSet(1, names);
  const rates = new SpawnedRates(memory, [{ key: 't', rate: { packets: 1, periodSec } }], classes);
  const admits = (value: string, wallMs: number): boolean => {
    set.clear();
    const bytes = Buffer.from(value);
    names.put(id, { bytes, offset: 0, length: bytes.length }, false);
    const hasRoom = rates.hasRoom(id, set, wallMs);
    if (hasRoom) rates.count(id, set, wallMs);
    return hasRoom;
  };
  return { rates, admits };
}

t.test(
  'the table is bounded: who is asked for is remembered, who was not for longest is forgotten',
  async (t) => {
    const { rates, admits } = ratesOf(86_400);
    const startMs = 1e12;
    t.ok(admits('steady', startMs));
    const refused: string[] = [];
    for (let i = 1; i <= 3 * SPAWNED_WINDOWS; i++) {
      const asked = i % 1000 === 0 ? ['steady', `invented ${i}`] : [`invented ${i}`];
      refused.push(...asked.filter((value) => !admits(value, startMs + i)));
    }
    t.same([...new Set(refused)], ['steady'], 'a flood of names does not free the one that is in use');
    t.equal(refused.length, Math.floor((3 * SPAWNED_WINDOWS) / 1000));
    t.ok(rates.forgotten > SPAWNED_WINDOWS && rates.forgotten < 3 * SPAWNED_WINDOWS);
    t.notOk(admits(`invented ${3 * SPAWNED_WINDOWS}`, startMs + 3 * SPAWNED_WINDOWS));
  },
);

t.test('a class whose queries are over is given up without a loss', async (t) => {
  const { rates, admits } = ratesOf(1);
  for (let i = 0; i < SPAWNED_WINDOWS / 2; i++) admits(`one ${i}`, 1e12);
  const { forgotten } = rates;
  t.ok(forgotten < 2000, `${forgotten} had no place in their sets`);
  for (let i = 0; i < SPAWNED_WINDOWS / 2; i++) admits(`two ${i}`, 1e12 + 1011);
  t.ok(rates.forgotten - forgotten < 2000);
});

t.test('shards count together', async (t) => {
  const memory = allocateSpawnedRates();
  const [one, two] = [ratesOf(60, memory), ratesOf(60, memory)];
  t.ok(one.admits('a', 1e12));
  t.notOk(two.admits('a', 1e12));
  t.ok(two.admits('b', 1e12));
  t.notOk(one.admits('b', 1e12));
});
