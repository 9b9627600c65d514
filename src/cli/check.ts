/** `tandem check FILE`: says everything that is wrong with a configuration. */
import { foreignPeerPorts } from '../app/ha/peer-port.ts';
import { type AnyLoadResult, loadAnyConfig } from '../config/load-any.ts';
import { formatProblem } from '../config/problem.ts';
import { ExitCode } from './exit-codes.ts';

/** @returns the exit code; each problem and warning is one line on `print` */
export async function check(
  path: string,
  ignoreUnsupported: boolean,
  print: (line: string) => void,
): Promise<number> {
  const result = await loadAnyConfig(path, { ignoreUnsupported });
  for (const warning of result.warnings) print(`warning: ${formatProblem(warning)}`);
  if (!result.ok) {
    for (const problem of result.problems) print(`error: ${formatProblem(problem)}`);
    print(`${path}: ${result.problems.length} error(s)`);
    return ExitCode.failed;
  }
  // No faults of the file: it may be checked on any host.
  for (const warning of foreignPeerPorts(result.config)) print(`warning: ${path}: ${warning}`);
  print(`${path}: ok, ${contentsOf(result)}, DHCPv${result.family}`);
  return ExitCode.ok;
}

function contentsOf(result: AnyLoadResult & { readonly ok: true }): string {
  const { subnets } = result.config;
  const pools = subnets.reduce((sum, subnet) => sum + subnet.pools.length, 0);
  const counts = `${subnets.length} subnet(s), ${pools} pool(s)`;
  if (result.family === 4) return counts;
  const prefixes = result.config.subnets.reduce((sum, subnet) => sum + subnet.pdPools.length, 0);
  return `${counts}, ${prefixes} pool(s) of prefixes`;
}
