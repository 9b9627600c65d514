/** The addresses of all pools against what the tables of pools hold. */
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import type { PlacedSubnet } from './subnets.ts';

/** Addresses of all pools together: sixteen times a /8. The pools keep a bit for each address. */
const POOL_ADDRESSES_MAX = 2 ** 28;

/** @param at the list of subnets */
export function checkPoolTotal(subnets: readonly PlacedSubnet[], at: Path, report: Report): void {
  let total = 0;
  for (const { config } of subnets) for (const pool of config.pools) total += pool.last - pool.first + 1;
  if (total > POOL_ADDRESSES_MAX)
    report.error(at, `pools of ${total} addresses`, `at most ${POOL_ADDRESSES_MAX} addresses in all pools`);
}
