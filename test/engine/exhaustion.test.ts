/** What runs out: rows, memory for identifiers, the logs, time at the end. Each costs answers, and nothing else. */
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ShardWord } from '../../src/engine/parked/shard-link.ts';
import { Control } from '../../src/lease/control.ts';
import { LeaseState } from '../../src/lease/state.ts';
import type { BenchServer } from './bench-server.ts';
import { countAssigned, discover, lease, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const NAME = [12, [...Buffer.from('a-name')]] as const;

/** Leaves no memory for names and long identifiers. */
function fillArena(server: BenchServer): void {
  const { arena } = server.book.table.rows;
  for (let length = 131_072; length >= 16; length /= 2) while (arena.allocate(length) !== 0);
}

t.test('without memory for its name a client gets no address, and none is lost', async (t) => {
  const server = serverFor(t);
  fillArena(server);
  t.equal(server.ask(discover(1, [NAME])), null);
  t.equal(server.ask(request(1, '10.0.0.12', [NAME])), null);
  t.equal(server.statistic('tandem-drop-table-full'), 2);
  t.same(server.addresses(), []);
  t.equal(server.book.pools.freeCount(0), 11);
  t.equal(server.ask(request(2, '10.0.0.12'))?.type, MessageType.ack, 'a client without a name is served');
});

t.test('without memory a former lease keeps its row, its address and its client', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, {}, { clock });
  lease(server, 1);
  clock.pass(3601);
  fillArena(server);
  t.equal(server.ask(discover(2, [[50, [10, 0, 0, 10]], NAME])), null);
  t.equal(server.ask(request(2, '10.0.0.10', [NAME])), null);
  t.equal(server.lease('10.0.0.10')?.hwAddress[5], 1);
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.expiredReclaimed, 'it is over');
  t.equal(server.book.pools.freeCount(0), 11);
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.10');
});

t.test('without memory for its new name a client keeps its lease as it is', async (t) => {
  const server = serverFor(t);
  lease(server, 1);
  fillArena(server);
  t.equal(server.ask(renew(1, '10.0.0.10', [NAME])), null);
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.assigned);
  t.equal(server.statistic('assigned-addresses'), 1);
  t.equal(server.book.pools.freeCount(0), 10);
  t.equal(server.ask(renew(1, '10.0.0.10'))?.type, MessageType.ack);
});

t.test('without a free row nobody new is served, and the address stays free', async (t) => {
  const server = serverFor(t, {}, { capacity: 2 });
  lease(server, 1);
  lease(server, 2);
  t.equal(server.ask(discover(3)), null);
  t.equal(server.ask(request(3, '10.0.0.15')), null);
  t.equal(server.statistic('tandem-drop-table-full'), 2);
  t.equal(server.book.pools.freeCount(0), 9);
  t.equal(server.ask(renew(1, '10.0.0.10'))?.type, MessageType.ack);
});

t.test('DISCOVERs are shed when a log is three quarters full, whatever the size of the other', async (t) => {
  const server = serverFor(t, {}, { changeLogBytes: 1 << 18 });
  t.ok(server.ask(discover(1)), 'the smaller log is empty');
  const filler = new Uint8Array(10_000);
  const { changes } = server.book;
  while (changes.free() - 10_008 >= changes.capacity / 4) changes.append(filler, filler.length);
  t.ok(server.ask(discover(2)), 'not yet');
  changes.append(filler, filler.length);
  t.equal(server.ask(discover(3)), null);
  t.equal(server.statistic('tandem-drop-discover-shed'), 1);
});

t.test('a fault in a handler leaves the lock free, so that main can end the process', async (t) => {
  const server = serverFor(t);
  lease(server, 1);
  const { rows } = server.book.table;
  rows.setState(server.book.table.findByAddress(0x0a00000a), 77);
  t.throws(() => server.send(request(1, '10.0.0.19')), /invariant/);
  t.equal(new Int32Array(server.bookMemory.table.control)[Control.lock], 0);
});

t.test('queries that wait in the socket do not keep a stopping shard busy', async (t) => {
  const server = serverFor(
    t,
    { 'user-context': { tandem: { 'shutdown-grace-time': 1 } } },
    { clock: systemClock },
  );
  server.send(request(1, '10.0.0.11'));
  server.post(discover(2));
  const words = new Int32Array(server.link.words);
  const before = Atomics.load(words, ShardWord.turns);
  server.restart();
  t.ok(
    Atomics.load(words, ShardWord.turns) - before < 100,
    'it sleeps between its looks at the parked reply',
  );
  server.turn();
  t.equal(server.replies()[0]?.type, MessageType.offer, 'its successor answers them');
});
