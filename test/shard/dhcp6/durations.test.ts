/** What a shard of DHCPv6 measures of its answers, on a real socket, with a clock of the test's own. */
import { createSocket } from 'node:dgram';
import t, { type Test } from 'tap';
import { PERFMON_PAIRS } from '../../../src/config/hook-model.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { DurationReader } from '../../../src/engine/figures/duration-reader.ts';
import { allocateDurations, CELLS, Cell, Span } from '../../../src/engine/figures/durations.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { standalonePolicy } from '../../../src/engine/policy.ts';
import { signalEventFd } from '../../../src/io/eventfd.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import { openShard6 } from '../../../src/shard/dhcp6/shard.ts';
import { config6, HOME } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, iaPd, message, opt } from '../../engine/dhcp6/messages.ts';
import { TestClock } from '../../engine/test-clock.ts';
import { createShardTask6 } from './shard-task.ts';

const PAIRS = PERFMON_PAIRS[6];
const WAIT_MS = 30;
const ATTEMPTS_MAX = 100;
const TURNS_MAX = 200;
const RAPID_COMMIT = opt(14);
const ADDRESS = '2001:db8:1::10';

const subnets = [{ ...HOME, interfaceName: 'lo', rapidCommit: true }];

async function start(t: Test, hasQueue = true, config = config6({ subnets })) {
  const clock = new TestClock();
  const durations = allocateDurations(1, 1, PAIRS.length, hasQueue);
  const reader = new DurationReader(durations);
  reader.switchOn(true);
  const { port, task } = await createShardTask6(t, config, standalonePolicy(true), { durations });
  const shard = openShard6(task, clock);
  const client = createSocket('udp6');
  t.teardown(() => client.close());
  const statistics = new StatisticsReader(task.statistics);
  const received = (): number => statistics.all().get('pkt6-received')!;
  const turn = (): void => {
    signalEventFd(task.link.eventFd);
    shard.turn();
  };
  const changes = new Int32Array(task.book.changes.words);
  const post = (datagram: Uint8Array): Promise<void> =>
    new Promise((resolve) => client.send(datagram, port, '::1', () => resolve()));
  const send = async (datagram: Uint8Array): Promise<void> => {
    const before = received();
    await post(datagram);
    for (let turns = 0; turns < TURNS_MAX && received() === before; turns++) turn();
  };
  const makeDurable = (): void => {
    Atomics.store(changes, ChangeWord.durable, Atomics.load(changes, ChangeWord.last));
    turn();
  };
  /** "SOLICIT-ADVERTISE subnet counts" of what was measured. */
  const measured = (): string[] => {
    const found: string[] = [];
    reader.lookNow((subnet, pair, row) => {
      const counts = Array.from({ length: 5 }, (_, span) => row[span * CELLS + Cell.count]!);
      found.push(`${PAIRS[pair]!.join('-')} ${subnet} ${counts.join(' ')}`);
    });
    return found;
  };
  return { clock, makeDurable, measured, post, reader, send, shard, turn };
}

t.test('each answer counts once, with its pair and its subnet; some kinds do not', async (t) => {
  const { makeDurable, measured, send } = await start(t);
  const address = iaNa(1, iaAddress(ADDRESS));
  await send(message(MessageType.solicit, 1, iaNa(1), iaPd(2)));
  await send(message(MessageType.request, 1, iaNa(1), iaPd(2)));
  await send(message(MessageType.confirm, 1, address));
  await send(message(MessageType.renew, 1, address));
  await send(message(MessageType.rebind, 1, address));
  await send(message(MessageType.solicit, 2, iaNa(1), RAPID_COMMIT));
  // What is given back before its reply has left is granted to nobody.
  makeDurable();
  await send(message(MessageType.informationRequest, 1));
  await send(message(MessageType.decline, 2, iaNa(1, iaAddress('2001:db8:1::11'))));
  await send(message(MessageType.release, 1, address));
  makeDurable();
  t.same(
    measured(),
    PAIRS.map((pair) => `${pair.join('-')} 0 1 1 1 1 1`),
  );
});

t.test(
  'a reply that waits for the disk is complete when it leaves; what is refused is of no subnet',
  async (t) => {
    const { clock, makeDurable, measured, reader, send } = await start(t);
    await send(message(MessageType.request, 1, iaNa(1)));
    t.same(measured(), []);
    clock.pass(0.25);
    makeDurable();
    t.same(measured(), ['REQUEST-REPLY 0 1 1 1 1 1']);
    let processedUs = 0;
    reader.takeNow((_, __, row) => {
      processedUs = row[Span.processed * CELLS + Cell.total]!;
    });
    t.equal(processedUs, 250_000);

    const nowhere = await start(t, true, config6({ subnets: [HOME] }));
    await nowhere.send(message(MessageType.solicit, 1, iaNa(1)));
    t.same(nowhere.measured(), ['SOLICIT-ADVERTISE -1 1 1 1 1 1']);
  },
);

t.test('the slot of an answer that is measured is not measured with the next answer in it', async (t) => {
  const { measured, send, reader } = await start(t);
  await send(message(MessageType.solicit, 1, iaNa(1)));
  reader.takeNow(() => {});
  await send(message(MessageType.informationRequest, 1));
  t.same(measured(), []);
});

t.test('with one thread there is no milestone of the queue; intervals turn over with a turn', async (t) => {
  const { measured, reader, send, shard, turn } = await start(t, false);
  await send(message(MessageType.solicit, 1, iaNa(1)));
  t.same(measured(), ['SOLICIT-ADVERTISE 0 1 0 1 1 1']);
  reader.turnOver();
  t.notOk(reader.isSettled);
  turn();
  t.ok(reader.isSettled);
  t.same(measured(), []);
  reader.switchOn(false);
  turn();
  await send(message(MessageType.solicit, 2, iaNa(1)));
  t.same(measured(), [], 'nobody measures');
  shard.end();
});

t.test('the wait in the socket is what the kernel says', async (t) => {
  const { post, reader, send, turn } = await start(t);
  let waitedUs = 0;
  // The kernel begins to stamp a moment after a turn has told it to.
  for (let attempt = 0; attempt < ATTEMPTS_MAX && waitedUs < WAIT_MS * 1000; attempt++) {
    turn();
    await post(message(MessageType.solicit, 1, iaNa(1)));
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    await send(message(MessageType.solicit, 2, iaNa(1)));
    reader.takeNow((_, __, row) => {
      waitedUs = row[Span.received * CELLS + Cell.most]!;
    });
  }
  t.ok(waitedUs >= WAIT_MS * 1000, `${waitedUs}`);
});
