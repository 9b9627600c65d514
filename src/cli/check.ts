/** `tandem check FILE`: says everything that is wrong with a configuration. */
import { foreignPeerPorts } from '../app/ha/peer-port.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { ExitCode } from './exit-codes.ts';

/** @returns the exit code; each problem and warning is one line on `print` */
export function check(path: string, ignoreUnsupported: boolean, print: (line: string) => void): number {
  const result = loadConfig(path, { ignoreUnsupported });
  for (const warning of result.warnings) print(`warning: ${formatProblem(warning)}`);
  if (!result.ok) {
    for (const problem of result.problems) print(`error: ${formatProblem(problem)}`);
    print(`${path}: ${result.problems.length} error(s)`);
    return ExitCode.failed;
  }
  // No faults of the file: it may be checked on any host.
  for (const warning of foreignPeerPorts(result.config)) print(`warning: ${path}: ${warning}`);
  const pools = result.config.subnets.reduce((sum, subnet) => sum + subnet.pools.length, 0);
  print(`${path}: ok, ${result.config.subnets.length} subnet(s), ${pools} pool(s)`);
  return ExitCode.ok;
}
