/**
 * The code for shared memory keeps its promises in whatever order its threads go on: by chance, and one order after the other with
 * ever more interruptions. TANDEM_LONG=1 takes minutes and prints what it has tried.
 */
import t from 'tap';
import { Explorer } from './explorer.ts';
import type { Scenario } from './model.ts';

t.setTimeout(1_200_000);

const IMAGE = new URL('./staged.js', import.meta.url);
const isLong = process.env['TANDEM_LONG'] === '1';
const CHANCE_RUNS = isLong ? 20_000 : 150;
const RUNS_MAX = isLong ? 50_000 : 400;
const INTERRUPTIONS_MAX = isLong ? 4 : 2;

const { SCENARIOS } = (await import(IMAGE.href)) as { readonly SCENARIOS: readonly Scenario[] };

for (const { name } of SCENARIOS)
  t.test(name, async (t) => {
    const explorer = await Explorer.open(IMAGE, name);
    t.teardown(() => explorer.close());
    const byChance = explorer.byChance(CHANCE_RUNS);
    t.same(byChance.finding, null, `${byChance.runs} orders by chance`);
    const { finding, runs, isComplete, interruptions } = explorer.exhaust(INTERRUPTIONS_MAX, RUNS_MAX);
    t.same(
      finding,
      null,
      `${runs} orders, ${isComplete ? 'all' : 'some'} with up to ${interruptions} interruptions`,
    );
  });

t.test('a schedule that is given again is the same run', async (t) => {
  const explorer = await Explorer.open(IMAGE, 'the lock');
  t.teardown(() => explorer.close());
  const { schedule } = explorer.run([], 77);
  t.ok(schedule.length > 10);
  t.same(explorer.run(schedule).schedule, schedule);
  t.notSame(explorer.run([], 78).schedule, schedule, 'another chance is another order');
});
