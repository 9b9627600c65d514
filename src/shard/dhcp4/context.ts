/** What main hands to a shard of DHCPv4, and the parts that it builds from it once. */

import type { Clock } from '../../base/clock.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import { ClassProgram } from '../../classes/class-program.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import type { SpawnedNames } from '../../classes/spawned-names.ts';
import type { ServerConfig } from '../../config/model.ts';
import { haClasses } from '../../engine/classes/ha-classes.ts';
import { spawnedNamesOf } from '../../engine/classes/spawned-names-of.ts';
import type { CompiledSubnet } from '../../engine/compiled/compiled.ts';
import type { CompiledConfiguration } from '../../engine/compiled/compiled-configuration.ts';
import type { Context, EngineSettings } from '../../engine/context.ts';
import type { DurationMemory } from '../../engine/figures/durations.ts';
import { type RateLimitMemory, RateLimits } from '../../engine/figures/rate-limits.ts';
import { G, StatisticsWriter } from '../../engine/figures/statistics.ts';
import { compileHosts } from '../../engine/hosts/compiled-host.ts';
import { flexIdOf } from '../../engine/hosts/flex-id.ts';
import { QueryHosts } from '../../engine/hosts/query-hosts.ts';
import { leaseEvents4 } from '../../engine/leases/event-query.ts';
import { EventTexts } from '../../engine/leases/event-texts.ts';
import { ExtendedInfo } from '../../engine/leases/extended-info.ts';
import { LeaseChanges } from '../../engine/leases/lease-changes.ts';
import type { Listening } from '../../engine/leases/lease-events.ts';
import { LeaseLimits } from '../../engine/leases/lease-limits.ts';
import { OverdueSearch } from '../../engine/leases/overdue.ts';
import { PingRules } from '../../engine/messages/ping-rules.ts';
import { V6Only } from '../../engine/messages/v6-only.ts';
import { DnsLog, type DnsLogMemory } from '../../engine/names/dns-log.ts';
import { readNamedLease } from '../../engine/names/named-lease.ts';
import { ClientNames } from '../../engine/names/names.ts';
import { PARKED_MS_MAX, Park, type ParkExit } from '../../engine/parked/park.ts';
import { PolicyView } from '../../engine/policy.ts';
import { Query, type ServerSocket } from '../../engine/query.ts';
import { FlexOptions } from '../../engine/reply/flex-options.ts';
import { NO_SCOPES } from '../../engine/reply/option-scopes.ts';
import { ReplyWriter } from '../../engine/reply/reply.ts';
import { serverIdentifiersOf } from '../../engine/reply/reply-plan.ts';
import { ReplyPlans } from '../../engine/reply/reply-plans.ts';
import type { ReplySlots } from '../../engine/reply/reply-slots.ts';
import { seenMessages4 } from '../../engine/reply/seen-messages.ts';
import { SubnetIndex } from '../../engine/subnets/subnet-index.ts';
import { LeaseBook, type LeaseBookMemory } from '../../lease/dhcp4/book.ts';
import { CLIENT_ID_BYTES_MAX, type LeaseRecord } from '../../lease/dhcp4/record.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../../lease/dhcp4/update-record.ts';
import type { LeaseEventsMemory } from '../../lease/events.ts';
import type { LimitedMemory } from '../../lease/limited-counts.ts';
import { STASH_OFFSET } from '../../wasm/layout.ts';
import type { Classifier } from '../../wasm/module.ts';
import { type CommonTask, firstTransaction } from '../task.ts';
import type { HandedQuery } from './handed-query.ts';
import type { PingTask } from './ping-checks.ts';

export interface ShardTask extends CommonTask {
  /** Served first, and taken out. */
  readonly handed: HandedQuery[];
  readonly config: ServerConfig;
  readonly book: LeaseBookMemory;
  /** Where leases are counted whose number is limited, or null. */
  readonly limited: LimitedMemory | null;
  /** Where queries are counted whose number is limited, or null. */
  readonly rates: RateLimitMemory | null;
  /** By what addresses are checked before they are offered, or null. */
  readonly ping: PingTask | null;
  /** Where is measured how long answers take, or null. */
  readonly durations: DurationMemory | null;
  readonly events: LeaseEventsMemory;
  readonly listening: Listening;
  readonly dns: DnsLogMemory;
}

/** A type octet in front of what an expression makes. */
const FLEX_ID_4 = { access: QUERY_ACCESS_4, headBytes: 1, bytesMin: 1, bytesMax: CLIENT_ID_BYTES_MAX };

function extendedInfoOf({ subnets }: ServerConfig): ExtendedInfo | null {
  return subnets.some(({ storeExtendedInfo }) => storeExtendedInfo) ? new ExtendedInfo() : null;
}

function settingsOf(config: ServerConfig): EngineSettings {
  const { flushReclaimedTimerWaitSec, holdReclaimedSec } = config.expiredLeases;
  return {
    authoritative: config.authoritative,
    echoClientId: config.echoClientId,
    ignoreServerIdentifier: config.compatibility.ignoreServerIdentifier,
    earlyGlobalHosts: config.earlyGlobalHosts,
    declineProbationSec: config.declineProbationPeriodSec,
    isHub: config.relationships.length > 1,
    stashAgentOptions: config.stashAgentOptions,
    offerHoldSec: config.tandem.offerHoldSec,
    keepReleased: flushReclaimedTimerWaitSec > 0 && holdReclaimedSec > 0,
  };
}

type LibraryParts = Pick<Context, 'leaseLimits' | 'rateLimits' | 'pingRules'>;

/** What hook libraries take part in, null where one is not loaded. @param classes all that exist */
function libraryParts(
  { config, rates, ping }: ShardTask,
  subnets: readonly CompiledSubnet[],
  classes: ClassIds,
  spawned: SpawnedNames | null,
  statistics: StatisticsWriter,
): LibraryParts {
  const { limits, pingCheck } = config.hooks;
  return {
    leaseLimits: limits && new LeaseLimits(limits, subnets, classes, spawned),
    rateLimits:
      limits &&
      rates &&
      new RateLimits(rates, limits, subnets, classes, statistics, G['tandem-rate-limit-forgotten']),
    pingRules: pingCheck && ping && new PingRules(pingCheck, subnets),
  };
}

/** The expressions of the hooks, null where there are none: behind them all that refers to a class has its number. */
function compileExpressions(
  config: ServerConfig,
  classes: ClassIds,
  statistics: StatisticsWriter,
  slots: ReplySlots,
) {
  const { flexOption, legalLog } = config.hooks;
  const formats = legalLog?.formats ?? null;
  return {
    flexId: flexIdOf(config, classes, FLEX_ID_4),
    flexOptions: flexOption && new FlexOptions(flexOption, classes, statistics, slots.slotBytes),
    eventTexts: formats && new EventTexts(formats, classes, statistics, seenMessages4(slots)),
  };
}

function changesOf(book: LeaseBook, { updates, shard }: ShardTask): LeaseChanges<LeaseRecord> {
  const rings = updates.map(({ ring }) => ring);
  const codec = { bytesMax: UPDATE_RECORD_BYTES_MAX, encode: encodeUpdateRecord };
  return new LeaseChanges(book, codec, rings, shard);
}

/** Builds the serving context of a shard. */
export function buildContext(
  task: ShardTask,
  { subnets, classes, planMaker, lifetimes }: CompiledConfiguration,
  sockets: readonly ServerSocket[],
  classifier: Classifier,
  slots: ReplySlots,
  exit: ParkExit,
  clock: Clock,
): Context {
  const { config } = task;
  const book = new LeaseBook(task.book, task.limited);
  const hosts = compileHosts(config.hosts, config.subnets, config.hostIdentifiers, classes);
  const statistics = new StatisticsWriter(task.statistics, task.shard + 1);
  const { eventTexts, ...flex } = compileExpressions(config, classes, statistics, slots);
  const v6Only = V6Only.of(subnets, classes);
  // All that refers to a class has its number by now.
  const program = new ClassProgram(config.clientClasses, classes, QUERY_ACCESS_4);
  const spawned = spawnedNamesOf(config, classes);
  const query = new Query(classifier.bytes, classifier.words, classes.count, STASH_OFFSET, spawned);
  query.options.isLenient = config.compatibility.lenientOptionParsing;
  const names = new ClientNames(query);
  return {
    book,
    overdue: new OverdueSearch(book, task.book.pools.pools.length),
    classes: program,
    classErrorsCell: G['tandem-class-errors'],
    hosts: new QueryHosts(hosts),
    ...flex,
    extendedInfo: extendedInfoOf(config),
    v6Only,
    changes: changesOf(book, task),
    events: leaseEvents4(book, task.events, task.listening, eventTexts),
    dns: config.ddns.enableUpdates ? new DnsLog(task.dns, readNamedLease) : null,
    ...libraryParts(task, subnets, classes, spawned, statistics),
    subnets: new SubnetIndex(subnets, config.compatibility.ignoreLinkSelection),
    settings: settingsOf(config),
    statistics,
    policy: new PolicyView(task.policies),
    query,
    names,
    reply: new ReplyWriter(slots, query, names),
    slots,
    park: new Park(task.parkedMax, PARKED_MS_MAX, exit, firstTransaction(task.link)),
    times: { leaseSec: 0, t1Sec: 0, t2Sec: 0 },
    classLifetimes: lifetimes,
    plans: new ReplyPlans(planMaker, NO_SCOPES),
    classServerIdentifiers: planMaker.serverIdentifiers,
    haClasses: haClasses(config.relationships, classes),
    serverIdentifiers: serverIdentifiersOf(config, sockets),
    nowSec: clock.wallSec(),
    wallMs: clock.wallMs(),
    nowMs: clock.monotonicMs(),
    relationship: 0,
    subnet: null,
    host: null,
    pinged: 0,
    slot: 0,
  };
}
