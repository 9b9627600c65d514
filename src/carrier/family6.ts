/** The thread of the lease streams of a DHCPv6 server, and the shard that it may carry. */
import type { LeaseRecord6 } from '../lease/dhcp6/record.ts';
import { linkFamily6 } from '../link/dhcp6/family.ts';
import type { ShardTask6 } from '../shard/dhcp6/desk.ts';
import { openShard6 } from '../shard/dhcp6/shard.ts';
import type { CarrierFamily } from './loop.ts';

export const carrierFamily6: CarrierFamily<LeaseRecord6> = {
  link: linkFamily6,
  openShard: (task, clock) => openShard6(task as ShardTask6, clock),
};
