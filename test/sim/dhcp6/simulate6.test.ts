/** Stories of a simulated pair of DHCPv6: none breaks a promise. */
import t from 'tap';
import { loadImages, type ServerImage } from '../images.ts';
import { planStory } from '../plan.ts';
import { type StoryOutcome, tellStory } from '../story.ts';
import { family6 } from './family6.ts';

t.setTimeout(300_000);

const MACHINES = 2;
const STORIES = 4;
const HOURS = 0.2;

const tell = (images: readonly ServerImage[], seed: number, hours = HOURS): Promise<StoryOutcome> =>
  tellStory(images, family6, planStory(seed, hours));

t.test('whatever happens, nothing has two clients, and no acknowledged lease is lost', async (t) => {
  const images = await loadImages(MACHINES);
  for (let seed = 1; seed <= STORIES; seed++) {
    const { summary, violations, acknowledged } = await tell(images, seed);
    t.same(violations, [], `seed ${seed}: ${summary}`);
    t.ok(acknowledged > 0, `seed ${seed}: leases were given`);
  }
});
