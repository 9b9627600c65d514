/** Stories of a pair with a backup: none breaks a promise, and servers with planted bugs do. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { family6 } from './dhcp6/family6.ts';
import { loadImages } from './images.ts';
import { planStory } from './plan.ts';
import { PLANTED_BUGS_BACKUPS } from './planted-bugs-backups.ts';
import { tellStory } from './story.ts';
import { findsBugs } from './support/finds-bugs.ts';

t.setTimeout(300_000);

const MACHINES = 3;
const HOURS = 0.12;
/** Whether there is time for all of them. */
const { TANDEM_LONG } = process.env;
/** A pair that is lost at once, a server that waits for its backups, a pair that is lost in peace. */
const SEEDS = TANDEM_LONG ? [4, 6, 3] : [4, 6];
/** Without time: one of what is awaited, one of what is not. */
const ALWAYS = ['never waits for its backups', 'forgets what waits for a backup that is away'];
const BUGS = PLANTED_BUGS_BACKUPS.filter(({ name }) => TANDEM_LONG || ALWAYS.includes(name));

t.test('a backup follows its pair, and can stand in for it', async (t) => {
  const images = await loadImages(MACHINES);
  for (const family of [family4, family6])
    for (const seed of SEEDS) {
      const plan = planStory(seed, HOURS, MACHINES);
      const { summary, violations, acknowledged } = await tellStory(images, family, plan);
      t.same(violations, [], `DHCPv${family.number}, seed ${seed}, ${plan.end}: ${summary}`);
      t.ok(acknowledged > 0, `seed ${seed}: leases were given`);
    }
});

findsBugs(t, family4, BUGS, MACHINES);
