/** The Dhcp4 map: its table of keys, and how its parts come together. */
import { DHCP4_OPTIONS } from '../../../dhcp4/option-standard.ts';
import { CONFIGURED_BYTES_MAX, encodedLength } from '../../../dhcp4/reply-size.ts';
import type { OptionSpaces } from '../../../options/spaces.ts';
import { limitedClasses, limitedSubnet, readLimits } from '../../hooks/limits.ts';
import { warnOfSubnets } from '../../hooks/perfmon.ts';
import { readPingSubnets } from '../../hooks/ping-check.ts';
import { HOST_IDENTIFIERS, type HostConfig, type HostIdentifier } from '../../host-model.ts';
import type { ServerConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list } from '../../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../../schema/map.ts';
import { withDefault } from '../../schema/rule.ts';
import { flag } from '../../schema/scalars.ts';
import { IPV4 } from '../addresses.ts';
import { classNamesOf } from '../client-classes.ts';
import { withFormerPlaces } from '../ddns.ts';
import { type Choices, globalRules, peerClasses, readGlobal, readGround } from '../global.ts';
import { hostIdentifiersRule } from '../host-identifiers.ts';
import { checkRelationships } from '../relationships.ts';
import { checkReplySizes, type ReplySize } from '../reply-size.ts';
import { checkSubnets } from '../subnet-checks.ts';
import { SubnetNumbers } from '../subnet-ids.ts';
import type { Surroundings } from '../surroundings.ts';
import { readClientClasses } from './client-classes.ts';
import { compatibilitySchema, readCompatibility } from './compatibility.ts';
import { readInterfaces } from './interfaces.ts';
import { networkDefaults, networkRules, resolveNetwork } from './network.ts';
import { checkPoolTotal } from './pool-total.ts';
import { readReservations } from './reservations.ts';
import { readSharedNetworks } from './shared-networks.ts';
import { type PlacedSubnet, readSubnets, type Scope } from './subnets.ts';

export const dhcp4Schema = defineMap('Dhcp4', {
  ...networkRules,
  ...globalRules,
  'echo-client-id': withDefault(flag(), true),
  subnet4: withDefault(list(), []),
  'host-reservation-identifiers': hostIdentifiersRule(HOST_IDENTIFIERS),
  'stash-agent-options': withDefault(flag(), false),
  compatibility: mapOf(compatibilitySchema),
});

const REPLY_SIZE: ReplySize = {
  bytesMax: CONFIGURED_BYTES_MAX,
  bytesOf: ({ data, parts }) => encodedLength(data.length, parts),
};

/** Without an identifier of one's own making, which only a hook can compute. */
const DEFAULT_HOST_IDENTIFIERS: readonly HostIdentifier[] = ['hw-address', 'duid', 'circuit-id', 'client-id'];

/** @returns what could be read; a configuration only when `report` holds no error */
export function readDhcp4(value: unknown, choices: Choices, at: Path, report: Report): ServerConfig | null {
  const values = readMap(dhcp4Schema, value, at, report);
  if (values === undefined) return null;
  const ground = readGround(values, DHCP4_OPTIONS, choices, at, report);
  const { hooks, spaces } = ground;
  const addressing = readAddressing(values, spaces, peerClasses(hooks.relationships), at, report);
  const config: ServerConfig = {
    ...readInterfaces(values['interfaces-config'], child(at, 'interfaces-config'), report),
    ...readGlobal(values, ground, at, report),
    echoClientId: values['echo-client-id'],
    ...addressing.config,
    hostIdentifiers: values['host-reservation-identifiers'] ?? DEFAULT_HOST_IDENTIFIERS,
    compatibility: readCompatibility(values.compatibility),
    stashAgentOptions: values['stash-agent-options'],
    hooks: {
      ...hooks.config,
      limits: hooks.hasLimits
        ? readLimits(
            {
              ...limitedClasses(values['client-classes'], child(at, 'client-classes')),
              subnets: addressing.placed.map(limitedSubnet),
            },
            4,
            report,
          )
        : null,
      pingCheck: readPingSubnets(hooks.pingCheck, addressing.placed, report),
    },
  };
  warnOfSubnets(config, hooks.perfmonAt, report);
  if (hooks.haAt !== null) checkRelationships(config, hooks.haAt, report);
  return config;
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
  const sized = subnets.map(({ config, at: place }) => ({
    config,
    pools: [['pools', config.pools] as const],
    at: place,
  }));
  checkReplySizes(REPLY_SIZE, sized, inNetworks.networks, settings.options, report);
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
