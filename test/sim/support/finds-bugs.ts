/** Each planted bug is a test of the simulator. */
import type { Test } from 'tap';
import type { Family } from '../family.ts';
import { loadBugged } from '../images.ts';
import { planStory } from '../plan.ts';
import type { PlantedBug } from '../planted-bugs.ts';
import { tellStory } from '../story.ts';

/** Of the stories whose seeds are in the lists of bugs. */
const HOURS = 0.2;

export function findsBugs(
  t: Pick<Test, 'test'>,
  family: Family,
  bugs: readonly PlantedBug[],
  servers = 2,
): void {
  for (const { name, changes, seed } of bugs)
    t.test(`it finds a server that ${name}`, async (t) => {
      const images = await loadBugged(servers, changes);
      const { violations } = await tellStory(images, family, planStory(seed, HOURS, servers));
      t.ok(violations.length > 0, violations[0]?.text ?? 'nothing was found');
    });
}
