/** Everything that serving one query needs, made once a shard. Handlers take it and return an outcome number. */
import type { ClassProgram } from '../classes/class-program.ts';
import type { Packet4 } from '../classes/dhcp4/packet.ts';
import type { HostConfig } from '../config/host-model.ts';
import type { LeaseBook } from '../lease/dhcp4/book.ts';
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import type { ClassLifetimes } from './classes/class-terms.ts';
import type { CompiledSubnet } from './compiled/compiled.ts';
import type { RateLimits } from './figures/rate-limits.ts';
import type { StatisticsWriter } from './figures/statistics.ts';
import type { CompiledHost } from './hosts/compiled-host.ts';
import type { FlexId } from './hosts/flex-id.ts';
import type { QueryHosts } from './hosts/query-hosts.ts';
import type { ExtendedInfo } from './leases/extended-info.ts';
import type { LeaseChanges } from './leases/lease-changes.ts';
import type { LeaseEventWriter } from './leases/lease-events.ts';
import type { LeaseLimits } from './leases/lease-limits.ts';
import type { OverdueSearch } from './leases/overdue.ts';
import type { PingRules } from './messages/ping-rules.ts';
import type { V6Only } from './messages/v6-only.ts';
import type { DnsLog } from './names/dns-log.ts';
import type { ClientNames } from './names/names.ts';
import type { Park } from './parked/park.ts';
import type { PolicyView } from './policy.ts';
import type { Query } from './query.ts';
import type { FlexOptions } from './reply/flex-options.ts';
import type { ReplyTimes, ReplyWriter } from './reply/reply.ts';
import type { ReplyPlan, SubnetScopes } from './reply/reply-plan.ts';
import type { ReplyPlans } from './reply/reply-plans.ts';
import type { ReplySlots } from './reply/reply-slots.ts';
import type { SubnetIndex } from './subnets/subnet-index.ts';

/**
 * What became of a query: one of these, or a number >= 0, which is the statistics cell (from `G`) that says why there is
 * no answer.
 */
export const Outcome = {
  /** The reply in the slot may leave now. */
  send: -1,
  /** The reply in the slot belongs to the transaction that was just recorded. */
  park: -2,
  /** The offer in the slot may leave when nobody answers at the address `pinged`. */
  check: -3,
} as const;

export interface EngineSettings {
  readonly authoritative: boolean;
  readonly echoClientId: boolean;
  /** [Kea] `ignore-dhcp-server-identifier`: a query that names another server is served all the same. */
  readonly ignoreServerIdentifier: boolean;
  /** Global reservations are looked up before the subnet is selected. */
  readonly earlyGlobalHosts: boolean;
  readonly declineProbationSec: number;
  /** Several relationships: which one a query belongs to, its subnet says. */
  readonly isHub: boolean;
  /** [Kea] `stash-agent-options`. */
  readonly stashAgentOptions: boolean;
  readonly offerHoldSec: number;
  /** Released leases are kept for their client (Kea: both affinity timers above 0). */
  readonly keepReleased: boolean;
}

export interface Context {
  readonly book: LeaseBook;
  readonly overdue: OverdueSearch;
  readonly changes: LeaseChanges<LeaseRecord>;
  readonly events: LeaseEventWriter;
  /** Null = there are no DNS updates. */
  readonly dns: DnsLog<LeaseBook> | null;
  /** Null = the limits library is not loaded. */
  readonly leaseLimits: LeaseLimits | null;
  /** Null = no queries are limited. */
  readonly rateLimits: RateLimits | null;
  /** Null = offers leave at once. */
  readonly pingRules: PingRules | null;
  readonly subnets: SubnetIndex;
  readonly settings: EngineSettings;
  readonly statistics: StatisticsWriter;
  readonly policy: PolicyView;
  readonly query: Query;
  readonly hosts: QueryHosts;
  /** Null when no reservation is found by what an expression makes. */
  readonly flexId: FlexId<Packet4> | null;
  /** Null where no subnet keeps what a relay says of its clients. */
  readonly extendedInfo: ExtendedInfo | null;
  /** Null where no subnet is to be one of IPv6 alone. */
  readonly v6Only: V6Only | null;
  /** Null = nothing is done to a reply when it is complete. */
  readonly flexOptions: FlexOptions | null;
  /** The classes of the configuration. */
  readonly classes: ClassProgram<Packet4>;
  /** Cell of the expressions of classes that could not be evaluated. */
  readonly classErrorsCell: number;
  readonly names: ClientNames;
  readonly reply: ReplyWriter;
  readonly slots: ReplySlots;
  readonly park: Park;
  readonly times: ReplyTimes;
  readonly classLifetimes: ClassLifetimes;
  readonly plans: ReplyPlans<SubnetScopes, HostConfig, ReplyPlan>;
  /** By class number: option 54 that the class has, 0 = none. Clients may name the server by it. */
  readonly classServerIdentifiers: Uint32Array;
  /** The class of the queries of each active server, by relationship and server, or NO_CLASS. */
  readonly haClasses: readonly (readonly number[])[];
  /**
   * Every value of option 54 that means this server, but for the overrides of relays and what classes have configured;
   * another set with other sockets.
   */
  serverIdentifiers: ReadonlySet<number>;
  /** Wall clock of this batch, Unix seconds. */
  nowSec: number;
  /** Wall clock of this batch, milliseconds; only where queries are limited. */
  wallMs: number;
  /** Monotonic milliseconds of this batch. */
  nowMs: number;
  /** Index of the relationship of the query in work. */
  relationship: number;
  /** The subnet of the query in work: the selected one, then that of the lease; set by `enterSubnet`. */
  subnet: CompiledSubnet | null;
  /** What is reserved for the client in this subnet, or null. */
  host: CompiledHost | null;
  /** The address of the offer in work that has to be checked first, 0 = none. */
  pinged: number;
  /** The slot that the reply to the query in work is written to. */
  slot: number;
}
