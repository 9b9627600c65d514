/** Bugs in the code for shared memory are found: each of a list, within so many runs. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import t from 'tap';
import { Explorer } from './explorer.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

/** By chance; what takes more luck is found one after the other. */
const CHANCE_RUNS = 300;
const RUNS_MAX = 2_000;
const INTERRUPTIONS_MAX = 2;

// The options of the build are no module of the build.
const { stagedOptions } = (await import(`${process.cwd()}/test/threads/image-build.mjs`)) as {
  stagedOptions(outfile: string, changes: PlantedBug['changes']): Parameters<typeof build>[0];
};

async function runsToFind({ scenario, changes }: PlantedBug, index: number): Promise<number | null> {
  const image = new URL(`./staged-bug-${index}.js`, import.meta.url);
  await build(stagedOptions(fileURLToPath(image), changes));
  const explorer = await Explorer.open(image, scenario);
  const byChance = explorer.byChance(CHANCE_RUNS);
  const found = byChance.finding ?? explorer.exhaust(INTERRUPTIONS_MAX, RUNS_MAX).finding;
  const again = found === null ? null : explorer.run(found.schedule);
  await explorer.close();
  t.same(again?.violations, found?.violations, 'the same schedule shows the same');
  return found === null ? null : byChance.runs;
}

t.test('each planted bug is found', async (t) => {
  for (const [index, bug] of PLANTED_BUGS.entries()) {
    const runs = await runsToFind(bug, index);
    t.ok(runs !== null, `${bug.name}: in ${runs} runs`);
  }
});
