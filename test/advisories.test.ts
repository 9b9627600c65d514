/** Every advisory of the list has its tests, under the names that docs/hostile-inputs.md gives. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { checkPage } from './log/catalogue-page.ts';
import { ADVISORIES } from './support/advisories.ts';

const source = (path: string): URL => new URL(`../../test/${path}.test.ts`, import.meta.url);

function page(): string {
  const rows = ADVISORIES.map(({ ids, cause, tests }) => {
    const places = Object.entries(tests).map(
      ([path, names]) => `${path}: ${names.map((name) => `"${name}"`).join(', ')}`,
    );
    return `| ${ids} | ${cause} | ${places.join('; ')} |`;
  });
  return `# Hostile inputs

What has brought down DHCP servers, or opened them, is tried on this one. Whatever comes: no crash, no leak, no open door, one
counted reason, and the next client is served. How inputs are found that nobody has thought of yet says
[testing.md](testing.md#fuzzing). Advisories that concern RADIUS or DNS alone are not here.

This page is made from \`test/support/advisories.ts\`; \`TANDEM_UPDATE_DOCS=1 node build/test/advisories.test.js\` writes it again, and
fails when a test is gone.

| advisory | cause | \`test/*.test.ts\`: tests |
|---|---|---|
${rows.join('\n')}
`;
}

t.test('every test that an advisory names exists', async (t) => {
  const gone = ADVISORIES.flatMap(({ tests }) =>
    Object.entries(tests).flatMap(([path, names]) => {
      const text = existsSync(source(path)) ? readFileSync(source(path), 'utf8') : '';
      return names.filter((name) => !text.includes(name)).map((name) => `${path}: ${name}`);
    }),
  );
  t.same(gone, []);
});

t.test('docs/hostile-inputs.md says which test is where', async (t) => {
  checkPage(t, 'hostile-inputs.md', page());
});
