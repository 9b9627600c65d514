/** Stories of two Tandems that speak by requests, as each would with a Kea: none breaks a promise. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { family6 } from './dhcp6/family6.ts';
import { loadImages } from './images.ts';
import { planStory } from './plan.ts';
import { tellStory } from './story.ts';

t.setTimeout(300_000);

const MACHINES = 2;
const HOURS = 0.05;
const STORIES = [
  { partner: 'requests', family: family4 },
  { partner: 'strangers', family: family6 },
] as const;

for (const { partner, family } of STORIES)
  t.test(`DHCPv${family.number}: ${partner}`, async (t) => {
    const images = await loadImages(MACHINES);
    const { summary, violations, timeline } = await tellStory(
      images,
      family,
      planStory(3, HOURS, MACHINES, partner),
    );
    t.same(violations, [], summary);
    const ways = timeline.lines(['TDM_HA_SYNC_SUCCEEDED']).join('\n');
    t.match(ways, '"by":"pages"', 'leases come by pages');
    t.notMatch(ways, '"by":"stream"', 'and no other way');
  });
