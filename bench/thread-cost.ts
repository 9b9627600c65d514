/**
 * What threads of other processes have cost, from /proc (proc(5)): time on a processor to the nanosecond (`schedstat`), its
 * division into user and kernel by ticks (`stat`), and switches of context (`status`).
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Of all threads of one name. */
export interface ThreadCost {
  /** `main` = the thread that the process began with; `others` = threads that gave themselves no name. */
  readonly name: string;
  readonly userUs: number;
  readonly kernelUs: number;
  readonly switches: number;
}

interface Reading {
  readonly name: string;
  readonly runNs: number;
  readonly userTicks: number;
  readonly kernelTicks: number;
  readonly switches: number;
}

/** Readings by process and thread, at one moment. */
export type CostSnapshot = ReadonlyMap<string, Reading>;

/** Fields of /proc/PID/task/TID/stat, counted behind the command name. */
const UTIME = 11;
const STIME = 12;

/** Reads every thread of the processes. A thread that ends meanwhile is left out. */
export function readCosts(pids: readonly number[]): CostSnapshot {
  const readings = new Map<string, Reading>();
  for (const pid of pids) {
    const own = commandName(`/proc/${pid}`);
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      try {
        readings.set(`${pid}/${tid}`, readThread(`/proc/${pid}/task/${tid}`, own, `${pid}` === tid));
      } catch {
        // It has ended between the list and the look.
      }
    }
  }
  return readings;
}

/** What was spent between two snapshots, by name of the thread, the dearest first. */
export function costsBetween(before: CostSnapshot, after: CostSnapshot): ThreadCost[] {
  const names = new Map<string, { runNs: number; user: number; kernel: number; switches: number }>();
  for (const [key, now] of after) {
    const then = before.get(key) ?? { runNs: 0, userTicks: 0, kernelTicks: 0, switches: 0 };
    const sum = names.get(now.name) ?? { runNs: 0, user: 0, kernel: 0, switches: 0 };
    names.set(now.name, {
      runNs: sum.runNs + now.runNs - then.runNs,
      user: sum.user + now.userTicks - then.userTicks,
      kernel: sum.kernel + now.kernelTicks - then.kernelTicks,
      switches: sum.switches + now.switches - then.switches,
    });
  }
  return [...names]
    .map(([name, { runNs, user, kernel, switches }]) => {
      // Without a tick nobody knows how little time was divided.
      const userPart = user + kernel === 0 ? 0.5 : user / (user + kernel);
      const us = runNs / 1000;
      return { name, userUs: us * userPart, kernelUs: us * (1 - userPart), switches };
    })
    .sort((a, b) => b.userUs + b.kernelUs - a.userUs - a.kernelUs);
}

function readThread(directory: string, own: string, isMain: boolean): Reading {
  const stat = readFileSync(`${directory}/stat`, 'utf8');
  // The command name may hold blanks and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`${directory}/status`, 'utf8');
  const switches = [...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\t(\d+)$/gm)];
  const name = commandName(directory);
  return {
    name: isMain ? 'main' : name === own ? 'others' : name,
    runNs: Number(readFileSync(`${directory}/schedstat`, 'utf8').split(' ', 1)[0]),
    userTicks: Number(fields[UTIME]),
    kernelTicks: Number(fields[STIME]),
    switches: switches.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

function commandName(directory: string): string {
  return readFileSync(`${directory}/comm`, 'utf8').trimEnd();
}
