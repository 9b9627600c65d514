/** Builds what a shard serves DHCPv6 queries with. */
import type { ByteRingMemory } from '../../base/byte-ring.ts';
import type { Clock } from '../../base/clock.ts';
import { ClassProgram } from '../../classes/class-program.ts';
import { QUERY_ACCESS_6 } from '../../classes/dhcp6/query-access.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { ReplyWriter } from '../../dhcp6/reply-writer.ts';
import { LeaseBook6, type LeaseBookMemory6 } from '../../lease/dhcp6/book.ts';
import { DUID_BYTES_MAX, emptyRecord6 } from '../../lease/dhcp6/record.ts';
import { encodeUpdateRecord6, UPDATE_RECORD_BYTES_MAX_6 } from '../../lease/dhcp6/update-record.ts';
import type { LeaseEventsMemory } from '../../lease/events.ts';
import type { LimitedMemory } from '../../lease/limited-counts.ts';
import { spawnedNamesOf } from '../classes/spawned-names-of.ts';
import { type RateLimitMemory, RateLimits } from '../figures/rate-limits.ts';
import { type StatisticsMemory, StatisticsWriter } from '../figures/statistics.ts';
import { flexIdOf } from '../hosts/flex-id.ts';
import { EventTexts } from '../leases/event-texts.ts';
import { LeaseChanges } from '../leases/lease-changes.ts';
import type { Listening } from '../leases/lease-events.ts';
import { DnsLog, type DnsLogMemory } from '../names/dns-log.ts';
import { PARKED_MS_MAX, Park, type ParkExit } from '../parked/park.ts';
import { PolicyView } from '../policy.ts';
import { ReplyPlans } from '../reply/reply-plans.ts';
import type { ReplySlots } from '../reply/reply-slots.ts';
import { VendorNames } from './classes/vendor-names.ts';
import type { CompiledConfiguration6 } from './compiled/compiled-configuration.ts';
import type { Context6, EngineSettings6 } from './context.ts';
import { ClientHardware } from './hosts/hardware.ts';
import { QueryHosts6 } from './hosts/query-hosts.ts';
import { leaseEvents6 } from './leases/event-query.ts';
import { ExtendedInfo6 } from './leases/extended-info.ts';
import { IaPlan } from './leases/ia-plan.ts';
import { LeaseLimits6 } from './leases/lease-limits.ts';
import { OverdueSearch6 } from './leases/overdue.ts';
import { OwnLeases } from './leases/own-leases.ts';
import { ClientNames6 } from './names/client-names.ts';
import { readNamedLease6 } from './names/named-lease.ts';
import { type Classified6, Query6 } from './query.ts';
import { FlexOptions6 } from './reply/flex-options.ts';
import { NO_SCOPES_6 } from './reply/reply-plan.ts';
import { seenMessages6 } from './reply/seen-messages.ts';
import { SuppliedOptions6 } from './reply/supplied-options.ts';
import { VendorOptions6 } from './reply/vendor-options.ts';
import { G6 } from './statistics.ts';
import { SubnetIndex6 } from './subnets/subnet-index.ts';

const UPDATE_CODEC = { bytesMax: UPDATE_RECORD_BYTES_MAX_6, encode: encodeUpdateRecord6 };
/** A DUID type in front of what an expression makes, which no client's DUID has (RFC 8415 section 11.1). */
const FLEX_ID_6 = { access: QUERY_ACCESS_6, headBytes: 2, bytesMin: 3, bytesMax: DUID_BYTES_MAX };

const FORGOTTEN_CELL = G6['tandem-rate-limit-forgotten'];

export interface Shard6 {
  readonly shard: number;
  readonly config: ServerConfig6;
  readonly compiled: CompiledConfiguration6;
  readonly book: LeaseBookMemory6;
  /** Where leases are counted whose number is limited, or null. */
  readonly limited: LimitedMemory | null;
  readonly policies: SharedArrayBuffer;
  /** The update log of each relationship, at least one. */
  readonly updates: readonly ByteRingMemory[];
  readonly events: LeaseEventsMemory;
  readonly listening: Listening;
  readonly dns: DnsLogMemory;
  /** Null = no rate is limited. */
  readonly rates: RateLimitMemory | null;
  readonly statistics: StatisticsMemory;
  /** The DUID of this server. */
  readonly serverId: Uint8Array;
  readonly parkedMax: number;
  /** Number of the first transaction: they go on over a restart. */
  readonly firstTransaction: number;
  readonly classified: Classified6;
  readonly slots: ReplySlots;
  readonly exit: ParkExit;
  readonly clock: Clock;
}

export function makeContext6(shard: Shard6): Context6 {
  const { config, compiled, slots, clock } = shard;
  const book = new LeaseBook6(shard.book, shard.limited);
  const statistics = new StatisticsWriter(shard.statistics, shard.shard + 1);
  const { flexId: flexIdConfig, limits } = config.hooks;
  const ignoresIaids = flexIdConfig?.ignoresIaids ?? false;
  const { eventTexts, flexId, flexOptions } = compileExpressions(shard, book, statistics, ignoresIaids);
  // All that refers to a class has its number by now.
  const classes = new ClassProgram(config.clientClasses, compiled.classes, QUERY_ACCESS_6);
  const spawned = spawnedNamesOf(config, compiled.classes);
  const query = new Query6(shard.classified, compiled.classes.count, spawned, ignoresIaids);
  return {
    book,
    overdue: new OverdueSearch6(book, shard.book.pools.plan.pools.length),
    changes: new LeaseChanges(book, UPDATE_CODEC, shard.updates, shard.shard),
    events: leaseEvents6(book, shard.events, shard.listening, eventTexts),
    dns: config.ddns.enableUpdates ? new DnsLog(shard.dns, readNamedLease6) : null,
    subnets: new SubnetIndex6(compiled.subnets),
    settings: settingsOf(config),
    statistics,
    policy: new PolicyView(shard.policies),
    query,
    classes,
    classErrorsCell: G6['tandem-class-errors'],
    vendorNames: new VendorNames(),
    hosts: new QueryHosts6(compiled.hosts),
    flexId,
    leaseLimits: limits && new LeaseLimits6(limits, compiled.subnets, compiled.classes, spawned),
    rateLimits: rateLimitsOf(shard, statistics),
    hardware: new ClientHardware(config.macSources),
    plan: new IaPlan(),
    own: new OwnLeases(),
    names: new ClientNames6(query),
    extendedInfo: config.subnets.some(({ storeExtendedInfo }) => storeExtendedInfo)
      ? new ExtendedInfo6()
      : null,
    record: emptyRecord6(),
    reply: new ReplyWriter(slots.bytes),
    vendors: new VendorOptions6(query),
    supplied: new SuppliedOptions6(query, config.relaySuppliedOptions),
    flexOptions,
    slots,
    park: new Park(shard.parkedMax, PARKED_MS_MAX, shard.exit, shard.firstTransaction),
    haClasses: compiled.haClasses,
    classLifetimes: compiled.lifetimes,
    plans: new ReplyPlans(compiled.planMaker, NO_SCOPES_6),
    serverId: shard.serverId,
    nowSec: clock.wallSec(),
    nowMs: clock.monotonicMs(),
    wallMs: clock.wallMs(),
    relationship: 0,
    subnet: null,
    slot: 0,
  };
}

function rateLimitsOf(
  { config, compiled: { classes, subnets }, rates }: Shard6,
  statistics: StatisticsWriter,
): RateLimits | null {
  const { limits } = config.hooks;
  return limits && rates && new RateLimits(rates, limits, subnets, classes, statistics, FORGOTTEN_CELL);
}

/** The expressions of the hooks, null where there are none: behind them all that refers to a class has its number. */
function compileExpressions(
  { config, compiled: { classes }, slots }: Shard6,
  book: LeaseBook6,
  statistics: StatisticsWriter,
  ignoresIaids: boolean,
) {
  const { flexOption, legalLog } = config.hooks;
  const formats = legalLog?.formats;
  return {
    flexId: flexIdOf(config, classes, FLEX_ID_6),
    flexOptions:
      flexOption && new FlexOptions6(flexOption, classes, statistics, slots.bytes, slots.slotBytes),
    eventTexts: formats
      ? new EventTexts(formats, classes, statistics, seenMessages6(book, slots, ignoresIaids))
      : null,
  };
}

function settingsOf({
  allowAddressRegistration,
  declineProbationPeriodSec,
  earlyGlobalHosts,
  expiredLeases,
  relationships,
  tandem,
}: ServerConfig6): EngineSettings6 {
  const { flushReclaimedTimerWaitSec, holdReclaimedSec } = expiredLeases;
  return {
    allowRegistration: allowAddressRegistration,
    earlyGlobalHosts,
    declineProbationSec: declineProbationPeriodSec,
    offerHoldSec: tandem.offerHoldSec,
    isHub: relationships.length > 1,
    keepReleased: flushReclaimedTimerWaitSec > 0 && holdReclaimedSec > 0,
  };
}
