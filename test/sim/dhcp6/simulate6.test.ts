/** Stories of a simulated pair of DHCPv6: none of the product breaks a promise, and each of a product with a planted bug does, soon. */
import t from 'tap';
import { loadBugged, loadImages, type ServerImage } from '../images.ts';
import { type StoryOutcome, tellStory } from '../story.ts';
import { family6 } from './family6.ts';
import { PLANTED_BUGS_6 } from './planted-bugs6.ts';

const MACHINES = 2;
const STORIES = 4;
const HOURS = 0.2;

const tell = (images: readonly ServerImage[], seed: number, hours = HOURS): Promise<StoryOutcome> =>
  tellStory(images, { family: family6, seed, hours, isDetailed: false });

t.test('whatever happens, nothing has two clients, and no acknowledged lease is lost', async (t) => {
  const images = await loadImages(MACHINES);
  for (let seed = 1; seed <= STORIES; seed++) {
    const { summary, violations, acknowledged } = await tell(images, seed);
    t.same(violations, [], `seed ${seed}: ${summary}`);
    t.ok(acknowledged > 0, `seed ${seed}: leases were given`);
  }
});

for (const { name, changes } of PLANTED_BUGS_6)
  t.test(`it finds a server that ${name}`, async (t) => {
    const images = await loadBugged(MACHINES, changes);
    const { violations } = await tell(images, 1);
    t.ok(violations.length > 0, violations[0]?.text ?? 'nothing was found');
  });
