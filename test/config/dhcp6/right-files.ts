/** Reads files of DHCPv6 that are right. */
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { type AnyLoadResult, parseAnyConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';

function read(text: string): AnyLoadResult & { readonly ok: true; readonly family: 6 } {
  const result = parseAnyConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  if (result.family !== 6) throw new Error('a file of DHCPv4');
  return result;
}

/** @throws an Error with the problems of the file */
export function good6(text: string): ServerConfig6 {
  return read(text).config;
}

/** The warnings of a file, a line each. */
export function warnings6(text: string): string[] {
  return read(text).warnings.map(formatProblem);
}
