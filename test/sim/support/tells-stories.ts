/** What the whole check tells of each family: so many stories that both families together are two hundred, of a day. */
import type { Test } from 'tap';
import type { Family } from '../family.ts';
import { loadImages } from '../images.ts';
import { planStory } from '../plan.ts';
import { tellStory } from '../story.ts';
import { Totals } from '../totals.ts';

const MACHINES = 2;
const STORIES = 100;
/** Of each story, as long as things go wrong in it. */
const HOURS = 0.12;
const HOURS_TOLD = 12;
/** Of everything that can happen, if the stories are to say something. */
const TIMES_EACH = 10;

export function tellsStories(t: Pick<Test, 'test'>, family: Family): void {
  t.test('whatever happens, nothing has two clients, and no acknowledged lease is lost', async (t) => {
    const images = await loadImages(MACHINES);
    const totals = new Totals();
    for (let seed = 1; seed <= STORIES; seed++) {
      const outcome = await tellStory(images, family, planStory(seed, HOURS));
      totals.count(outcome);
      if (outcome.violations.length > 0) t.same(outcome.violations, [], `seed ${seed}: ${outcome.summary}`);
      if (outcome.acknowledged === 0) t.fail(`seed ${seed}: no leases were given`);
    }
    for (const line of totals.lines()) t.comment(line);
    t.equal(totals.violations, 0, 'no promise was broken');
    t.ok(
      totals.stories >= STORIES && totals.hours >= HOURS_TOLD,
      `${totals.hours.toFixed(1)} hours were told`,
    );
    for (const [what, times] of Object.entries(totals.happened))
      t.ok(times >= TIMES_EACH, `${what}: ${times}`);
  });
}
