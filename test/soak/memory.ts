/** What a server that runs has of memory. */
import { readFileSync } from 'node:fs';
import type { MemoryInUse } from './growth.ts';

const KIB = 1024;

/** @param controlPort of its HTTP control API, on loopback @throws when the server does not answer */
export async function memoryOf(pid: number, controlPort: number): Promise<MemoryInUse> {
  const page = await (await fetch(`http://127.0.0.1:${controlPort}/metrics`)).text();
  const metric = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)![1]);
  const [, residentKib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return {
    resident: Number(residentKib) * KIB,
    heap: metric('nodejs_heap_size_used_bytes'),
    external: metric('nodejs_external_memory_bytes'),
  };
}
