/** The subnets against each other, wherever they stand. */
import type { SharedNetworkConfig, SubnetConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { formatPrefix, lastOf } from './addresses.ts';
import type { PlacedSubnet } from './subnets.ts';

/** Addresses of all pools together: sixteen times a /8. The pools keep a bit for each address. */
const POOL_ADDRESSES_MAX = 2 ** 28;

/** @param at the list of subnets, for what concerns all of them */
export function checkSubnets(
  subnets: readonly PlacedSubnet[],
  networks: readonly SharedNetworkConfig[],
  at: Path,
  report: Report,
): void {
  checkIds(subnets, report);
  checkPrefixes(subnets, report);
  warnOfOverlaps(subnets, networks, report);
  checkPoolTotal(subnets, at, report);
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

/** As they are written: Kea tells 192.0.2.1/24 and 192.0.2.2/24 apart. */
function checkPrefixes(subnets: readonly PlacedSubnet[], report: Report): void {
  const seen = new Map<string, SubnetConfig>();
  for (const { config, written, at } of subnets) {
    const key = `${written}/${config.prefixLength}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, config);
    else
      report.error(
        child(at, 'subnet'),
        formatPrefix(config),
        `a prefix that no other subnet has; that of id ${other.id} has it`,
      );
  }
}

/** Subnets that classes keep apart may have common addresses; where both are open it is probably a slip of the pen. */
function warnOfOverlaps(
  subnets: readonly PlacedSubnet[],
  networks: readonly SharedNetworkConfig[],
  report: Report,
): void {
  const guarded = new Set(networks.filter((each) => each.clientClasses.length > 0).map(({ name }) => name));
  const open = subnets.filter(
    ({ config }) => config.clientClasses.length === 0 && !guarded.has(config.networkName ?? ''),
  );
  const ascending = open.sort(
    (a, b) => a.config.prefix - b.config.prefix || a.config.prefixLength - b.config.prefixLength,
  );
  let highest: SubnetConfig | null = null;
  for (const { config, at } of ascending) {
    if (highest !== null && config.prefix <= lastOf(highest))
      report.warn(
        child(at, 'subnet'),
        `${formatPrefix(config)}, which has addresses in common with ${formatPrefix(highest)}`,
        'subnets without common addresses, or a "client-class" that keeps them apart',
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
