/** The Dhcp4 map: its table of keys, and how its parts come together. */
import { DDNS_SERVER_DEFAULTS } from '../ddns-model.ts';
import { HOST_IDENTIFIERS } from '../host-model.ts';
import type { ServerConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, isMap, list } from '../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../schema/map.ts';
import { accepted, type Rule, withDefault } from '../schema/rule.ts';
import { flag, integer, UINT32_MAX } from '../schema/scalars.ts';
import { readControlSockets } from './control-sockets.ts';
import { readHooks } from './hooks.ts';
import { readInterfaces } from './interfaces.ts';
import { noteDefinitions } from './left-out.ts';
import { checkLogFiles, readLoggers } from './loggers.ts';
import { networkDefaults, networkRules, resolveNetwork } from './network.ts';
import { checkRelationships } from './relationships.ts';
import { expiredLeasesSchema, readExpiredLeases, readLeaseDatabase, sanityChecksSchema } from './storage.ts';
import { readSubnets } from './subnets.ts';
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

export const dhcp4Schema = defineMap('Dhcp4', {
  ...networkRules,
  ...globalUnimplemented,
  'user-context': freeMap(),
  'interfaces-config': checkedByItsPart,
  'lease-database': checkedByItsPart,
  'multi-threading': mapOf(multiThreadingSchema),
  'parked-packet-limit': integer(0, UINT32_MAX),
  'decline-probation-period': withDefault(integer(0, UINT32_MAX), 86_400),
  'echo-client-id': withDefault(flag(), true),
  'expired-leases-processing': mapOf(expiredLeasesSchema),
  'sanity-checks': mapOf(sanityChecksSchema),
  subnet4: withDefault(list(), []),
  'control-socket': checkedByItsPart,
  'control-sockets': list(),
  loggers: withDefault(list(), []),
  'hooks-libraries': withDefault(list(), []),
});

/** Without an identifier of one's own making, which only a hook can compute. */
const DEFAULT_HOST_IDENTIFIERS = HOST_IDENTIFIERS.filter((each) => each !== 'flex-id');

const STRICT: ServerConfig['compatibility'] = {
  lenientOptionParsing: false,
  ignoreServerIdentifier: false,
  ignoreLinkSelection: false,
  excludeFirstLast24: false,
};

/** Choices of the command line that take part in the configuration. */
export interface Dhcp4Choices {
  /** Replaces `this-server-name` of the relationship; null = as in the file. */
  readonly thisServerName: string | null;
}

/** @returns what could be read; a configuration only when `report` holds no error */
export function readDhcp4(
  value: unknown,
  choices: Dhcp4Choices,
  at: Path,
  report: Report,
): ServerConfig | null {
  noteDefinitions(value, at, report);
  const values = readMap(dhcp4Schema, value, at, report);
  if (values === undefined) return null;
  const multiThreading = readMultiThreading(values['multi-threading']);
  const surroundings = {
    thisServerName: choices.thisServerName,
    isMultiThreaded: multiThreading.enabled,
  };
  const hooks = readHooks(values['hooks-libraries'], surroundings, child(at, 'hooks-libraries'), report);
  const peers = hooks.relationships.flatMap((relationship) => relationship.peers);
  const classes = new Set(peers.map((peer) => `HA_${peer.name}`));
  const global = resolveNetwork(values, networkDefaults, at, report);
  const sharedNetworks = isMap(value) ? value['shared-networks'] : undefined;
  const config: ServerConfig = {
    ...readInterfaces(values['interfaces-config'], child(at, 'interfaces-config'), report),
    leaseDatabase: readLeaseDatabase(
      values['lease-database'],
      values['sanity-checks']?.['lease-checks'] ?? 'warn',
      child(at, 'lease-database'),
      report,
    ),
    multiThreading,
    parkedPacketLimit: values['parked-packet-limit'] ?? null,
    declineProbationPeriodSec: values['decline-probation-period'],
    echoClientId: values['echo-client-id'],
    expiredLeases: readExpiredLeases(values['expired-leases-processing'], at, report),
    authoritative: global.authoritative,
    options: global.options,
    vendorOptions: global.vendorOptions,
    clientClasses: [],
    sharedNetworks: [],
    hosts: [],
    hostIdentifiers: DEFAULT_HOST_IDENTIFIERS,
    earlyGlobalHosts: false,
    uniqueHostAddresses: true,
    compatibility: STRICT,
    stashAgentOptions: false,
    ddns: DDNS_SERVER_DEFAULTS,
    subnets: readSubnets(values.subnet4, sharedNetworks, global, classes, child(at, 'subnet4'), report),
    controlSockets: readControlSockets(values['control-socket'], values['control-sockets'], at, report),
    loggers: readLoggers(values.loggers, child(at, 'loggers'), report),
    leaseCommands: hooks.leaseCommands,
    hooks: hooks.config,
    relationships: hooks.relationships,
    tandem: readTandemSettings(values['user-context'], child(at, 'user-context'), report),
  };
  checkLogFiles(config.loggers, config.leaseDatabase.path, child(at, 'loggers'), report);
  if (hooks.haAt !== null) checkRelationships(config, hooks.haAt, report);
  return config;
}

function readMultiThreading(
  values: Values<typeof multiThreadingSchema.rules> | undefined,
): ServerConfig['multiThreading'] {
  return {
    enabled: values?.['enable-multi-threading'] ?? true,
    threadPoolSize: values?.['thread-pool-size'] ?? 0,
    packetQueueSize: values?.['packet-queue-size'] ?? 64,
  };
}
