/** Stories of a simulated pair: none of the product breaks a promise, and each of a product with a planted bug does, soon. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { loadBugged, loadImages, type ServerImage } from './images.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { type StoryOutcome, tellStory } from './story.ts';

const MACHINES = 2;
const STORIES = 5;
const HOURS = 0.2;

/** Stories that have found something. */
const FOUND = [
  // A RELEASE that the network delivers behind the next REQUEST ends the lease whose reply is parked.
  { seed: 61, hours: 0.5 },
  { seed: 65, hours: 0.5 },
];

const tell = (images: readonly ServerImage[], seed: number, hours = HOURS): Promise<StoryOutcome> =>
  tellStory(images, { family: family4, seed, hours, isDetailed: false });

t.test('whatever happens, no address has two clients, and no acknowledged lease is lost', async (t) => {
  const images = await loadImages(MACHINES);
  const stories = [...Array.from({ length: STORIES }, (_, at) => ({ seed: at + 1, hours: HOURS })), ...FOUND];
  for (const { seed, hours } of stories) {
    const { summary, violations, acknowledged } = await tell(images, seed, hours);
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

for (const { name, changes } of PLANTED_BUGS)
  t.test(`it finds a server that ${name}`, async (t) => {
    const images = await loadBugged(MACHINES, changes);
    const { violations } = await tell(images, 1);
    t.ok(violations.length > 0, violations[0]?.text ?? 'nothing was found');
  });
