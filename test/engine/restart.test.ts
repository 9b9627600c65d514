/** What a shard leaves to the one that is started after it on the same memory, and transaction numbers that wrap. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import {
  allocateStatistics,
  type StatisticsMemory,
  StatisticsWriter,
} from '../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../src/engine/figures/statistics-reader.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { Park } from '../../src/engine/parked/park.ts';
import { UpdateRecord } from '../../src/engine/parked/shard-link.ts';
import { allocateVerdicts, Verdict, VerdictReader, VerdictWriter } from '../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { allocateServerPools } from '../../src/engine/subnets/pool-plan.ts';
import { configOf } from './bench-server.ts';
import { decline, discover, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const HOT_STANDBY = { activeServers: 1, scopes: 1, updateMode: UpdateMode.await } as const;
const NO_GRACE = { 'user-context': { tandem: { 'shutdown-grace-time': 0 } } };

t.test('a verdict on a transaction of the former shard confirms nothing of the new one', async (t) => {
  const server = serverFor(t, NO_GRACE);
  server.policy(HOT_STANDBY);
  server.send(request(1, '10.0.0.11'));
  server.restart();
  server.turn();
  server.send(request(2, '10.0.0.12'));
  server.makeDurable();
  server.verdict(1, 1, Verdict.confirmed);
  t.same(server.replies(), []);
  server.verdict(2, 1, Verdict.confirmed);
  t.equal(server.replies()[0]?.yiaddr, '10.0.0.12');
});

t.test('transactions are counted on over a restart', async (t) => {
  const server = serverFor(t, NO_GRACE);
  server.policy(HOT_STANDBY);
  server.send(request(1, '10.0.0.11'));
  server.restart();
  server.turn();
  server.send(request(2, '10.0.0.12'));
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const sequences: number[] = [];
  while (server.updates.next(record)) sequences.push(record.sequence);
  t.same(sequences, [1, 2]);
  t.equal(record.kind, UpdateRecord.awaited | UpdateRecord.last);
});

t.test('a reply that is still parked when its shard ends is counted', async (t) => {
  const server = serverFor(t, NO_GRACE);
  server.send(request(1, '10.0.0.11'));
  server.restart();
  t.equal(server.statistic('tandem-drop-parked-too-long'), 1);
  server.turn();
  server.makeDurable();
  t.same(server.replies(), []);
  t.ok(server.lease('10.0.0.11'), 'the lease stays');
  t.equal(server.ask(request(1, '10.0.0.11'))?.type, MessageType.ack, 'and the client’s retry finds it');
});

/** A park whose exits can be looked at. */
function parkAt(first: number, capacity: number) {
  const left: string[] = [];
  const exit = {
    release: (slot: number) => left.push(`sent ${slot}`),
    reject: (slot: number) => left.push(`rejected ${slot}`),
    expire: (slot: number) => left.push(`expired ${slot}`),
  };
  const memory = allocateVerdicts(capacity * 2);
  const writer = new VerdictWriter(memory);
  const reader = new VerdictReader(memory);
  const park = new Park(capacity, 10_000, exit, first);
  const verdict = (number: number, count: number, value: Verdict): void => {
    writer.write(number >>> 0, count, value);
    park.readVerdicts(reader, 0);
  };
  return { park, left, verdict };
}

t.test('numbers go on at 0 after 2^32 - 1, in the park and in the change log', async (t) => {
  for (const first of [2 ** 31 - 3, 2 ** 32 - 3]) {
    const { park, left, verdict } = parkAt(first, 8);
    for (let slot = 0; slot < 6; slot++) {
      t.equal(park.nextTransaction(), (first + slot) >>> 0);
      park.add(slot, (first + slot) >>> 0, slot % 2 === 0, 0);
    }
    t.equal(park.parked, 6);
    t.equal(park.backlog, 6);
    park.advanceDurable((first + 3) >>> 0, 0);
    t.same(left.splice(0), ['sent 1', 'sent 3']);
    verdict(first, 5, Verdict.confirmed);
    t.same(left.splice(0), ['sent 0', 'sent 2'], 'the fifth is confirmed and not durable');
    park.advanceDurable((first + 5) >>> 0, 0);
    t.same(left.splice(0), ['sent 4', 'sent 5']);
    t.equal(park.parked, 0);
    t.equal(park.backlog, 0);
  }
});

t.test('a whole round of numbers later every entry is used again, rejected ones too', async (t) => {
  const { park, left, verdict } = parkAt(2 ** 32 - 20, 4);
  for (let round = 0; round < 40; round++) {
    const number = park.nextTransaction();
    park.add(round % 5, round + 1, true, 0);
    verdict(number, 1, round % 3 === 0 ? Verdict.rejected : Verdict.confirmed);
    park.advanceDurable(round + 1, 0);
    t.same(left.splice(0), [`${round % 3 === 0 ? 'rejected' : 'sent'} ${round % 5}`]);
  }
});

t.test('verdicts on numbers that are no transaction of the last round are passed over', async (t) => {
  const { park, left, verdict } = parkAt(100, 4);
  park.add(0, 1, true, 0);
  park.advanceDurable(1, 0);
  for (const number of [96, 92, 104, 0, 2 ** 32 - 1]) verdict(number, 1, Verdict.confirmed);
  t.same(left, []);
  verdict(100, 1, Verdict.confirmed);
  t.same(left, ['sent 0']);
});

t.test('one reply that waits for its verdict keeps its entry, and nothing overtakes it there', async (t) => {
  const { park, verdict } = parkAt(1, 4);
  for (let change = 1; change <= 4; change++) park.add(change, change, true, 0);
  t.notOk(park.hasRoom(), 'every entry is taken');
  park.advanceDurable(4, 0);
  t.equal(park.backlog, 0);
  t.notOk(park.hasRoom(), 'durable is not enough');
  verdict(2, 3, Verdict.confirmed);
  t.notOk(park.hasRoom(), 'the next transaction would need the entry of the first');
  verdict(1, 1, Verdict.rejected);
  t.ok(park.hasRoom());
});

t.test('a reply that waited longer than clients do is not sent', async (t) => {
  const { park, left } = parkAt(1, 4);
  park.add(0, 1, false, 0);
  park.advanceDurable(1, 10_001);
  t.same(left, ['expired 0']);
});

const POOLS = (pool: string, id: number): Record<string, unknown> => ({
  subnet4: [{ id, subnet: '10.0.0.0/24', pools: [{ pool }], relay: { 'ip-addresses': ['127.0.0.1'] } }],
});

t.test('with other pools the live leases keep their addresses, and nobody else gets them', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, POOLS('10.0.0.10 - 10.0.0.13', 1), { clock });
  for (const host of [10, 12, 13]) server.ask(request(host, `10.0.0.${host}`));
  const config = configOf(POOLS('10.0.0.12 - 10.0.0.15', 1));
  const pools = allocateServerPools(config);
  server.book.replacePools(pools, clock.wallSec());
  server.restart({ config, book: { ...server.bookMemory, pools } });
  server.turn();
  t.equal(server.ask(renew(12, '10.0.0.12'))?.type, MessageType.ack);
  t.equal(server.ask(renew(10, '10.0.0.10')), null, 'an address of no pool any more');
  const offered = [1, 2].map((client) => server.ask(discover(client))?.yiaddr);
  t.same(offered, ['10.0.0.14', '10.0.0.15']);
  t.equal(server.ask(request(3, '10.0.0.13'))?.type, MessageType.nak);
});

t.test('leases of a subnet that is gone and comes back are counted for it', async (t) => {
  const server = serverFor(t, POOLS('10.0.0.10 - 10.0.0.20', 1));
  for (const client of [1, 2, 3]) server.ask(request(client, `10.0.0.1${client}`));
  server.ask(decline(3, '10.0.0.13'));
  const recounted = (before: StatisticsMemory, subnetIds: readonly number[]): StatisticsMemory => {
    const memory = allocateStatistics(2, subnetIds);
    const writer = new StatisticsWriter(memory, 0);
    writer.takeOver(new StatisticsReader(before));
    new LeaseAccounting(writer, subnetIds).recount(server.book, new StatisticsReader(memory));
    return memory;
  };
  const values = (memory: StatisticsMemory) => new StatisticsReader(memory).all();
  const without = recounted(server.statistics, [2]);
  t.equal(values(without).get('assigned-addresses'), 3);
  t.equal(values(without).get('subnet[2].assigned-addresses'), 0);
  const again = recounted(without, [1, 2]);
  t.equal(values(again).get('assigned-addresses'), 3);
  t.equal(values(again).get('declined-addresses'), 1);
  t.equal(values(again).get('subnet[1].assigned-addresses'), 3);
  t.equal(values(again).get('subnet[1].declined-addresses'), 1);
  t.equal(values(again).get('cumulative-assigned-addresses'), 3, 'nothing was assigned meanwhile');
});
