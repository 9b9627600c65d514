/** Statistics of pools of DHCPv6: what Kea counts under `subnet[ID].pool[POOL ID]` and `subnet[ID].pd-pool[POOL ID]`. */
import t from 'tap';
import type { SubnetConfig6 } from '../../../src/config/dhcp6/model.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { indexSubnets6 } from '../../../src/engine/dhcp6/compiled/compiled-configuration.ts';
import { ExpiringLeases6 } from '../../../src/engine/dhcp6/leases/expiring-leases.ts';
import { recountLeases } from '../../../src/engine/dhcp6/leases/recount.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../../src/engine/dhcp6/subnets/pool-memory.ts';
import { poolSeries6 } from '../../../src/engine/dhcp6/subnets/pool-series.ts';
import { allocateStatistics, StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { Reclaimer } from '../../../src/engine/leases/reclaim.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import { config6, host, ip6, pdPool, pool, subnet } from './config.ts';
import { storeBench6 } from './leases/store-bench.ts';
import { duid, iaAddress, iaNa, iaPd, iaPrefix, message } from './messages.ts';

const { request, release, decline } = MessageType;

/** Pools of two numbers; subnet 2 has one with the same number. @param second number of some */
function subnets(second: number): SubnetConfig6[] {
  return [
    subnet(1, '2001:db8:1::/64', {
      interfaceName: 'eth0',
      pools: [
        pool('2001:db8:1::10 - 2001:db8:1::12'),
        pool('2001:db8:1::20 - 2001:db8:1::22', { poolId: second }),
        pool('2001:db8:1::30 - 2001:db8:1::30', { poolId: second }),
      ],
      pdPools: [
        pdPool('2001:db8:8000::/48', 56),
        pdPool('2001:db8:9000::/48', 56, { poolId: second }),
        pdPool('2001:db8:a000::/48', 60),
      ],
    }),
    subnet(2, '2001:db8:2::/64', { pools: [pool('2001:db8:2::10 - 2001:db8:2::1f', { poolId: second })] }),
  ];
}
const HOSTS = [host(1, 'duid', duid(9), { addresses: [ip6('2001:db8:1::99')] })];

/** The statistic `name` of every series that has it and counts something: "1 pool 7: 2". */
function countersOf(reader: StatisticsReader<typeof STATISTICS_6>, name: string): string {
  const found = [...reader.all()].flatMap(([each, value]) => {
    const match = /^subnet\[(\d)\]\.(.+)\[(\d)\]\.(.*)$/.exec(each);
    return match?.[4] === name && value !== 0 ? [`${match[1]} ${match[2]} ${match[3]}: ${value}`] : [];
  });
  return found.join(', ');
}

function sceneFor(second = 7) {
  const config = config6({ subnets: subnets(second), hosts: HOSTS });
  const { engine, store } = storeBench6({}, config);
  const is = (name: string, counts: string, when: string): void =>
    void t.equal(countersOf(engine.reader, name), counts, `${name} ${when}`);
  const grant = (client: number, address: string, prefix: string): void =>
    void engine.ask(message(request, client, iaNa(1, iaAddress(address)), iaPd(1, iaPrefix(prefix))));
  const reclaim = async (): Promise<void> => {
    const { book, events, statistics, subnets } = engine.context;
    const counting = { book, statistics, subnets, subnet: null };
    const leases = new ExpiringLeases6(
      book,
      () => counting,
      () => events,
    );
    await new Reclaimer(leases, engine.clock).cycle(config.expiredLeases, true, async () => {});
  };
  return { config, engine, store, is, grant, reclaim };
}

t.test('pools of one number and kind are one series, in each subnet its own', async (t) => {
  const { series, seriesOfPool } = poolSeries6(subnets(7));
  t.same(series, [
    { subnetId: 1, kind: 'pool', poolId: 0, units: 3n },
    { subnetId: 1, kind: 'pool', poolId: 7, units: 4n },
    { subnetId: 1, kind: 'pd-pool', poolId: 0, units: 256n + 4096n },
    { subnetId: 1, kind: 'pd-pool', poolId: 7, units: 256n },
    { subnetId: 2, kind: 'pool', poolId: 7, units: 16n },
  ]);
  t.same(seriesOfPool, [0, 1, 1, 2, 3, 2, 4]);
});

t.test('leases of clients count for the pools of their addresses', async () => {
  const { engine, is, grant, reclaim } = sceneFor();
  grant(1, '2001:db8:1::10', '2001:db8:8000::/56');
  grant(2, '2001:db8:1::21', '2001:db8:9000:100::/56');
  grant(3, '2001:db8:1::30', '2001:db8:a000:10::/60');
  engine.ask(message(request, 9, iaNa(1)));
  is('assigned-nas', '1 pool 0: 1, 1 pool 7: 2', 'after four grants, one of no pool');
  is('cumulative-assigned-nas', '1 pool 0: 1, 1 pool 7: 2', 'after four grants');
  is('assigned-pds', '1 pd-pool 0: 2, 1 pd-pool 7: 1', 'after three grants');
  is('cumulative-assigned-pds', '1 pd-pool 0: 2, 1 pd-pool 7: 1', 'after three grants');
  t.equal(engine.statistic('subnet[1].assigned-nas'), 4, 'the subnet counts the one outside of its pools');
  engine.ask(
    message(release, 1, iaNa(1, iaAddress('2001:db8:1::10')), iaPd(1, iaPrefix('2001:db8:8000::/56'))),
  );
  engine.ask(message(decline, 2, iaNa(1, iaAddress('2001:db8:1::21'))));
  is('assigned-nas', '1 pool 7: 2', 'after a release and a decline');
  is('assigned-pds', '1 pd-pool 0: 1, 1 pd-pool 7: 1', 'after a release');
  is('declined-addresses', '1 pool 7: 1', 'after a decline');
  engine.clock.pass(4001);
  grant(4, '2001:db8:1::30', '2001:db8:9000:100::/56');
  is('assigned-nas', '1 pool 7: 2', 'after a lease that was over went to another client');
  is('cumulative-assigned-nas', '1 pool 0: 1, 1 pool 7: 3', 'then');
  is('reclaimed-leases', '1 pool 7: 1, 1 pd-pool 7: 1', 'then');
  engine.clock.pass(100_000);
  await reclaim();
  for (const name of ['assigned-nas', 'assigned-pds', 'declined-addresses']) is(name, '', 'at the end');
  is('reclaimed-leases', '1 pool 7: 3, 1 pd-pool 0: 1, 1 pd-pool 7: 2', 'at the end');
  is('reclaimed-declined-addresses', '1 pool 7: 1', 'at the end');
});

t.test('the number that an update has in its row says nothing', async () => {
  const { engine, store, is } = sceneFor();
  const [clttSec, poolId] = [engine.clock.wallSec(), 7];
  const put = (address: string, more: Parameters<typeof lease6>[0] = {}): void =>
    void store.put(lease6({ address: ip6(address), clttSec, ...more }));
  const delegate = (address: string, more: Parameters<typeof lease6>[0] = {}): void =>
    void store.put(prefix6({ address: ip6(address), clttSec, ...more }));
  put('2001:db8:1::11', { poolId });
  put('2001:db8:1::22');
  put('2001:db8:1::77', { poolId });
  is('assigned-nas', '1 pool 0: 1, 1 pool 7: 1', 'of three, one of no pool');
  put('2001:db8:1::22', { state: LeaseState.declined, poolId: 99 });
  is('declined-addresses', '1 pool 7: 1', 'of an address that is declined by an update');
  put('2001:db8:1::22', { subnetId: 2 });
  is('assigned-nas', '1 pool 0: 1', 'after the lease went to a subnet in no pool of which it lies');
  is('declined-addresses', '', 'then');
  put('2001:db8:1::11', { state: LeaseState.released });
  is('assigned-nas', '', 'after it was released');
  is('cumulative-assigned-nas', '1 pool 0: 1, 1 pool 7: 1', 'then');
  delegate('2001:db8:9000:100::');
  delegate('2001:db8:9000:ffff::', { prefixLength: 64 });
  delegate('2001:db8:a000::', { prefixLength: 40 });
  delegate('2001:db8:a001::');
  is('assigned-pds', '1 pd-pool 0: 1, 1 pd-pool 7: 2', 'whatever the length of the prefix');
  store.remove(ip6('2001:db8:9000:ffff::'));
  is('assigned-pds', '1 pd-pool 0: 1, 1 pd-pool 7: 1', 'after a deletion');
});

t.test('another configuration finds what lies in its pools', async (t) => {
  const { engine, grant } = sceneFor();
  grant(1, '2001:db8:1::10', '2001:db8:8000::/56');
  grant(2, '2001:db8:1::21', '2001:db8:9000:100::/56');
  engine.ask(message(decline, 2, iaNa(1, iaAddress('2001:db8:1::21'))));
  // The pools of 7 get the number 0, and subnet 2 a pool of prefixes.
  const config = config6({ subnets: subnets(0), hosts: HOSTS });
  const statistics = allocateStatistics(2, [1, 2], poolSeries6(config.subnets).series, STATISTICS_6);
  const writer = new StatisticsWriter(statistics, 0);
  writer.takeOver(engine.reader);
  const after = new StatisticsReader<typeof STATISTICS_6>(statistics);
  const { book } = engine.context;
  book.replacePools(allocateServerPools6(config), engine.clock.wallSec());
  const counting = { book, statistics: writer, subnets: indexSubnets6(config), subnet: null };
  for (const when of ['counted', 'counted again']) {
    recountLeases(counting, after);
    t.equal(countersOf(after, 'assigned-nas'), '1 pool 0: 2', when);
    t.equal(countersOf(after, 'assigned-pds'), '1 pd-pool 0: 2', when);
    t.equal(countersOf(after, 'declined-addresses'), '1 pool 0: 1', when);
    t.equal(after.all().get('subnet[1].assigned-nas'), 2, when);
  }
});
