/** `tandem bench`: hands over to the benchmark, which lives with the source and not in the installed package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ExitCode } from './exit-codes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm run bench` with the given arguments. @returns its exit code */
export function bench(args: readonly string[], print: (line: string) => void): number {
  if (!existsSync(`${ROOT}/bench`)) {
    print(
      'the benchmark is part of the source, not of the installed package: clone the repository and run "npm run bench"',
    );
    return ExitCode.failed;
  }
  const run = spawnSync('npm', ['run', 'bench', '--', ...args], { cwd: ROOT, stdio: 'inherit' });
  return run.status ?? ExitCode.failed;
}
