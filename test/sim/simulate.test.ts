/** Stories of a simulated pair: none breaks a promise. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { loadImages, type ServerImage } from './images.ts';
import { planStory } from './plan.ts';
import { type StoryOutcome, tellStory } from './story.ts';

t.setTimeout(300_000);

const MACHINES = 2;
const STORIES = 5;
const HOURS = 0.2;

const tell = (images: readonly ServerImage[], seed: number): Promise<StoryOutcome> =>
  tellStory(images, family4, planStory(seed, HOURS));

t.test('whatever happens, no address has two clients, and no acknowledged lease is lost', async (t) => {
  const images = await loadImages(MACHINES);
  for (let seed = 1; seed <= STORIES; seed++) {
    const { summary, violations, acknowledged } = await tell(images, seed);
    t.same(violations, [], `seed ${seed}: ${summary}`);
    t.ok(acknowledged > 0, `seed ${seed}: leases were given`);
  }
});

t.test('a seed tells the same story each time', async (t) => {
  const images = await loadImages(MACHINES);
  const [first, second] = [await tell(images, 3), await tell(images, 3)];
  t.equal(second.summary, first.summary);
  t.same(second.timeline.lines(), first.timeline.lines());
});
