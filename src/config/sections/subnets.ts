/** The subnets: each one resolved against the global scope, then all of them against each other. */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { SubnetConfig } from '../model.ts';
import { child, describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, list, listOf } from '../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values, withoutContext } from '../schema/map.ts';
import { notImplemented, ofKind, required, withDefault } from '../schema/rule.ts';
import { integer, ipv4, name, orEmpty, text } from '../schema/scalars.ts';
import { formatPrefix, lastOf, type Prefix, prefixRule } from './addresses.ts';
import { completeLifetime } from './lifetimes.ts';
import { effectiveCacheThreshold, type NetworkSettings, networkRules, resolveNetwork } from './network.ts';
import { readPools } from './pools.ts';
import { checkReplySize } from './reply-size.ts';
import { SubnetNumbers } from './subnet-ids.ts';
import { additionalClasses, noNames, only } from './unimplemented.ts';

export const relaySchema = withoutContext(
  defineMap('relay', {
    'ip-addresses': listOf(ipv4(), 'a list of IPv4 addresses'),
    'ip-address': ipv4(),
  }),
);

export const subnetSchema = defineMap('subnet4[]', {
  ...networkRules,
  ...additionalClasses,
  id: integer(0, 4294967294),
  subnet: required(prefixRule()),
  pools: withDefault(list(), []),
  relay: mapOf(relaySchema),
  interface: orEmpty(name()),
  'user-context': freeMap(),
  // Guards are never ignored: without its guard a subnet would serve clients that it was closed to.
  'client-class': ofKind(
    text(),
    notImplemented('""', (value) => value === '' || value === 'ALL', false),
  ),
  'client-classes': noNames(false),
  '4o6-interface': only(''),
  '4o6-interface-id': only(''),
  '4o6-subnet': only(''),
});

/** Addresses of all pools together: sixteen times a /8. The pools keep a bit for each address. */
const POOL_ADDRESSES_MAX = 2 ** 28;

/** Shared by the subnets without a relay list. */
const NO_RELAYS: SubnetConfig['relayAddresses'] = [];

interface PlacedSubnet {
  readonly config: SubnetConfig;
  readonly at: Path;
}

/**
 * Reads the list `subnet4`.
 * @param sharedNetworks the value of `shared-networks`, whose subnets are numbered first
 * @param classes the classes that guards may name
 * @returns the subnets that could be read, ascending by id
 */
export function readSubnets(
  entries: readonly unknown[],
  sharedNetworks: unknown,
  global: NetworkSettings,
  classes: ReadonlySet<string>,
  at: Path,
  report: Report,
): readonly SubnetConfig[] {
  const subnets: PlacedSubnet[] = [];
  const surroundings = { global, classes, numbers: new SubnetNumbers(sharedNetworks) };
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const config = readSubnet(entry, surroundings, place, report);
    if (config === null) continue;
    checkReplySize(config, global.options, place, report);
    subnets.push({ config, at: place });
  }
  checkIds(subnets, report);
  checkPrefixes(subnets, report);
  checkPoolTotal(subnets, at, report);
  return subnets.map(({ config }) => config).sort((a, b) => a.id - b.id);
}

/** What a subnet takes from outside of its map. */
interface Surroundings {
  readonly global: NetworkSettings;
  readonly classes: ReadonlySet<string>;
  readonly numbers: SubnetNumbers;
}

function readSubnet(
  entry: unknown,
  { global, classes, numbers }: Surroundings,
  at: Path,
  report: Report,
): SubnetConfig | null {
  const values = readMap(subnetSchema, entry, at, report);
  if (values === undefined) return null;
  const id = numbers.idOf(values.id, entry, at, report);
  const { lifetime, ...settings } = resolveNetwork(values, global, at, report);
  const pools = readPools(values.pools, values.subnet ?? null, classes, child(at, 'pools'), report);
  const relayAddresses = readRelay(values.relay, child(at, 'relay'), report);
  if (id === undefined || values.subnet === undefined) return null;
  return {
    id,
    ...values.subnet,
    networkName: null,
    clientClasses: [],
    additionalClasses: [],
    pools,
    relayAddresses,
    interfaceName: values.interface ?? null,
    userContext: values['user-context'] ?? null,
    haServerName: readHaServerName(values['user-context'], child(at, 'user-context'), report),
    ...settings,
    validLifetime: completeLifetime(lifetime),
    cacheThreshold: effectiveCacheThreshold(settings),
  };
}

/** Kea finds out with the first query that the name is no name, and drops the query. */
function readHaServerName(
  context: Readonly<Record<string, unknown>> | undefined,
  at: Path,
  report: Report,
): string | null {
  if (context === undefined || !Object.hasOwn(context, 'ha-server-name')) return null;
  const value = context['ha-server-name'];
  if (typeof value === 'string' && value !== '') return value;
  report.error(child(at, 'ha-server-name'), describe(value), 'the name of a server of a relationship');
  return null;
}

function readRelay(
  relay: Values<typeof relaySchema.rules> | undefined,
  at: Path,
  report: Report,
): SubnetConfig['relayAddresses'] {
  const single = relay?.['ip-address'];
  const several = relay?.['ip-addresses'];
  if (single !== undefined && several !== undefined)
    report.error(child(at, 'ip-address'), '"ip-address" beside "ip-addresses"', 'one of the two', 'key');
  const twice = several?.findIndex((each, index) => several.indexOf(each) < index) ?? -1;
  if (several !== undefined && twice >= 0)
    report.error(
      child(at, 'ip-addresses'),
      `${formatIpv4(several[twice]!)} a second time`,
      'each relay once',
    );
  return several ?? (single === undefined ? NO_RELAYS : [single]);
}

function checkIds(subnets: readonly PlacedSubnet[], report: Report): void {
  const seen = new Map<number, SubnetConfig>();
  for (const { config, at } of subnets) {
    const other = seen.get(config.id);
    if (other === undefined) seen.set(config.id, config);
    else
      report.error(
        child(at, 'id'),
        String(config.id),
        `an id that no other subnet has; ${formatPrefix(other)} has it`,
      );
  }
}

/** Two subnets with a common address would let one address be leased twice. */
function checkPrefixes(subnets: readonly PlacedSubnet[], report: Report): void {
  const ascending = [...subnets].sort(
    (a, b) => a.config.prefix - b.config.prefix || a.config.prefixLength - b.config.prefixLength,
  );
  let highest: Prefix | null = null;
  for (const { config, at } of ascending) {
    if (highest !== null && config.prefix <= lastOf(highest))
      report.error(
        child(at, 'subnet'),
        formatPrefix(config),
        `no common address with the subnet ${formatPrefix(highest)}`,
      );
    if (highest === null || lastOf(config) > lastOf(highest)) highest = config;
  }
}

function checkPoolTotal(subnets: readonly PlacedSubnet[], at: Path, report: Report): void {
  let total = 0;
  for (const { config } of subnets) for (const pool of config.pools) total += pool.last - pool.first + 1;
  if (total > POOL_ADDRESSES_MAX)
    report.error(at, `pools of ${total} addresses`, `at most ${POOL_ADDRESSES_MAX} addresses in all pools`);
}
