/** The name of a thread, as ps, top and perf show it. */
import { writeFileSync } from 'node:fs';

/** Names the calling thread. @param name the kernel keeps its first 15 octets; without /proc the thread stays nameless */
export function nameThread(name: string): void {
  try {
    writeFileSync('/proc/thread-self/comm', name);
  } catch {
    // For people who look; nothing depends on it.
  }
}
