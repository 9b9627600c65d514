/**
 * Fuzzes every entry point in turn for some minutes, keeps what is new in the corpus, and prints what it has done. A crash is
 * printed with its input and ends the run with exit code 1: it becomes a line of the corpus and, mended, a test.
 * Usage: npm run fuzz -- [--minutes N] [--seed N] [--only NAME]
 */
import { parseArgs } from 'node:util';
import { numbersFrom } from '../support/numbers.ts';
import { keep, keptCorpus } from './corpus.ts';
import { type Crash, Fuzzer } from './fuzzer.ts';
import { openTargets } from './targets.ts';

const MS_PER_MINUTE = 60_000;
/** Inputs to one entry point before it is another one's turn. */
const TURN_MS = 1_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
});
const endMs = performance.now() + Number(values.minutes) * MS_PER_MINUTE;
const chance = numbersFrom(Number(values.seed));
const all = await openTargets();
const fuzzers = all
  .filter(({ name }) => name.includes(values.only))
  .map((target) => new Fuzzer(target, keptCorpus(target.name), chance));

let crash: Crash | null = null;
for (const fuzzer of fuzzers) crash ??= await fuzzer.replay();
while (crash === null && performance.now() < endMs) {
  for (const fuzzer of fuzzers) {
    const turnMs = performance.now() + TURN_MS;
    while (crash === null && performance.now() < turnMs) crash = await fuzzer.step();
  }
}
for (const { target, runs, signatures, found } of fuzzers) {
  keep(target.name, found);
  process.stdout.write(`${target.name}: ${runs} inputs, ${signatures} outcomes, ${found.length} new\n`);
}
if (crash !== null) {
  const { target, input, error } = crash;
  keep(target, [input]);
  process.stdout.write(`${target} failed with seed ${values.seed}, the input is in its corpus now\n`);
  process.stdout.write(
    `${JSON.stringify(Buffer.from(input).toString('latin1'))}\n${(error as Error).stack}\n`,
  );
}
for (const target of all) await target.close();
process.exitCode = crash === null ? 0 : 1;
