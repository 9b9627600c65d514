/** Whether a reply can hold the options of a subnet: one that is longer than a UDP datagram is never sent. */
import { CONFIGURED_BYTES_MAX, encodedLength } from '../../../dhcp4/reply-size.ts';
import type { OptionConfig, SharedNetworkConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import type { PlacedSubnet } from './subnets.ts';

/**
 * Warns of subnets whose options, or those of one of their pools over them, are too long together.
 * @param global the options of the global scope
 */
export function checkReplySizes(
  subnets: readonly PlacedSubnet[],
  networks: readonly SharedNetworkConfig[],
  global: readonly OptionConfig[],
  report: Report,
): void {
  const byName = new Map(networks.map(({ name, options }) => [name, options]));
  for (const { config, at } of subnets) {
    const ofNetwork = byName.get(config.networkName ?? '') ?? [];
    const scopes = [global, ofNetwork, config.options];
    if (!check(scopes, at, report)) continue;
    for (const [index, pool] of config.pools.entries()) {
      if (pool.options.length > 0) check([...scopes, pool.options], child(child(at, 'pools'), index), report);
    }
  }
}

/** @param scopes from the outermost to the innermost */
function check(scopes: readonly (readonly OptionConfig[])[], at: Path, report: Report): boolean {
  const merged = new Map<number, OptionConfig>();
  for (const scope of scopes) for (const option of scope) merged.set(option.code, option);
  let bytes = 0;
  for (const option of merged.values())
    if (!option.neverSend) bytes += encodedLength(option.data.length, option.parts);
  if (bytes <= CONFIGURED_BYTES_MAX) return true;
  report.warn(
    at,
    `options of ${bytes} octets`,
    `at most ${CONFIGURED_BYTES_MAX} octets together: a reply with more may be longer than a UDP datagram, and is then not sent`,
  );
  return false;
}
