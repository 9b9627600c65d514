/** A reply that was parked while its lease ended: of DHCPv6, on a real socket. */
import { createSocket } from 'node:dgram';
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { standalonePolicy } from '../../../src/engine/policy.ts';
import { signalEventFd } from '../../../src/io/eventfd.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import { openShard6 } from '../../../src/shard/dhcp6/shard.ts';
import { config6, HOME } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, message } from '../../engine/dhcp6/messages.ts';
import { TestClock } from '../../engine/test-clock.ts';
import { createShardTask6 } from './shard-task.ts';

const ADDRESS = '2001:db8:1::10';
const TURNS_MAX = 200;
const BINDING = iaNa(1, iaAddress(ADDRESS));

/** What follows on the REQUEST of client 1, and how many replies are dropped for it. */
const CASES: readonly (readonly [
  what: string,
  after: readonly (readonly [type: number, client: number])[],
  dropped: number,
])[] = [
  ['its client releases it', [[MessageType.release, 1]], 1],
  ['its client declines it', [[MessageType.decline, 1]], 1],
  ['its client renews it', [[MessageType.renew, 1]], 0],
  [
    'its client releases it, and somebody else gets it',
    [
      [MessageType.release, 1],
      [MessageType.request, 2],
    ],
    1,
  ],
];

for (const [what, after, dropped] of CASES)
  t.test(`a REPLY whose lease is parked while ${what}`, async (t) => {
    const config = config6({ subnets: [{ ...HOME, interfaceName: 'lo' }] });
    const { port, task } = await createShardTask6(t, config, standalonePolicy(true), {});
    const shard = openShard6(task, new TestClock());
    const client = createSocket('udp6');
    t.teardown(() => client.close());
    const statistic = (name: string): number => new StatisticsReader(task.statistics).all().get(name)!;
    const turn = (): void => {
      signalEventFd(task.link.eventFd);
      shard.turn();
    };
    const send = async (type: number, from: number): Promise<void> => {
      const before = statistic('pkt6-received');
      await new Promise<void>((resolve) =>
        client.send(message(type, from, BINDING), port, '::1', () => resolve()),
      );
      for (let turns = 0; turns < TURNS_MAX && statistic('pkt6-received') === before; turns++) turn();
    };
    await send(MessageType.request, 1);
    for (const [type, from] of after) await send(type, from);
    t.equal(statistic('pkt6-sent'), 0, 'all are parked');
    const changes = new Int32Array(task.book.changes.words);
    Atomics.store(changes, ChangeWord.durable, Atomics.load(changes, ChangeWord.last));
    turn();
    t.equal(statistic('tandem-drop-lease-over'), dropped);
    t.equal(statistic('pkt6-sent'), 1 + after.length - dropped);
  });
