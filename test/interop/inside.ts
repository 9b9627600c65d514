/** Doing something in another network namespace. What is opened there stays there, in the hands of this process. */
import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

const setns = koffi.load(null).func('int setns(int, int)') as unknown as (fd: number, kind: number) => number;
const CLONE_NEWNET = 0x4000_0000;

/**
 * @param namespace as `ip netns` names it
 * @param act does everything at once: this thread is back when it returns
 * @throws what `act` throws; Error where this process is not root or the namespace is not there
 */
export function insideNamespace<T>(namespace: string, act: () => T): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(`/run/netns/${namespace}`, 'r');
  try {
    enter(there);
    try {
      return act();
    } finally {
      enter(home);
    }
  } finally {
    closeSync(there);
    closeSync(home);
  }
}

function enter(fd: number): void {
  if (setns(fd, CLONE_NEWNET) !== 0) throw new Error(`setns: errno ${koffi.errno()}`);
}
