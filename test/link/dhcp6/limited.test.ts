/** Leases that come from a partner, by an update or a synchronization, are counted where their number is limited. */
import t from 'tap';
import { recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import { allocateLimitedCounts, LimitedCounts } from '../../../src/lease/limited-counts.ts';
import { LinkTable6 } from '../../../src/link/dhcp6/table.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import { NOW_SEC } from '../support/link-kit.ts';
import { linkKit6 } from '../support/link-kit6.ts';

t.test('addresses and prefixes of a partner count apart, by their subnet and their classes', async (t) => {
  const limited = [1, 2].map(() => allocateLimitedCounts([1], ['phone'], null));
  const table = new LinkTable6({ ...linkKit6.createWorkplace(1 << 20), limited }, 1);
  const counts = limited.map((memory) => new LimitedCounts(memory));
  const counted = (): number[] => counts.flatMap((each) => [each.count(0), each.count(1)]);
  const userContext = '{ "ISC": { "client-classes": [ "ALL", "phone" ] } }';
  const common = { clttSec: NOW_SEC, validLifetimeSec: 3600, subnetId: 1, userContext };
  const address = recordOfLease6(lease6({ ...common, address: ip6('2001:db8:1::1:5') }));
  const prefix = recordOfLease6(prefix6({ ...common, address: ip6('2001:db8:8000::') }));
  table.put(address, 'peer', NOW_SEC);
  table.put(prefix, 'synchronization', NOW_SEC);
  t.same(counted(), [1, 1, 1, 1]);
  const other = lease6({ ...common, address: ip6('2001:db8:1::1:5'), userContext: '' });
  table.put(recordOfLease6(other), 'peer', NOW_SEC);
  t.same(counted(), [1, 0, 1, 1]);
  table.remove(address, 'peer', NOW_SEC);
  table.remove(prefix, 'synchronization', NOW_SEC);
  t.same(counted(), [0, 0, 0, 0]);
});
