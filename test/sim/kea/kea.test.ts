/** Stories of a Tandem and a modelled Kea: Tandem breaks no promise. */
import t from 'tap';
import { family4 } from '../dhcp4/family4.ts';
import { loadImages } from '../images.ts';
import { planStory } from '../plan.ts';
import { tellStory } from '../story.ts';

t.setTimeout(300_000);

const MACHINES = 2;
const HOURS = 0.1;
/** Hot-standby with the Kea as the standby, and as the primary; and load-balancing. */
const SEEDS = [3, 8, 4];

t.test('whatever happens, Tandem keeps what it has promised beside a Kea', async (t) => {
  const images = await loadImages(MACHINES);
  for (const seed of SEEDS) {
    const plan = planStory(seed, HOURS, MACHINES, 'kea');
    const { summary, violations, acknowledged, timeline } = await tellStory(images, family4, plan);
    t.same(violations, [], `seed ${seed}: ${summary}`);
    t.ok(acknowledged > 0, `seed ${seed}: leases were given`);
    t.match(
      timeline.lines(['TDM_HA_SYNC_SUCCEEDED']).join('\n'),
      '"by":"kea"',
      'the Kea has taken leases over',
    );
  }
});
