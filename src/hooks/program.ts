/** Programs of the administrator that a hook runs: nobody waits for them, and they outlive the server. */
import { type ChildProcess, spawn } from 'node:child_process';

/** Starts a program in a group of its own: what a terminal sends to the server is not meant for it. @param environment beside the server's own */
export function startProgram(
  path: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(path, args, { env: { ...process.env, ...environment }, stdio: 'ignore', detached: true });
}
