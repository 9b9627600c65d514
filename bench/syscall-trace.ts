/** System calls of running processes with their times, as perf sees them (perf-record(1)); for root. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One call of one thread, in microseconds of perf's clock. */
export interface SystemCall {
  readonly tid: number;
  readonly name: string;
  readonly beginUs: number;
  readonly endUs: number;
}

/** The calls by which threads of servers talk with the network, the disk and each other. */
const NAMES = [
  'poll',
  'ppoll',
  'epoll_wait',
  'epoll_pwait',
  'select',
  'futex',
  'recvmmsg',
  'sendmmsg',
  'recvfrom',
].concat(['recvmsg', 'sendto', 'sendmsg', 'read', 'write', 'writev', 'pwrite64', 'fdatasync', 'fsync']);
const OUTPUT_BYTES_MAX = 1 << 30;

/** Traces for some seconds. @param pids processes @throws Error when perf may not or cannot */
export function traceSystemCalls(pids: readonly number[], sec: number): SystemCall[] {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const file = join(directory, 'perf.data');
  const events = NAMES.flatMap((name) => ['-e', `syscalls:sys_enter_${name},syscalls:sys_exit_${name}`]);
  const perf = (...args: string[]): string =>
    execFileSync('perf', args, { encoding: 'utf8', stdio: 'pipe', maxBuffer: OUTPUT_BYTES_MAX });
  try {
    // One clock for all processors; room for a second's calls.
    const options = ['-q', '-k', 'CLOCK_MONOTONIC', '-m', '4096', '-o', file, '-p', pids.join()];
    perf('record', ...options, ...events, '--', 'sleep', `${sec}`);
    return parseCalls(perf('script', '-i', file, '--ns', '-F', 'tid,time,event'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Joins the begin and the end of each call, in the order of the ends. @param script lines "TID SECONDS: syscalls:EVENT:" */
export function parseCalls(script: string): SystemCall[] {
  const open = new Map<number, { name: string; beginUs: number }>();
  const calls: SystemCall[] = [];
  for (const line of script.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\.(\d{9}):\s+syscalls:sys_(enter|exit)_(\w+):/.exec(line);
    if (match === null) continue;
    const [, tid, sec, ns, side, name = ''] = match;
    const atUs = Number(sec) * 1e6 + Number(ns) / 1000;
    if (side === 'enter') {
      open.set(Number(tid), { name, beginUs: atUs });
      continue;
    }
    const begun = open.get(Number(tid));
    open.delete(Number(tid));
    // What began before the trace did, began then.
    const isKnown = begun?.name === name;
    calls.push({
      tid: Number(tid),
      name,
      beginUs: isKnown ? begun.beginUs : Number.NEGATIVE_INFINITY,
      endUs: atUs,
    });
  }
  return calls.sort((a, b) => a.endUs - b.endUs);
}
