/** The Dhcp4 map: its table of keys, and how its parts come together. */
import { DHCP4_OPTIONS } from '../../../dhcp4/option-standard.ts';
import { OptionSpaces } from '../../../options/spaces.ts';
import { type LimitedScope, type LimitedScopes, readLimits } from '../../hooks/limits.ts';
import { warnOfSubnets } from '../../hooks/perfmon.ts';
import { readPingSubnets } from '../../hooks/ping-check.ts';
import type { HostConfig, HostIdentifier } from '../../host-model.ts';
import type { ServerConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { freeMap, isMap, list } from '../../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../../schema/map.ts';
import { accepted, type Rule, withDefault } from '../../schema/rule.ts';
import { flag, integer, text, UINT32_MAX } from '../../schema/scalars.ts';
import { IPV4 } from '../addresses.ts';
import { classNamesOf, readClientClasses } from '../client-classes.ts';
import { readControlSockets } from '../control-sockets.ts';
import { ddnsSchema, readDdnsServer, withFormerPlaces } from '../ddns.ts';
import { readHooks } from '../hooks.ts';
import { hostIdentifiersRule } from '../host-identifiers.ts';
import { checkLogFiles, readLoggers } from '../loggers.ts';
import { readDefinitions } from '../option-def.ts';
import { queueSchema } from '../queue-control.ts';
import { checkRelationships } from '../relationships.ts';
import { expiredLeasesSchema, readExpiredLeases, readLeaseDatabase, sanityChecksSchema } from '../storage.ts';
import { checkSubnets } from '../subnet-checks.ts';
import { SubnetNumbers } from '../subnet-ids.ts';
import type { Surroundings } from '../surroundings.ts';
import { readTandemSettings } from '../tandem-settings.ts';
import { globalUnimplemented } from '../unimplemented.ts';
import { compatibilitySchema, readCompatibility } from './compatibility.ts';
import { readInterfaces } from './interfaces.ts';
import { networkDefaults, networkRules, resolveNetwork } from './network.ts';
import { checkPoolTotal } from './pool-total.ts';
import { checkReplySizes } from './reply-size.ts';
import { readReservations } from './reservations.ts';
import { readSharedNetworks } from './shared-networks.ts';
import { type PlacedSubnet, readSubnets, type Scope } from './subnets.ts';

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
  'statistic-default-sample-count': withDefault(integer(0, UINT32_MAX), 20),
  'statistic-default-sample-age': withDefault(integer(0, UINT32_MAX), 0),
  'parked-packet-limit': integer(0, UINT32_MAX),
  'decline-probation-period': withDefault(integer(0, UINT32_MAX), 86_400),
  'echo-client-id': withDefault(flag(), true),
  'dhcp-ddns': mapOf(ddnsSchema),
  'expired-leases-processing': mapOf(expiredLeasesSchema),
  'sanity-checks': mapOf(sanityChecksSchema),
  'option-def': list(),
  'client-classes': withDefault(list(), []),
  'shared-networks': withDefault(list(), []),
  subnet4: withDefault(list(), []),
  reservations: list(),
  'host-reservation-identifiers': hostIdentifiersRule(),
  'early-global-reservations-lookup': withDefault(flag(), false),
  'ip-reservations-unique': withDefault(flag(), true),
  // Reserved addresses are marked in the pools: nobody has to be looked up before or after.
  'reservations-lookup-first': accepted(flag()),
  'stash-agent-options': withDefault(flag(), false),
  compatibility: mapOf(compatibilitySchema),
  'dhcp-queue-control': mapOf(queueSchema),
  'server-tag': accepted(text()),
  'control-socket': checkedByItsPart,
  'control-sockets': list(),
  loggers: withDefault(list(), []),
  'hooks-libraries': withDefault(list(), []),
});

/** Without an identifier of one's own making, which only a hook can compute. */
const DEFAULT_HOST_IDENTIFIERS: readonly HostIdentifier[] = ['hw-address', 'duid', 'circuit-id', 'client-id'];

/** What nobody has to define. */
const STANDARD = new OptionSpaces(DHCP4_OPTIONS);

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
  const values = readMap(dhcp4Schema, value, at, report);
  if (values === undefined) return null;
  const multiThreading = readMultiThreading(values['multi-threading']);
  const surroundings = {
    thisServerName: choices.thisServerName,
    isMultiThreaded: multiThreading.enabled,
  };
  const spaces = readDefinitions(values['option-def'], STANDARD, child(at, 'option-def'), report);
  const hooks = readHooks(values, surroundings, spaces, at, report);
  const addressing = readAddressing(values, spaces, peerClasses(hooks.relationships), at, report);
  const config: ServerConfig = {
    ...readInterfaces(values['interfaces-config'], child(at, 'interfaces-config'), report),
    leaseDatabase: readLeaseDatabase(
      values['lease-database'],
      values['sanity-checks']?.['lease-checks'] ?? 'warn',
      values['sanity-checks']?.['extended-info-checks'] ?? 'fix',
      child(at, 'lease-database'),
      report,
    ),
    multiThreading,
    parkedPacketLimit: values['parked-packet-limit'] ?? null,
    declineProbationPeriodSec: values['decline-probation-period'],
    echoClientId: values['echo-client-id'],
    expiredLeases: readExpiredLeases(values['expired-leases-processing'], at, report),
    ...addressing.config,
    hostIdentifiers: values['host-reservation-identifiers'] ?? DEFAULT_HOST_IDENTIFIERS,
    earlyGlobalHosts: values['early-global-reservations-lookup'],
    uniqueHostAddresses: values['ip-reservations-unique'],
    compatibility: readCompatibility(values.compatibility),
    stashAgentOptions: values['stash-agent-options'],
    ddns: readDdnsServer(values['dhcp-ddns'], child(at, 'dhcp-ddns'), report),
    controlSockets: readControlSockets(values['control-socket'], values['control-sockets'], at, report),
    loggers: readLoggers(values.loggers, child(at, 'loggers'), report),
    leaseCommands: hooks.leaseCommands,
    hooks: {
      ...hooks.config,
      limits: hooks.hasLimits
        ? readLimits({ ...limitedClasses(values, at), subnets: addressing.placed.map(limitedSubnet) }, report)
        : null,
      pingCheck: readPingSubnets(hooks.pingCheck, addressing.placed, report),
    },
    commandLibraries: hooks.commandLibraries,
    statisticSamples: {
      count: values['statistic-default-sample-count'],
      ageSec: values['statistic-default-sample-age'],
    },
    relationships: hooks.relationships,
    tandem: readTandemSettings(values['user-context'], child(at, 'user-context'), report),
  };
  checkLogFiles(config.loggers, config.leaseDatabase.path, child(at, 'loggers'), report);
  warnOfSubnets(config, hooks.perfmonAt, report);
  if (hooks.haAt !== null) checkRelationships(config, hooks.haAt, report);
  return config;
}

/** A class for each server of a relationship: a query is in that of the server whose business it is. */
function peerClasses(relationships: ServerConfig['relationships']): string[] {
  return relationships.flatMap(({ peers }) => peers.map(({ name }) => `HA_${name}`));
}

/** What the limits library looks at; a class without a name is an error elsewhere. */
function limitedClasses(
  values: Values<typeof dhcp4Schema.rules>,
  at: Path,
): Pick<LimitedScopes, 'classes' | 'templates'> {
  const listAt = child(at, 'client-classes');
  const scopesOf = (areTemplates: boolean): LimitedScope<string>[] =>
    values['client-classes'].flatMap((entry, index) => {
      if (!isMap(entry) || typeof entry['name'] !== 'string') return [];
      if (Object.hasOwn(entry, 'template-test') !== areTemplates) return [];
      return [{ key: entry['name'], userContext: entry['user-context'], at: child(listAt, index) }];
    });
  return { classes: scopesOf(false), templates: scopesOf(true) };
}

function limitedSubnet({ config: { id, userContext }, at }: PlacedSubnet): LimitedScope<number> {
  return { key: id, userContext, at };
}

interface Addressing {
  readonly config: Pick<
    ServerConfig,
    'authoritative' | 'options' | 'vendorOptions' | 'clientClasses' | 'sharedNetworks' | 'subnets' | 'hosts'
  >;
  readonly placed: readonly PlacedSubnet[];
}

/** Who gets what: options and classes, and with them networks, subnets and reservations. */
function readAddressing(
  values: Values<typeof dhcp4Schema.rules>,
  spaces: OptionSpaces,
  builtInClasses: readonly string[],
  at: Path,
  report: Report,
): Addressing {
  const classes = new Set([...builtInClasses, ...classNamesOf(values['client-classes'])]);
  const surroundings: Surroundings = { classes, spaces };
  const clientClasses = readClientClasses(
    values['client-classes'],
    spaces,
    child(at, 'client-classes'),
    report,
  );
  const names = withFormerPlaces(values, values['dhcp-ddns']);
  const settings = resolveNetwork(names, networkDefaults, spaces, at, report);
  const scope: Scope = {
    settings,
    networkName: null,
    relayAddresses: [],
    interfaceName: null,
    numbers: new SubnetNumbers(),
    areAddressesUnique: values['ip-reservations-unique'],
  };
  const networksAt = child(at, 'shared-networks');
  const inNetworks = readSharedNetworks(values['shared-networks'], scope, surroundings, networksAt, report);
  const subnetsAt = child(at, 'subnet4');
  const alone = readSubnets(values.subnet4, scope, surroundings, subnetsAt, report);
  const subnets = [...inNetworks.subnets, ...alone];
  checkSubnets(IPV4, subnets, inNetworks.networks, report);
  checkPoolTotal(subnets, subnetsAt, report);
  checkReplySizes(subnets, inNetworks.networks, settings.options, report);
  const config = {
    authoritative: settings.authoritative,
    options: settings.options,
    vendorOptions: settings.vendorOptions,
    clientClasses,
    sharedNetworks: inNetworks.networks,
    subnets: subnets.map((subnet) => subnet.config).sort((a, b) => a.id - b.id),
    hosts: [...readGlobalHosts(values, spaces, at, report), ...subnets.flatMap(({ hosts }) => hosts)],
  };
  return { config, placed: subnets };
}

function readGlobalHosts(
  values: Values<typeof dhcp4Schema.rules>,
  spaces: Surroundings['spaces'],
  at: Path,
  report: Report,
): readonly HostConfig[] {
  const scope = { subnetId: 0, prefix: null, areAddressesUnique: values['ip-reservations-unique'] };
  return readReservations(values.reservations, scope, spaces, child(at, 'reservations'), report);
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
