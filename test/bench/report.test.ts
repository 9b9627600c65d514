import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { BENCHES } from '../../bench/benches.ts';
import { describeRun, formatSection, replaceResults } from '../../bench/report.ts';

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url)), 'utf8');

t.test('a table becomes a Markdown section with its question and digest', async (t) => {
  const section = formatSection({ name: 'thing', question: 'How fast?' }, [
    { columns: ['who', 'ns'], rows: [['me', '1']], digest: 'ab' },
  ]);
  t.equal(section, '### thing\n\nHow fast?\n\n| who | ns |\n| --- | ---: |\n| me | 1 |\n\nDigest: `ab`\n');
});

t.test('only what stands between the markers is replaced', async (t) => {
  const before = 'a\n<!-- results: begin -->\nold\n<!-- results: end -->\nb\n';
  t.equal(replaceResults(before, 'new\n'), 'a\n<!-- results: begin -->\nnew\n<!-- results: end -->\nb\n');
  t.throws(() => replaceResults('a', 'new'));
  t.throws(() => replaceResults(`${before}${before}`, 'new'));
});

t.test('the document of the project has its markers, and names every bench', async (t) => {
  t.doesNotThrow(() => replaceResults(DOCUMENT, 'new'));
  for (const { name } of BENCHES) t.match(DOCUMENT, `\`${name}\``, name);
});

t.test('every bench has a name of its own and asks a question', async (t) => {
  t.equal(new Set(BENCHES.map((bench) => bench.name)).size, BENCHES.length);
  for (const bench of BENCHES) t.match(bench.question, /\?$/, bench.name);
});

t.test('a run is described by program, machine, day and scale', async (t) => {
  t.match(describeRun(new Date(0), 'quick'), /^Node v\d.* x .*Linux .*1970-01-01, quick run$/);
});
