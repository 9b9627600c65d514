/** Every advisory of the list has its tests, under the names that docs/hostile-inputs.md gives. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { checkPage } from './log/catalogue-page.ts';
import { ADVISORIES, type Advisory } from './support/advisories.ts';

const source = (path: string): URL => new URL(`../../test/${path}.test.ts`, import.meta.url);

function page(): string {
  const placesOf = (tests: Advisory['tests']): string =>
    Object.entries(tests)
      .map(([path, names]) => `${path}: ${names.map((name) => `"${name}"`).join(', ')}`)
      .join('; ');
  const rows = ADVISORIES.map(({ ids, cause, tests, tests6 }) => {
    const with6 = tests6 === 'no family' ? 'the same: it knows no family' : placesOf(tests6);
    return `| ${ids} | ${cause} | ${placesOf(tests)} | ${with6} |`.replaceAll('|  |', '| |');
  });
  return `# Hostile inputs

What has brought down DHCP servers, or opened them, is tried on this one. Whatever comes: no crash, no leak, no open door, one
counted reason, and the next client is served. How inputs are found that nobody has thought of yet says
[testing.md](testing.md#fuzzing). Advisories that concern RADIUS or DNS alone are not here.

This page is made from \`test/support/advisories.ts\`; \`TANDEM_UPDATE_DOCS=1 node build/test/advisories.test.js\` writes it again, and
fails when a test is gone.

| advisory | cause | \`test/*.test.ts\`: tests | with DHCPv6 |
|---|---|---|---|
${rows.join('\n')}
`;
}

t.test('every test that an advisory names exists', async (t) => {
  const goneOf = (tests: Advisory['tests']): string[] =>
    Object.entries(tests).flatMap(([path, names]) => {
      const text = existsSync(source(path)) ? readFileSync(source(path), 'utf8') : '';
      return names.filter((name) => !text.includes(name)).map((name) => `${path}: ${name}`);
    });
  for (const { ids, tests, tests6 } of ADVISORIES) {
    t.same(goneOf(tests), [], ids);
    if (tests6 === 'no family') t.not(Object.keys(tests).length, 0, `${ids}: tests of what knows no family`);
    else {
      t.same(goneOf(tests6), [], ids);
      t.not(Object.keys(tests6).length, 0, `${ids}: a test with DHCPv6`);
    }
  }
});

t.test('docs/hostile-inputs.md says which test is where', async (t) => {
  checkPage(t, 'hostile-inputs.md', page());
});
