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

for (const [after, dropped] of [
  [MessageType.release, 1],
  [MessageType.decline, 1],
  [MessageType.renew, 0],
] as const)
  t.test(`a REPLY that is parked while message ${after} of its client comes`, async (t) => {
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
    const send = async (type: number): Promise<void> => {
      const before = statistic('pkt6-received');
      await new Promise<void>((resolve) =>
        client.send(message(type, 1, BINDING), port, '::1', () => resolve()),
      );
      for (let turns = 0; turns < TURNS_MAX && statistic('pkt6-received') === before; turns++) turn();
    };
    await send(MessageType.request);
    await send(after);
    t.equal(statistic('pkt6-sent'), 0, 'both are parked');
    const changes = new Int32Array(task.book.changes.words);
    Atomics.store(changes, ChangeWord.durable, Atomics.load(changes, ChangeWord.last));
    turn();
    t.equal(statistic('tandem-drop-lease-over'), dropped);
    t.equal(statistic('pkt6-sent'), 2 - dropped);
  });
