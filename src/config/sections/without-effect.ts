/**
 * Keys that are read and have no effect yet: the file is taken as it is, so that a site can go on with it, and whoever reads
 * the warnings knows what clients or administrators will miss.
 */
import type { ServerConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

export function warnOfMissingEffects(config: ServerConfig, at: Path, report: Report): void {
  const { compatibility, subnets } = config;
  const missing = 'nothing of it: it has no effect yet';
  if (config.stashAgentOptions) report.warn(child(at, 'stash-agent-options'), 'true', missing);
  if (compatibility.lenientOptionParsing)
    report.warn(child(child(at, 'compatibility'), 'lenient-option-parsing'), 'true', missing);
  if (subnets.some(({ storeExtendedInfo }) => storeExtendedInfo))
    report.warn(child(at, 'store-extended-info'), 'true for a subnet', missing);
}
