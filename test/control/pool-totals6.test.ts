import t from 'tap';
import { poolTotals6 } from '../../src/control/commands/pool-totals6.ts';
import { config6, pdPool, pool, subnet } from '../engine/dhcp6/config.ts';

t.test('addresses and prefixes are counted beyond what a number can tell apart', async (t) => {
  const config = config6({
    subnets: [
      subnet(1, '2001:db8:1::/64', {
        pools: [
          pool('2001:db8:1::10 - 2001:db8:1::1f', { poolId: 5 }),
          pool('2001:db8:1:0:8000:: - 2001:db8:1:0:ffff:ffff:ffff:ffff'),
        ],
        pdPools: [
          pdPool('2001:db8:8000::/36', 56, { poolId: 5 }),
          pdPool('2001:db8:9000::/48', 48),
          pdPool('2001:db8:9001::/48', 52, { poolId: 5 }),
        ],
      }),
      subnet(2, '2001:db8:2::/64'),
    ],
  });
  t.same(
    [...poolTotals6(config.subnets)],
    [
      ['subnet[1].total-nas', 16n + 2n ** 63n],
      ['subnet[1].total-pds', 2n ** 20n + 17n],
      ['subnet[2].total-nas', 0n],
      ['subnet[2].total-pds', 0n],
      ['subnet[1].pool[5].total-nas', 16n],
      ['subnet[1].pool[0].total-nas', 2n ** 63n],
      ['subnet[1].pd-pool[5].total-pds', 2n ** 20n + 16n],
      ['subnet[1].pd-pool[0].total-pds', 1n],
    ],
  );
});
