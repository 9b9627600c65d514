/** Stories of a simulated pair: none breaks a promise. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { loadImages } from './images.ts';
import { planStory } from './plan.ts';
import { tellStory } from './story.ts';
import { tellsStories } from './support/tells-stories.ts';

t.setTimeout(600_000);

const MACHINES = 2;
const HOURS = 0.12;

tellsStories(t, family4);

t.test('a seed tells the same story each time', async (t) => {
  const images = await loadImages(MACHINES);
  const [first, second] = [
    await tellStory(images, family4, planStory(3, HOURS)),
    await tellStory(images, family4, planStory(3, HOURS)),
  ];
  t.equal(second.summary, first.summary);
  t.same(second.timeline.lines(), first.timeline.lines());
});
