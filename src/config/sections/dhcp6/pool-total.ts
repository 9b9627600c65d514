/**
 * The pools of all subnets against what the pools keep in memory: a bit for each address and prefix of a small pool. Large ones keep
 * none, for they have more than twice as many as there can be leases.
 */
import type { SubnetConfig6 } from '../../dhcp6/model.ts';
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { IPV6 } from '../addresses.ts';

/** Addresses or prefixes of a small pool. */
const SMALL_MAX = 2n ** 25n;
/** Those of all small pools together, as of DHCPv4. */
const ALL_MAX = 2n ** 28n;

/** @param at the list of subnets */
export function checkPoolTotal6(
  subnets: readonly { readonly config: Pick<SubnetConfig6, 'pools' | 'pdPools'> }[],
  at: Path,
  report: Report,
): void {
  let total = 0n;
  const count = (units: bigint): void => {
    if (units <= SMALL_MAX) total += units;
  };
  for (const { config } of subnets) {
    for (const { first, last } of config.pools) count(numberOf(last) - numberOf(first) + 1n);
    for (const { prefixLength, delegatedLength } of config.pdPools)
      count(1n << BigInt(Math.max(0, Math.min(IPV6.bits, delegatedLength - prefixLength))));
  }
  if (total > ALL_MAX)
    report.error(
      at,
      `pools of ${total} addresses and prefixes, without those pools that have more than ${SMALL_MAX}`,
      `at most ${ALL_MAX} of them: give these subnets smaller pools, or one of more than ${SMALL_MAX}, such as a /64`,
    );
}

function numberOf(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}
