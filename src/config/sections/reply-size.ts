/** Whether a reply can hold the options of a subnet: one that is longer than a UDP datagram is never sent. */
import { CONFIGURED_BYTES_MAX, encodedLength } from '../../dhcp4/reply-size.ts';
import type { OptionConfig, SubnetConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

/**
 * Warns of a subnet whose options, or those of one of its pools over them, are too long together.
 * @param global the options of the global scope
 */
export function checkReplySize(
  subnet: SubnetConfig,
  global: readonly OptionConfig[],
  at: Path,
  report: Report,
): void {
  if (!check([global, subnet.options], at, report)) return;
  for (const [index, pool] of subnet.pools.entries()) {
    if (pool.options.length > 0)
      check([global, subnet.options, pool.options], child(child(at, 'pools'), index), report);
  }
}

/** @param scopes from the outermost to the innermost */
function check(scopes: readonly (readonly OptionConfig[])[], at: Path, report: Report): boolean {
  const merged = new Map<number, OptionConfig>();
  for (const scope of scopes) for (const option of scope) merged.set(option.code, option);
  let bytes = 0;
  for (const option of merged.values()) if (!option.neverSend) bytes += encodedLength(option.data.length);
  if (bytes <= CONFIGURED_BYTES_MAX) return true;
  report.warn(
    at,
    `options of ${bytes} octets`,
    `at most ${CONFIGURED_BYTES_MAX} octets together: a reply with more may be longer than a UDP datagram, and is then not sent`,
  );
  return false;
}
