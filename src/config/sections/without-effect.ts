/**
 * Keys that are read and have no effect yet: the file is taken as it is, so that a site can go on with it, and whoever reads
 * the warnings knows what clients or administrators will miss.
 */
import type { ServerConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

export function warnOfMissingEffects({ compatibility }: ServerConfig, at: Path, report: Report): void {
  const missing = 'nothing of it: it has no effect yet';
  if (compatibility.lenientOptionParsing)
    report.warn(child(child(at, 'compatibility'), 'lenient-option-parsing'), 'true', missing);
}
