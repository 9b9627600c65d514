/** Reads files of DHCPv6 that are right. */
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { type LoadResult6, parseConfig6 } from '../../../src/config/load6.ts';
import { formatProblem } from '../../../src/config/problem.ts';

function read(text: string): LoadResult6 & { readonly ok: true } {
  const result = parseConfig6(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
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
