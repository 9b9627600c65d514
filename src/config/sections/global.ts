/** The keys of the map of a server that both families have beside what is inherited, and what becomes of them. */
import { OptionSpaces } from '../../options/spaces.ts';
import type { OptionStandard } from '../../options/standard.ts';
import type { CommonConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, list } from '../schema/collections.ts';
import { defineMap, mapOf, type Rules, type Values } from '../schema/map.ts';
import { accepted, type Rule, withDefault } from '../schema/rule.ts';
import { flag, integer, text, UINT32_MAX } from '../schema/scalars.ts';
import { readControlSockets } from './control-sockets.ts';
import { ddnsSchema, readDdnsServer } from './ddns.ts';
import { type Hooks, readHooks } from './hooks.ts';
import { checkLogFiles, readLoggers } from './loggers.ts';
import { readDefinitions } from './option-def.ts';
import { queueSchema } from './queue-control.ts';
import { expiredLeasesSchema, readExpiredLeases, readLeaseDatabase, sanityChecksSchema } from './storage.ts';
import { readTandemSettings } from './tandem-settings.ts';
import { globalUnimplemented } from './unimplemented.ts';

export const multiThreadingSchema = defineMap('multi-threading', {
  'enable-multi-threading': withDefault(flag(), true),
  'thread-pool-size': withDefault(integer(0, 65535), 0),
  // Queries wait in the sockets' own buffers.
  'packet-queue-size': withDefault(accepted(integer(0, 65535)), 64),
});

/** Handed on unchecked to the part that knows the map; an absent map matters there too. */
const checkedByItsPart: Rule<unknown, undefined> = {
  expected: 'a map',
  effect: 'used',
  isRequired: false,
  fallback: undefined,
  read: (value) => value,
};

export const globalRules = {
  ...globalUnimplemented,
  'user-context': freeMap(),
  'interfaces-config': checkedByItsPart,
  'lease-database': checkedByItsPart,
  'multi-threading': mapOf(multiThreadingSchema),
  'statistic-default-sample-count': withDefault(integer(0, UINT32_MAX), 20),
  'statistic-default-sample-age': withDefault(integer(0, UINT32_MAX), 0),
  'parked-packet-limit': integer(0, UINT32_MAX),
  'decline-probation-period': withDefault(integer(0, UINT32_MAX), 86_400),
  'dhcp-ddns': mapOf(ddnsSchema),
  'expired-leases-processing': mapOf(expiredLeasesSchema),
  'sanity-checks': mapOf(sanityChecksSchema),
  'option-def': list(),
  'client-classes': withDefault(list(), []),
  'shared-networks': withDefault(list(), []),
  reservations: list(),
  'early-global-reservations-lookup': withDefault(flag(), false),
  'ip-reservations-unique': withDefault(flag(), true),
  // Reserved addresses are marked in the pools: nobody has to be looked up before or after.
  'reservations-lookup-first': accepted(flag()),
  'dhcp-queue-control': mapOf(queueSchema),
  'server-tag': accepted(text()),
  'control-socket': checkedByItsPart,
  'control-sockets': list(),
  loggers: withDefault(list(), []),
  'hooks-libraries': withDefault(list(), []),
} as const satisfies Rules;

export type GlobalValues = Values<typeof globalRules>;

/** Choices of the command line that take part in the configuration. */
export interface Choices {
  /** Replaces `this-server-name` of the relationship; null = as in the file. */
  readonly thisServerName: string | null;
}

/** What the rest of a file refers to: read first. */
export interface Ground {
  readonly multiThreading: CommonConfig['multiThreading'];
  readonly spaces: OptionSpaces;
  readonly hooks: Hooks;
}

/** @param at the map of the server, here as below */
export function readGround(
  values: GlobalValues,
  standard: OptionStandard,
  { thisServerName }: Choices,
  at: Path,
  report: Report,
): Ground {
  const multiThreading = readMultiThreading(values['multi-threading']);
  const outer = new OptionSpaces(standard);
  const spaces = readDefinitions(values['option-def'], outer, child(at, 'option-def'), report);
  const surroundings = { thisServerName, isMultiThreaded: multiThreading.enabled };
  return { multiThreading, spaces, hooks: readHooks(values, surroundings, spaces, at, report) };
}

/** What both families have, apart from what depends on subnets. */
export function readGlobal(
  values: GlobalValues,
  { multiThreading, hooks, spaces }: Ground,
  at: Path,
  report: Report,
): Omit<CommonConfig, 'serviceSockets' | 'options' | 'vendorOptions' | 'hooks'> {
  const { family } = spaces.standard;
  const leaseDatabase = readLeaseDatabase(
    family,
    values['lease-database'],
    values['sanity-checks'],
    child(at, 'lease-database'),
    report,
  );
  const loggers = readLoggers(family, values.loggers, child(at, 'loggers'), report);
  checkLogFiles(loggers, leaseDatabase.path, child(at, 'loggers'), report);
  return {
    leaseDatabase,
    multiThreading,
    parkedPacketLimit: values['parked-packet-limit'] ?? null,
    declineProbationPeriodSec: values['decline-probation-period'],
    expiredLeases: readExpiredLeases(values['expired-leases-processing'], at, report),
    earlyGlobalHosts: values['early-global-reservations-lookup'],
    uniqueHostAddresses: values['ip-reservations-unique'],
    ddns: readDdnsServer(values['dhcp-ddns'], child(at, 'dhcp-ddns'), report),
    controlSockets: readControlSockets(values['control-socket'], values['control-sockets'], at, report),
    loggers,
    leaseCommands: hooks.leaseCommands,
    commandLibraries: hooks.commandLibraries,
    statisticSamples: {
      count: values['statistic-default-sample-count'],
      ageSec: values['statistic-default-sample-age'],
    },
    relationships: hooks.relationships,
    tandem: readTandemSettings(values['user-context'], child(at, 'user-context'), report),
  };
}

/** A class for each server of a relationship: a query is in that of the server whose business it is. */
export function peerClasses(relationships: CommonConfig['relationships']): string[] {
  return relationships.flatMap(({ peers }) => peers.map(({ name }) => `HA_${name}`));
}

function readMultiThreading(
  values: Values<typeof multiThreadingSchema.rules> | undefined,
): CommonConfig['multiThreading'] {
  return {
    enabled: values?.['enable-multi-threading'] ?? true,
    threadPoolSize: values?.['thread-pool-size'] ?? 0,
    packetQueueSize: values?.['packet-queue-size'] ?? 64,
  };
}
