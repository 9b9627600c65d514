import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';
import { describeRun, formatSection, replaceSections } from '../../bench/report.ts';

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url)), 'utf8');

t.test('a table becomes a Markdown section with its question and digest', async (t) => {
  const tables = [{ columns: ['who', 'ns'], rows: [['me', '1']], digest: 'ab' }];
  const section = formatSection({ name: 'thing', question: 'How fast?' }, tables, 'here');
  const table = '| who | ns |\n| --- | ---: |\n| me | 1 |\n';
  t.equal(section, `### thing\n\nHow fast?\n\n${table}\nDigest: \`ab\`\n\n*here*\n`);
});

t.test('a section takes its place between the markers, and those of other benches stay', async (t) => {
  const made = (results: string) => `a\n<!-- results: begin -->\n${results}<!-- results: end -->\nb\n`;
  const before = made('old\n\n### two\n\n2\n\n### gone\n\n0\n\n### three\n\n3\n');
  const sections = new Map([
    ['three', '### three\n\n33\n'],
    ['one', '### one\n\n1\n'],
    ['elsewhere', '### elsewhere\n'],
  ]);
  const after = made('### one\n\n1\n\n### two\n\n2\n\n### three\n\n33\n');
  t.equal(replaceSections(before, sections, ['one', 'two', 'three', 'four']), after);
  t.throws(() => replaceSections('a', sections, []));
  t.throws(() => replaceSections(`${before}${before}`, sections, []));
});

t.test('the document of the project has its markers, and names every bench', async (t) => {
  t.doesNotThrow(() => replaceSections(DOCUMENT, new Map(), []));
  for (const { name } of BENCHES) t.match(DOCUMENT, `\`${name}\``, name);
});

t.test('every bench has a name of its own and asks a question', async (t) => {
  t.equal(new Set(BENCHES.map((bench) => bench.name)).size, BENCHES.length);
  for (const bench of BENCHES) t.match(bench.question, /\?$/, bench.name);
});

t.test('a run is described by program, machine, day and scale', async (t) => {
  t.match(describeRun(new Date(0), 'quick'), /^Node v\d.* x .*Linux .*1970-01-01, quick run$/);
});
