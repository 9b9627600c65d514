/** Everything that serving one DHCPv6 query needs, made once a shard. Handlers take it and return an outcome number. */
import type { ClassProgram } from '../../classes/class-program.ts';
import type { Packet6 } from '../../classes/dhcp6/packet.ts';
import type { HostConfig6 } from '../../config/dhcp6/model.ts';
import type { LifetimeConfig } from '../../config/model.ts';
import type { ReplyWriter } from '../../dhcp6/reply-writer.ts';
import type { LeaseBook6 } from '../../lease/dhcp6/book.ts';
import type { LeaseRecord6 } from '../../lease/dhcp6/record.ts';
import type { RateLimits } from '../figures/rate-limits.ts';
import type { StatisticsWriter } from '../figures/statistics.ts';
import type { FlexId } from '../hosts/flex-id.ts';
import type { LeaseChanges } from '../leases/lease-changes.ts';
import type { DnsLog } from '../names/dns-log.ts';
import type { Park } from '../parked/park.ts';
import type { PolicyView } from '../policy.ts';
import type { ReplyPlans } from '../reply/reply-plans.ts';
import type { ReplySlots } from '../reply/reply-slots.ts';
import type { VendorNames } from './classes/vendor-names.ts';
import type { CompiledSubnet6 } from './compiled/compiled.ts';
import type { ClientHardware } from './hosts/hardware.ts';
import type { QueryHosts6 } from './hosts/query-hosts.ts';
import type { LeaseEventWriter6 } from './leases/event-query.ts';
import type { ExtendedInfo6 } from './leases/extended-info.ts';
import type { IaPlan } from './leases/ia-plan.ts';
import type { LeaseLimits6 } from './leases/lease-limits.ts';
import type { OverdueSearch6 } from './leases/overdue.ts';
import type { OwnLeases } from './leases/own-leases.ts';
import type { ClientNames6 } from './names/client-names.ts';
import type { Query6 } from './query.ts';
import type { FlexOptions6 } from './reply/flex-options.ts';
import type { ReplyPlan6, SubnetScopes6 } from './reply/reply-plan.ts';
import type { SuppliedOptions6 } from './reply/supplied-options.ts';
import type { VendorOptions6 } from './reply/vendor-options.ts';
import type { SubnetIndex6 } from './subnets/subnet-index.ts';

/** What a class says of lifetimes; null = nothing. */
export interface ClassLifetime6 {
  readonly preferred: LifetimeConfig | null;
  readonly valid: LifetimeConfig | null;
}

export interface EngineSettings6 {
  /** ADDR-REG-INFORM is answered. */
  readonly allowRegistration: boolean;
  /** Global reservations are looked up before the subnet is selected. */
  readonly earlyGlobalHosts: boolean;
  readonly declineProbationSec: number;
  /** Seconds that what is advertised is kept for its client. */
  readonly offerHoldSec: number;
  /** Several relationships: the subnet of a query says whose it is. */
  readonly isHub: boolean;
  /** Released leases are kept for their client (Kea: both affinity timers above 0). */
  readonly keepReleased: boolean;
}

export interface Context6 {
  readonly book: LeaseBook6;
  readonly overdue: OverdueSearch6;
  readonly changes: LeaseChanges<LeaseRecord6>;
  readonly events: LeaseEventWriter6;
  /** Null = there are no DNS updates. */
  readonly dns: DnsLog<LeaseBook6> | null;
  readonly subnets: SubnetIndex6;
  readonly settings: EngineSettings6;
  readonly statistics: StatisticsWriter;
  readonly policy: PolicyView;
  readonly query: Query6;
  readonly hosts: QueryHosts6;
  /** Null when nothing is found by what an expression makes. */
  readonly flexId: FlexId<Packet6> | null;
  /** Null where no query is one too many. */
  readonly rateLimits: RateLimits | null;
  /** Null where no number of leases is limited. */
  readonly leaseLimits: LeaseLimits6 | null;
  /** The classes of the configuration. */
  readonly classes: ClassProgram<Packet6>;
  /** Cell of the expressions of classes that could not be evaluated. */
  readonly classErrorsCell: number;
  readonly vendorNames: VendorNames;
  readonly hardware: ClientHardware;
  /** What the query in work comes to. */
  readonly plan: IaPlan;
  /** The leases that the client has in the identity association in work. */
  readonly own: OwnLeases;
  /** The name of the client. */
  readonly names: ClientNames6;
  /** Null = no subnet has `store-extended-info`. */
  readonly extendedInfo: ExtendedInfo6 | null;
  /** The lease that is written next. */
  readonly record: LeaseRecord6;
  readonly reply: ReplyWriter;
  readonly vendors: VendorOptions6;
  readonly supplied: SuppliedOptions6;
  /** Null when no expression changes replies. */
  readonly flexOptions: FlexOptions6 | null;
  readonly slots: ReplySlots;
  readonly park: Park;
  /** The class of a query of each active server, by relationship and server. */
  readonly haClasses: readonly (readonly number[])[];
  /** By class number. */
  readonly classLifetimes: readonly (ClassLifetime6 | undefined)[];
  readonly plans: ReplyPlans<SubnetScopes6, HostConfig6, ReplyPlan6>;
  /** The DUID of this server. */
  readonly serverId: Uint8Array;
  /** Wall clock of this batch, Unix seconds. */
  nowSec: number;
  /** Monotonic milliseconds of this batch. */
  nowMs: number;
  /** Wall clock of this batch, milliseconds; kept where rates are limited. */
  wallMs: number;
  /** Index of the relationship of the query in work. */
  relationship: number;
  /** The subnet of the query in work: the selected one, then that of the lease that it got last. */
  subnet: CompiledSubnet6 | null;
  /** The slot that the reply to the query in work is written to. */
  slot: number;
}
