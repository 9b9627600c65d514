/** The same generated queries to Kea and to Tandem, with the same configurations: the same answers, but for a list of reasons. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import {
  differing,
  type Fields,
  fieldsOf,
  heldAfter,
  type Ranges,
  rangesOf,
} from './differential/answers.ts';
import { ANSWER_DIFFERENCES, type AnswerDifference, type Case } from './differential/differences.ts';
import { FAMILIES, type Family, SCRIPTS } from './differential/families.ts';
import { keysLeftOut, keysNotUsed } from './differential/keys.ts';
import { Random } from './differential/random.ts';
import { type Answer, type Step, scripts, type Traffic } from './differential/scripts.ts';
import { configure, createSide, dhcp4Of, play } from './differential/side.ts';
import { isKea, KEAS, type KeaKind, needServers } from './kea.ts';
import { SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

/** Words in the name of a family: only such are played, and nothing is said of what is left out. */
const ONLY = process.env['TANDEM_FAMILIES'] ?? '';
const TRAFFIC: Traffic = {
  relays: ['10.64.0.10', '10.64.0.10', '10.65.0.1', '10.65.0.1', '10.67.0.1'],
  addresses: ['10.64.190.#', '10.64.3.3', '10.65.1.#', '10.65.77.7', '10.67.1.1', '192.0.2.1'],
};

/** Both servers' fields step by step, with what the client was granted before by each. */
function* cases(
  family: Family,
  steps: readonly Step[],
  byKea: readonly Answer[],
  bySubject: readonly Answer[],
) {
  const ranges: Ranges = rangesOf(family.dhcp4);
  let script = -1;
  let [heldOfKea, heldOfSubject]: (string | null)[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.script !== script) [script, heldOfKea, heldOfSubject] = [step.script, null, null];
    const kea = fieldsOf(byKea[index]!, ranges, heldOfKea ?? null);
    const tandem = fieldsOf(bySubject[index]!, ranges, heldOfSubject ?? null);
    const before = steps.slice(0, index).filter((each) => each.script === step.script);
    yield { family, step, before, kea, tandem } satisfies Case;
    heldOfKea = heldAfter(byKea[index]!, heldOfKea ?? null);
    heldOfSubject = heldAfter(bySubject[index]!, heldOfSubject ?? null);
  }
}

/** The differences that explain a case; null when a field has none. */
function explain(version: KeaKind, which: Case, fields: readonly string[]): AnswerDifference[] | null {
  const known = differencesTo(version);
  const found = fields.map((field) => known.find(({ covers }) => covers(field, which)));
  return found.every((each) => each !== undefined) ? found : null;
}

/** The queries of the script before the one in question. */
function storyOf({ before }: Case): string {
  return before
    .map(({ type, ciaddr, wanted, server }) => `type ${type} ${ciaddr} 50=${wanted} 54=${server}, then `)
    .join('');
}

function namesFormer({ ciaddr, wanted }: Step): boolean {
  return ciaddr === 'former' || wanted === 'former';
}

/** The client of the script before. */
function formerOf(steps: readonly Step[], { script }: Step): string {
  return steps.find((each) => each.script === script - 1)?.mac ?? '';
}

/** So that a family that is added changes no other one. */
function seedOf({ name }: Family): number {
  return [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
}

function familiesOf(version: KeaKind): Family[] {
  return FAMILIES.filter(({ name, only }) => (only === undefined || only === version) && name.includes(ONLY));
}

function differencesTo(version: KeaKind): AnswerDifference[] {
  return ANSWER_DIFFERENCES.filter(({ keas }) => keas[version] !== undefined);
}

function shown(fields: Fields, names: readonly string[]): string[] {
  return [...names].sort().map((name) => `${name}=${fields.get(name) ?? 'absent'}`);
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const version of KEAS_IN_TURN)
  t.test(`generated queries with every configuration get the answers of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const [kea, own] = await Promise.all([
      createSide(t, version, FAMILIES[0]!),
      createSide(t, SUBJECT, FAMILIES[0]!),
    ]);
    const seen = new Set<AnswerDifference>();
    const families = familiesOf(version);
    let compared = 0;
    for (const [number, family] of families.entries()) {
      const traffic = { ...TRAFFIC, ...family.traffic };
      const steps = [...scripts(new Random(seedOf(family)), traffic, family.scripts ?? SCRIPTS)];
      await Promise.all([configure(kea, family, number + 1), configure(own, family, number + 1)]);
      const [byKea, bySubject] = await Promise.all([play(kea, family, steps), play(own, family, steps)]);
      const parted = new Set<string>();
      for (const which of cases(family, steps, byKea, bySubject)) {
        // Who names an address of a client that has parted has parted, too.
        if (namesFormer(which.step) && parted.has(formerOf(steps, which.step))) parted.add(which.step.mac);
        if (parted.has(which.step.mac)) continue;
        compared++;
        const names = differing(which.kea, which.tandem, family.isCached ?? false);
        const reasons = explain(version, which, names);
        for (const reason of reasons ?? []) seen.add(reason);
        if (reasons?.some(({ parts }) => parts) ?? true) parted.add(which.step.mac);
        if (reasons !== null) continue;
        const what = `${family.name}: ${storyOf(which)}${JSON.stringify(which.step)}`;
        t.same(shown(which.tandem, names), shown(which.kea, names), what);
      }
    }
    if (ONLY !== '') return;
    t.ok(compared > 3000, `${compared} answers with ${families.length} configurations are compared`);
    const idle = differencesTo(version).filter((each) => !seen.has(each) && !each.isRare);
    if (isKea(SUBJECT)) return;
    t.same(
      idle.map(({ query }) => query),
      [],
      'a difference that is none any more is taken out',
    );
  });

t.test('together the configurations have every key, but for a list of reasons', async (t) => {
  const configurations = FAMILIES.map((family) => dhcp4Of(family, '', 0));
  t.ok(FAMILIES.length >= 45, `${FAMILIES.length} configurations`);
  t.same(keysNotUsed(configurations), keysLeftOut());
});

const BEGIN = '<!-- answers: begin -->';
const END = '<!-- answers: end -->';

t.test('docs/kea-compatibility.md has each of the differences', async (t) => {
  const rows = ANSWER_DIFFERENCES.map(
    ({ query, keas, tandem, why }) =>
      `| ${[query, ...KEAS.map((version) => keas[version] ?? 'as Tandem'), tandem, why].join(' | ')} |`,
  );
  const table = ['| query | Kea 2.2 | Kea 3.0 | Tandem | why |', '|---|---|---|---|---|', ...rows].join('\n');
  const file = new URL('../../../docs/kea-compatibility.md', import.meta.url);
  const page = readFileSync(file, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const expected = `${before}${BEGIN}\n${table}\n${END}${after}`;
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined) writeFileSync(file, expected);
  t.equal(readFileSync(file, 'utf8'), expected, 'TANDEM_UPDATE_DOCS=1 writes the table again');
});
