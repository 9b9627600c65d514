/** The same generated messages to Kea and to Tandem, with the same configurations: the same replies, to the last option. */
import t from 'tap';
import { Random } from './differential/random.ts';
import { DIFFERENCES_6, type Difference6 } from './differential6/differences.ts';
import { FAMILIES_6, type Family6 } from './differential6/families.ts';
import { createSide, play } from './differential6/side.ts';
import type { Step } from './differential6/steps.ts';
import { scripts } from './differential6/stories.ts';
import { treeOf } from './differential6/tree.ts';
import { USUAL } from './differential6/ways.ts';
import { type KeaKind, needServers } from './kea.ts';
import { SUBJECT } from './server.ts';
import { FILE_TURN, KEAS_IN_TURN } from './turn.ts';

/** Words in the name of a family: only such are played. */
const ONLY = process.env['TANDEM_FAMILIES'] ?? '';
const SCRIPTS = 38;

/** Those of this turn: each second one, where not all of them have the time. */
function familiesOf(version: KeaKind): Family6[] {
  const all = FAMILIES_6.filter(({ only }) => only === undefined || only === version);
  if (ONLY !== '') return all.filter(({ name }) => name.includes(ONLY));
  return all.filter((_, index) => FILE_TURN === null || index % 2 === FILE_TURN);
}

/** So that a family that is added changes no other one. */
function seedOf({ name }: Family6): number {
  return [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
}

for (const version of KEAS_IN_TURN)
  t.test(`generated messages with every configuration get the replies of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const [beside, network] = await Promise.all([createSide(t), createSide(t)]);
    const known = DIFFERENCES_6.filter(({ keas }) => keas.includes(version));
    const seen = new Set<Difference6>();
    let compared = 0;
    for (const family of familiesOf(version)) {
      const random = new Random(seedOf(family));
      const steps = [...scripts(random, { ...USUAL, ...family.traffic }, SCRIPTS)];
      const both = await Promise.allSettled([
        play(t, beside, version, family.dhcp6, steps),
        play(t, network, SUBJECT, family.dhcp6, steps),
      ]);
      const [byKea, bySubject] = both.map((each) =>
        each.status === 'fulfilled' ? each.value.replies.map(treeOf) : null,
      );
      if (!byKea || !bySubject) {
        for (const each of both)
          if (each.status === 'rejected')
            t.fail(`START ${family.name}`, { error: each.reason.message, log: each.reason.log });
        continue;
      }
      for (const [at, step] of steps.entries()) {
        const [kea, tandem] = [byKea[at]!, bySubject[at]!];
        compared++;
        if (kea.join() === tandem.join()) continue;
        const before = steps.slice(0, at).filter(({ script }) => script === step.script);
        const reason = known.find(({ covers }) => covers({ family, step, before, kea, tandem }));
        if (reason === undefined)
          t.same(tandem, kea, `${family.name}: ${storyOf(before)}${JSON.stringify(step)}`);
        else seen.add(reason);
      }
    }
    t.ok(compared > 1000 || ONLY !== '', `${compared} replies are compared`);
    const idle = known.filter((each) => !seen.has(each) && each.isRare !== true);
    if (ONLY === '' && FILE_TURN === null)
      t.same(
        idle.map(({ query }) => query),
        [],
        'a difference that is none any more is taken out',
      );
  });

function storyOf(before: readonly Step[]): string {
  return before.map(({ type, ias }) => `type ${type} ${JSON.stringify(ias)}, then `).join('');
}
