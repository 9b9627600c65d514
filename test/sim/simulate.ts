/** `npm run simulate`: stories of a pair, one a seed. */
import { parseArgs } from 'node:util';
import { family4 } from './dhcp4/family4.ts';
import { family6 } from './dhcp6/family6.ts';
import { PLANTED_BUGS_6 } from './dhcp6/planted-bugs6.ts';
import { loadBugged, loadImages, type ServerImage } from './images.ts';
import type { Violation } from './leases-held.ts';
import { PARTNERS, type Partner, planStory, type StoryPlan } from './plan.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { PLANTED_BUGS_BACKUPS } from './planted-bugs-backups.ts';
import { shrink } from './shrink.ts';
import { type StoryOutcome, tellStory } from './story.ts';
import { Totals } from './totals.ts';

const US_PER_SEC = 1e6;
/** Of the timeline before something was noticed. */
const LINES_SHOWN = 60;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    family: { type: 'string', default: '4' },
    servers: { type: 'string', default: '2' },
    hours: { type: 'string', default: '0.5' },
    partner: { type: 'string', default: 'tandem' },
    plan: { type: 'string' },
    bug: { type: 'string' },
    hunt: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const servers = Number(values.servers);
const family = values.family === '6' ? family6 : family4;
const common = servers > 2 ? PLANTED_BUGS_BACKUPS : PLANTED_BUGS;
const bugs = family === family4 ? common : [...common, ...PLANTED_BUGS_6];
const bug = bugs.find(({ name }) => name === values.bug);
if (values.bug !== undefined && bug === undefined) throw new Error(`no bug is named ${values.bug}`);

const totals = new Totals();

/** @throws Error where there is no such partner */
function plan(seed: number): StoryPlan {
  const name = values.partner === 'any' ? PARTNERS[seed % PARTNERS.length] : values.partner;
  if (!PARTNERS.includes(name as Partner))
    throw new Error(`the partner is any or one of ${PARTNERS.join(', ')}`);
  return planStory(seed, Number(values.hours), servers, name as Partner);
}

/** @returns whether it holds all promises */
async function tell(images: readonly ServerImage[], plan: StoryPlan): Promise<boolean> {
  const outcome = await tellStory(images, family, plan, values.verbose);
  if (values.verbose) say(outcome.timeline.lines().join('\n'));
  say(`seed ${plan.seed}: ${outcome.summary}`);
  for (const violation of outcome.violations) show(outcome, violation);
  totals.count(outcome);
  return outcome.violations.length === 0;
}

function show({ timeline }: StoryOutcome, { kind, atUs, text, about }: Violation): void {
  say(`  ${kind} at ${(atUs / US_PER_SEC).toFixed(6)} s: ${text}`);
  if (values.verbose) return;
  const names = Array.from({ length: servers }, (_, at) => `server${at + 1}`);
  say(
    timeline
      .lines([...about, 'network', ...names], atUs)
      .slice(-LINES_SHOWN)
      .join('\n'),
  );
}

/** Says what the shortest story is that shows the same, and how it is told again. */
async function tellShorter(images: readonly ServerImage[], plan: StoryPlan): Promise<void> {
  const [first] = (await tellStory(images, family, plan)).violations;
  const shorter = await shrink(plan, async (tried) => {
    const { violations } = await tellStory(images, family, tried);
    const same = violations.find(({ kind }) => kind === first!.kind);
    return same === undefined ? null : same.atUs / US_PER_SEC;
  });
  say(
    `${plan.faults.length} faults and ${plan.clients} clients are cut to ${shorter.faults.length} and ${shorter.clients}:`,
  );
  const ofBug = bug === undefined ? '' : ` --bug '${bug.name}'`;
  say(
    `npm run simulate -- --family ${family.number} --servers ${servers}${ofBug} --plan '${JSON.stringify(shorter)}'`,
  );
}

/** Says which story is the first that shows a bug. */
async function hunt({ name, changes }: PlantedBug): Promise<void> {
  const images = await loadBugged(servers, changes);
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const [violation] = (await tellStory(images, family, plan(seed))).violations;
    if (violation !== undefined) return say(`| ${name} | ${seed} | ${violation.kind} |`);
  }
  say(`| ${name} | none of ${values.seeds} | |`);
}

if (values.hunt) {
  for (const each of bug === undefined ? bugs : [bug]) await hunt(each);
} else {
  const images = bug === undefined ? await loadImages(servers) : await loadBugged(servers, bug.changes);
  const first = Number(values.seed);
  const plans =
    values.plan === undefined
      ? Array.from({ length: Number(values.seeds) }, (_, at) => plan(first + at))
      : [JSON.parse(values.plan) as StoryPlan];
  for (const plan of plans) if (!(await tell(images, plan)) && values.shrink) await tellShorter(images, plan);
  say(totals.lines().join('\n'));
}
process.exit(totals.violations === 0 ? 0 : 1);
