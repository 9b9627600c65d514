/**
 * A server that was alone gives half of the clients back to its partner, while a crowd comes and what goes between the two servers comes
 * late: whatever the one gave at the last moment the other one knows before it gives anything.
 */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { family6 } from './dhcp6/family6.ts';
import { loadBugged, loadImages } from './images.ts';
import { type PlannedFault, planStory, type StoryPlan } from './plan.ts';
import { HAND_OVER_BUG } from './planted-bugs.ts';
import { tellStory } from './story.ts';

t.setTimeout(300_000);

const MACHINES = 2;
/** Of the first story that shows the bug. */
const SEED = 36;
const HOURS = 0.2;
const CLIENTS = 24;
/** From one end of a server to the next one, and how long it is away. */
const EVERY_SEC = 100;
const AWAY_SEC = 80;
const LAST_SEC = 700;

/** One server ends and comes back again and again; the lease stream of the other one is slow when it does. */
function handOvers(seed: number): StoryPlan {
  const story = planStory(seed, HOURS);
  const victim = seed % MACHINES;
  const faults: PlannedFault[] = [];
  for (let atSec = 60; atSec < LAST_SEC; atSec += EVERY_SEC)
    faults.push(
      { kind: 'kill', server: victim, isPowerFailure: false, atSec, forSec: AWAY_SEC },
      {
        kind: 'starved thread',
        server: 1 - victim,
        role: 'link',
        lateMs: 1000,
        atSec: atSec + AWAY_SEC - 20,
        forSec: 35,
      },
      { kind: 'crowd', everyMs: 30, atSec: atSec + AWAY_SEC - 5, forSec: 20 },
    );
  const pair = {
    ...story.pair,
    mode: 'load-balancing',
    leaseSec: 60,
    addresses: CLIENTS,
    heartbeatMs: 200,
    unacked: 0,
    cleanupSec: 0,
  };
  return {
    ...story,
    pair,
    faults,
    clients: CLIENTS,
    loss: 0,
    duplication: 0,
    delayMsMax: 2,
    restlessness: 0.9,
  };
}

t.test('nothing is given by both', async (t) => {
  const images = await loadImages(MACHINES);
  for (const family of [family4, family6]) {
    const { violations, summary } = await tellStory(images, family, handOvers(SEED));
    t.same(violations, [], `DHCPv${family.number}: ${summary}`);
  }
});

t.test('it finds a server that does not wait for what it gave alone', async (t) => {
  const images = await loadBugged(MACHINES, HAND_OVER_BUG.changes);
  const { violations } = await tellStory(images, family4, handOvers(SEED));
  t.ok(violations.length > 0, violations[0]?.text ?? 'nothing was found');
});
