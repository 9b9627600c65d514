/** `npm run simulate`: stories of a pair, one a seed. */
import { parseArgs } from 'node:util';
import { family4 } from './dhcp4/family4.ts';
import { family6 } from './dhcp6/family6.ts';
import { PLANTED_BUGS_6 } from './dhcp6/planted-bugs6.ts';
import { loadBugged, loadImages } from './images.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { tellStory } from './story.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    family: { type: 'string', default: '4' },
    hours: { type: 'string', default: '0.5' },
    bug: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const family = [family4, family6].find(({ number }) => `${number}` === values.family);
if (family === undefined) throw new Error('--family is 4 or 6');
const bugs = family === family4 ? PLANTED_BUGS : [...PLANTED_BUGS, ...PLANTED_BUGS_6];
const bug = bugs.find(({ name }) => name === values.bug);
if (values.bug !== undefined && bug === undefined) throw new Error(`no bug is named ${values.bug}`);
const images = bug === undefined ? await loadImages(2) : await loadBugged(2, bug.changes);
let failures = 0;
const began = performance.now();
let simulatedSec = 0;
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
  const outcome = await tellStory(images, {
    family,
    seed,
    hours: Number(values.hours),
    isDetailed: values.verbose,
  });
  simulatedSec += outcome.simulatedSec;
  if (values.verbose) say(outcome.timeline.lines().join('\n'));
  say(`seed ${seed}: ${outcome.summary}`);
  for (const violation of outcome.violations) {
    failures++;
    say(`  ${violation.kind}: ${violation.text}`);
    if (!values.verbose)
      say(
        outcome.timeline
          .lines([...violation.about, 'network', 'server1', 'server2'])
          .slice(-60)
          .join('\n'),
      );
  }
}
const tookSec = (performance.now() - began) / 1000;
say(
  `${Math.round(simulatedSec)} s simulated in ${tookSec.toFixed(1)} s, ${Math.round(simulatedSec / tookSec)} times as fast; ${failures} violations`,
);
process.exit(failures === 0 ? 0 : 1);
