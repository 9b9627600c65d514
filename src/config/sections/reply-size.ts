/** Whether a reply can hold the options of a subnet: one that is longer than a UDP datagram is never sent. */
import type { OptionConfig, SharedNetworkConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

/** What a family has to say of the octets of options. */
export interface ReplySize {
  /** Octets of configured options that fit into a reply. */
  readonly bytesMax: number;
  /** Octets that an option takes. */
  readonly bytesOf: (option: OptionConfig) => number;
}

interface Scope {
  readonly options: readonly OptionConfig[];
}

export interface SizedSubnet {
  readonly config: Scope & { readonly networkName: string | null };
  /** Lists of pools by their keys. */
  readonly pools: readonly (readonly [key: string, pools: readonly Scope[]])[];
  readonly at: Path;
}

/**
 * Warns of subnets whose options, or those of one of their pools over them, are too long together.
 * @param global the options of the global scope
 */
export function checkReplySizes(
  size: ReplySize,
  subnets: readonly SizedSubnet[],
  networks: readonly SharedNetworkConfig[],
  global: readonly OptionConfig[],
  report: Report,
): void {
  const byName = new Map(networks.map(({ name, options }) => [name, options]));
  for (const { config, pools, at } of subnets) {
    const ofNetwork = byName.get(config.networkName ?? '') ?? [];
    const scopes = [global, ofNetwork, config.options];
    if (!check(size, scopes, at, report)) continue;
    for (const [key, list] of pools)
      for (const [index, { options }] of list.entries())
        if (options.length > 0) check(size, [...scopes, options], child(child(at, key), index), report);
  }
}

/** @param scopes from the outermost to the innermost */
function check(
  { bytesMax, bytesOf }: ReplySize,
  scopes: readonly (readonly OptionConfig[])[],
  at: Path,
  report: Report,
): boolean {
  const merged = new Map<number, OptionConfig>();
  for (const scope of scopes) for (const option of scope) merged.set(option.code, option);
  let bytes = 0;
  for (const option of merged.values()) if (!option.neverSend) bytes += bytesOf(option);
  if (bytes <= bytesMax) return true;
  report.warn(
    at,
    `options of ${bytes} octets`,
    `at most ${bytesMax} octets together: a reply with more may be longer than a UDP datagram, and is then not sent`,
  );
  return false;
}
