import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findHotPathBans, findLongFunctions, findUses, readSource } from './source-rules.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const sample = readSource(ROOT, 'test/fixtures/hot-path-sample.txt');

/** "path:line: kind: advice" without path and advice. */
function brief(finding: string): string {
  return finding.replace(`${sample.path}:`, '').split(': ', 2).join(' ');
}

t.test(
  'what a hot path may not contain is found, but not in comments, strings, constructors or throws',
  async (t) => {
    t.same(findHotPathBans(sample).map(brief), [
      '9 closure',
      '15 console',
      '15 spread',
      '16 template',
      '16 json',
      '18 async',
      '19 async',
    ]);
  },
);

t.test('uses of a member are found by the syntax tree', async (t) => {
  t.same(findUses(sample, 'JSON', 'parse').map(brief), ['2']);
});

t.test('a function is as long as its lines', async (t) => {
  t.same(findLongFunctions(sample, 5).map(brief), ['7 6 lines']);
  t.same(findLongFunctions(sample, 6), []);
});
