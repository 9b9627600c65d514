/** The thread of the lease streams of a DHCPv4 server, and the shard that it may carry. */
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import { linkFamily4 } from '../link/dhcp4/family.ts';
import type { ShardTask } from '../shard/dhcp4/context.ts';
import { openShard4 } from '../shard/dhcp4/shard.ts';
import type { CarrierFamily } from './loop.ts';

export const carrierFamily4: CarrierFamily<LeaseRecord> = {
  link: linkFamily4,
  openShard: (task, clock) => openShard4(task as ShardTask, clock),
};
