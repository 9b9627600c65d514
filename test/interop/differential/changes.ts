/** Which name change request came of which query: the client behind every query gets a new name, and DNS is told of it. */
import type { RunningProgram } from '../programs.ts';
import { BEHIND, type NameChange } from './scripts.ts';

/** Of 10 s a busy machine has taken some; a request that is lost comes never. */
const TOLD_MS = 30_000;
const ADD = 0;

/** @returns by step, without those of the client behind. @throws Error when the last one does not come */
export async function changesByStep(sink: RunningProgram, steps: number): Promise<NameChange[][]> {
  await sink.waitForOutput(new RegExp(`"step-${steps - 1}[."]`), TOLD_MS);
  const all = sink
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as NameChange);
  const found: NameChange[][] = [[]];
  for (const change of all) {
    if (change['ip-address'] !== BEHIND.address) found.at(-1)!.push(change);
    else if (change['change-type'] === ADD) found.push([]);
  }
  return found;
}
