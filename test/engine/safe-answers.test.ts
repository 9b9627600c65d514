/** An ACK says that the lease is on stable storage and with the partner: no way round that. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { leaseOf } from './leases.ts';
import { number32 } from './packets.ts';
import { renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const HOT_STANDBY = { activeServers: 1, scopes: 1, updateMode: UpdateMode.await } as const;

t.test('a client that asks again while the disk works is not answered earlier', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0.5 });
  server.send(request(1, '10.0.0.11'));
  server.send(request(1, '10.0.0.11'));
  server.send(renew(1, '10.0.0.11'));
  t.same(server.replies(), []);
  t.equal(server.statistic('v4-lease-reuses'), 0);
  server.makeDurable();
  t.same(
    server.replies().map((reply) => reply.type),
    [MessageType.ack, MessageType.ack],
    'the repetition has waited with the first, the renewal by itself',
  );
  server.send(renew(1, '10.0.0.11', [[60, [0x61]]]));
  t.equal(server.replies()[0]?.type, MessageType.ack, 'from now on it is answered at once');
  t.equal(server.statistic('v4-lease-reuses'), 1);
});

t.test('a client whose update the partner refused is not answered before the partner agrees', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0.5 });
  server.policy(HOT_STANDBY);
  server.send(request(1, '10.0.0.11'));
  server.makeDurable();
  server.verdict(1, 1, Verdict.rejected);
  for (const transaction of [2, 3]) {
    server.send(request(1, '10.0.0.11'));
    server.makeDurable();
    t.same(server.replies(), [], 'the partner does not know the lease');
    server.verdict(transaction, 1, Verdict.rejected);
  }
  server.send(request(1, '10.0.0.11'));
  server.makeDurable();
  server.verdict(4, 1, Verdict.confirmed);
  t.equal(server.replies()[0]?.type, MessageType.ack);
  server.send(renew(1, '10.0.0.11'));
  t.equal(server.replies()[0]?.type, MessageType.ack, 'now it does');
  t.equal(server.statistic('v4-lease-reuses'), 1);
});

t.test('the answer to an older change does not vouch for a newer one', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0.5 });
  server.policy(HOT_STANDBY);
  server.send(request(1, '10.0.0.11'));
  server.send(request(1, '10.0.0.11', [[12, [...Buffer.from('new-name')]]]));
  server.makeDurable();
  server.verdict(1, 1, Verdict.confirmed);
  t.equal(server.replies().length, 1);
  server.send(request(1, '10.0.0.11', [[12, [...Buffer.from('new-name')]]]));
  t.same(server.replies(), [], 'the partner has another name in the lease');
});

t.test('a lease that came by a command is not told to its client before it is on disk', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, { 'cache-threshold': 0.5 }, { clock });
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1]);
  const store = new MainLeaseStore({
    book: server.book,
    accounting: () => accounting,
    durability: { durable: async () => {} },
    clock,
  });
  const hwAddress = Uint8Array.of(2, 0, 0, 0, 0, 1);
  store.put(leaseOf(parseIpv4('10.0.0.11')!, { hwAddress, clttSec: clock.wallSec() }));
  server.send(renew(1, '10.0.0.11'));
  t.same(server.replies(), []);
  server.makeDurable();
  t.equal(server.replies()[0]?.yiaddr, '10.0.0.11');
});

t.test('a clock that is set back makes no lease longer than the configuration allows', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, { 'cache-threshold': 0.5 }, { clock });
  server.ask(request(1, '10.0.0.11'));
  clock.set(-100);
  t.equal(number32(server.ask(renew(1, '10.0.0.11'))!, 51), 3600);
  t.equal(server.statistic('v4-lease-reuses'), 0);
});

t.test('a lease is reused while both its share of the lifetime and its age allow it', async (t) => {
  const clock = new TestClock();
  const reuses = (settings: Record<string, unknown>, ageSec: number): number => {
    const server = serverFor(t, settings, { clock });
    server.ask(request(1, '10.0.0.11'));
    clock.pass(ageSec);
    const ack = server.ask(renew(1, '10.0.0.11'))!;
    const reused = server.statistic('v4-lease-reuses');
    t.equal(number32(ack, 51), reused === 1 ? 3600 - ageSec : 3600);
    return reused;
  };
  t.equal(reuses({ 'cache-threshold': 0.5 }, 1800), 1);
  t.equal(reuses({ 'cache-threshold': 0.5 }, 1801), 0);
  t.equal(reuses({ 'cache-threshold': 0.5, 'cache-max-age': 100 }, 100), 1);
  t.equal(reuses({ 'cache-threshold': 0.5, 'cache-max-age': 100 }, 101), 0);
  t.equal(reuses({ 'cache-threshold': 0, 'cache-max-age': 100 }, 1), 0, '0 switches it off, as in Kea');
  t.equal(reuses({ 'cache-max-age': 0 }, 1), 0);
});
