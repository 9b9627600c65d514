/** The Dhcp6 map: its table of keys, and how its parts come together. */
import { DHCP6_OPTIONS } from '../../../dhcp6/option-standard.ts';
import { CONFIGURED_BYTES_MAX, encodedLength } from '../../../dhcp6/reply-size.ts';
import type { OptionSpaces } from '../../../options/spaces.ts';
import {
  HOST_IDENTIFIERS_6,
  type HostIdentifier6,
  type MacSource,
  type ServerConfig6,
} from '../../dhcp6/model.ts';
import { limitedClasses, limitedSubnet, readLimits } from '../../hooks/limits.ts';
import { warnOfSubnets } from '../../hooks/perfmon.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list, listOf } from '../../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values, withoutContext } from '../../schema/map.ts';
import { accepted, withDefault } from '../../schema/rule.ts';
import { flag, text } from '../../schema/scalars.ts';
import { IPV6 } from '../addresses.ts';
import { classNamesOf } from '../client-classes.ts';
import { withFormerPlaces } from '../ddns.ts';
import { type Choices, globalRules, peerClasses, readGlobal, readGround } from '../global.ts';
import { hostIdentifiersRule } from '../host-identifiers.ts';
import { checkRelationships } from '../relationships.ts';
import { checkReplySizes, type ReplySize, type SizedSubnet } from '../reply-size.ts';
import { checkSubnets } from '../subnet-checks.ts';
import { SubnetNumbers } from '../subnet-ids.ts';
import { readClientClasses6 } from './client-classes.ts';
import { readInterfaces6 } from './interfaces.ts';
import { macSourcesRule } from './mac-sources.ts';
import { networkDefaults6, networkRules6, resolveNetwork6 } from './network.ts';
import { checkPoolTotal6 } from './pool-total.ts';
import { readReservations6 } from './reservations.ts';
import { readServerId, serverIdSchema } from './server-id.ts';
import { readSharedNetworks6 } from './shared-networks.ts';
import { NO_PLACE, type PlacedSubnet6, readSubnets6, type Scope6 } from './subnets.ts';
import { readSuppliedOptions } from './supplied-options.ts';

export const compatibilitySchema6 = withoutContext(
  defineMap('compatibility', { 'lenient-option-parsing': withDefault(flag(), false) }),
);

export const dhcp6Schema = defineMap('Dhcp6', {
  ...networkRules6,
  ...globalRules,
  subnet6: withDefault(list(), []),
  'host-reservation-identifiers': hostIdentifiersRule(HOST_IDENTIFIERS_6),
  'server-id': mapOf(serverIdSchema),
  'relay-supplied-options': withDefault(listOf(text(), 'a list of names or codes of options'), []),
  'mac-sources': macSourcesRule(),
  'allow-address-registration': withDefault(flag(), true),
  // Files are named by their paths, and bare names lie in one directory.
  'data-directory': accepted(text()),
  compatibility: mapOf(compatibilitySchema6),
});

const REPLY_SIZE: ReplySize = {
  bytesMax: CONFIGURED_BYTES_MAX,
  bytesOf: ({ data }) => encodedLength(data.length),
};

/** Without an identifier of one's own making, which only a hook can compute. */
const DEFAULT_HOST_IDENTIFIERS: readonly HostIdentifier6[] = ['hw-address', 'duid'];
const DEFAULT_MAC_SOURCES: readonly MacSource[] = ['any'];

/** @returns what could be read; a configuration only when `report` holds no error */
export function readDhcp6(value: unknown, choices: Choices, at: Path, report: Report): ServerConfig6 | null {
  const values = readMap(dhcp6Schema, value, at, report);
  if (values === undefined) return null;
  const ground = readGround(values, DHCP6_OPTIONS, choices, at, report);
  const { hooks, spaces } = ground;
  const addressing = readAddressing(values, spaces, peerClasses(hooks.relationships), at, report);
  const limited = {
    ...limitedClasses(values['client-classes'], child(at, 'client-classes')),
    subnets: addressing.placed.map(limitedSubnet),
  };
  const config: ServerConfig6 = {
    ...readInterfaces6(values['interfaces-config'], child(at, 'interfaces-config'), report),
    ...readGlobal(values, ground, at, report),
    ...addressing.config,
    hostIdentifiers: values['host-reservation-identifiers'] ?? DEFAULT_HOST_IDENTIFIERS,
    serverId: readServerId(values['server-id']),
    relaySuppliedOptions: readSuppliedOptions(
      values['relay-supplied-options'],
      spaces,
      child(at, 'relay-supplied-options'),
      report,
    ),
    macSources: values['mac-sources'] ?? DEFAULT_MAC_SOURCES,
    allowAddressRegistration: values['allow-address-registration'],
    lenientOptionParsing: values.compatibility?.['lenient-option-parsing'] ?? false,
    hooks: {
      ...hooks.config,
      limits: hooks.hasLimits ? readLimits(limited, 6, report) : null,
      pingCheck: null,
    },
  };
  warnOfSubnets(config, hooks.perfmonAt, report);
  if (hooks.haAt !== null) checkRelationships(config, hooks.haAt, report);
  return config;
}

function sizedSubnet({ config, at }: PlacedSubnet6): SizedSubnet {
  const { pools, pdPools } = config;
  return {
    config,
    pools: [
      ['pools', pools],
      ['pd-pools', pdPools],
    ],
    at,
  };
}

interface Addressing6 {
  readonly config: Pick<
    ServerConfig6,
    'options' | 'vendorOptions' | 'clientClasses' | 'sharedNetworks' | 'subnets' | 'hosts'
  >;
  readonly placed: readonly PlacedSubnet6[];
}

/** Who gets what: options and classes, and with them networks, subnets and reservations. */
function readAddressing(
  values: Values<typeof dhcp6Schema.rules>,
  spaces: OptionSpaces,
  builtInClasses: readonly string[],
  at: Path,
  report: Report,
): Addressing6 {
  const classEntries = values['client-classes'];
  const classes = new Set([...builtInClasses, ...classNamesOf(classEntries)]);
  const surroundings = { classes, spaces };
  const clientClasses = readClientClasses6(classEntries, spaces, child(at, 'client-classes'), report);
  const names = withFormerPlaces(values, values['dhcp-ddns']);
  const settings = resolveNetwork6(names, networkDefaults6, spaces, at, report);
  const areAddressesUnique = values['ip-reservations-unique'];
  const numbers = new SubnetNumbers();
  const scope: Scope6 = { settings, networkName: null, place: NO_PLACE, numbers, areAddressesUnique };
  const networksAt = child(at, 'shared-networks');
  const inNetworks = readSharedNetworks6(values['shared-networks'], scope, surroundings, networksAt, report);
  const alone = readSubnets6(values.subnet6, scope, surroundings, child(at, 'subnet6'), report);
  const subnets = [...inNetworks.subnets, ...alone];
  checkSubnets(IPV6, subnets, inNetworks.networks, report);
  checkPoolTotal6(subnets, child(at, 'subnet6'), report);
  checkReplySizes(REPLY_SIZE, subnets.map(sizedSubnet), inNetworks.networks, settings.options, report);
  const everywhere = { subnetId: 0, prefix: null, areAddressesUnique };
  const globalHosts = readReservations6(
    values.reservations,
    everywhere,
    spaces,
    child(at, 'reservations'),
    report,
  );
  return {
    config: {
      options: settings.options,
      vendorOptions: settings.vendorOptions,
      clientClasses,
      sharedNetworks: inNetworks.networks,
      subnets: subnets.map(({ config }) => config).sort((a, b) => a.id - b.id),
      hosts: [...globalHosts, ...subnets.flatMap(({ hosts }) => hosts)],
    },
    placed: subnets,
  };
}
