/**
 * All conformance scenarios are tested, and docs/conformance.md says where. A scenario counts as tested when the name of
 * a test begins with its number; what the test asserts is for its reader to judge.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { checkPage } from '../log/catalogue-page.ts';
import { CONFORMANCE_SCENARIOS } from './support/conformance-scenarios.ts';

/** A file with a test of a scenario: path below test/, without the ending, and the families for which it has one. */
interface Place {
  readonly path: string;
  readonly ofDhcp4: boolean;
  readonly ofDhcp6: boolean;
}

/** By scenario number. */
type Places = ReadonlyMap<number, readonly Place[]>;

/** Tests run from build/test/ha; their sources stay where they are. */
const root = fileURLToPath(new URL('../../../test/', import.meta.url));

/**
 * The number stands at the beginning of a test's name, so that it follows a quotation mark. A test whose function says so is run for
 * each family.
 */
const TAG = /(?<each>for\w+OfEach\(\s*)?['"`]\[scenarios? (?<numbers>\d+(?:, \d+)*)\]/g;

/** A scenario of which a file has a test. */
interface Tag {
  readonly number: number;
  readonly isOfEach: boolean;
}

function tagsIn(source: string): Tag[] {
  return [...source.matchAll(TAG)].flatMap(({ groups }) =>
    groups!
      ['numbers']!.split(', ')
      .map((number) => ({ number: Number(number), isOfEach: groups!['each'] !== undefined })),
  );
}

function collectPlaces(): Places {
  const places = new Map<number, Place[]>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const name = file.split(sep).join('/');
    // The names in this file are examples.
    if (!name.endsWith('.test.ts') || name === 'ha/conformance.test.ts') continue;
    const path = name.slice(0, -'.test.ts'.length);
    const tags = tagsIn(readFileSync(root + file, 'utf8'));
    for (const number of new Set(tags.map((tag) => tag.number))) {
      const isOfEach = tags.some((tag) => tag.number === number && tag.isOfEach);
      const isOfDhcp6 = path.includes('/dhcp6/');
      const place = { path, ofDhcp4: !isOfDhcp6 || isOfEach, ofDhcp6: isOfDhcp6 || isOfEach };
      places.set(number, [...(places.get(number) ?? []), place]);
    }
  }
  return places;
}

/** Scenarios in which a lease, a client or a query of a family is at stake. */
const OF_EACH_FAMILY = [...Array.from({ length: 20 }, (_, at) => 37 + at), 57, 58, 61, 65];

const places = collectPlaces();
const numbers = CONFORMANCE_SCENARIOS.map((_, index) => index + 1);

function page(): string {
  const rows = CONFORMANCE_SCENARIOS.map(({ title, remark }, index) => {
    const what = remark === undefined ? title : `${title}. *${remark}.*`;
    const all = places.get(index + 1) ?? [];
    const pathsOf = (family: 'ofDhcp4' | 'ofDhcp6'): string =>
      all
        .filter((place) => place[family])
        .map(({ path }) => path)
        .join(', ');
    const row = `| ${index + 1} | ${what} | ${pathsOf('ofDhcp4')} | ${pathsOf('ofDhcp6')} |`;
    return row.replaceAll('  |', ' |');
  });
  return `# Conformance

High availability behaves as Kea's does in ${CONFORMANCE_SCENARIOS.length} scenarios, taken from the unit tests of Kea's HA hook library. The name of
each test begins with the numbers of the scenarios that it checks: \`grep -rn '\\[scenario' test/\` finds them. What is
checked otherwise than in Kea, on purpose, stands in italics. Where leases, clients or queries of a family are at stake, what is
checked with DHCPv6 stands in the last column; a file in both has tests that run for each family, from one table. The state
machine, its commands and its service know no family. [ha.md](ha.md) and [kea-compatibility.md](kea-compatibility.md) have all differences.

This page is made from the tests; \`TANDEM_UPDATE_DOCS=1 node build/test/ha/conformance.test.js\` writes it again, and fails
when a scenario has no test.

| number | scenario | \`test/*.test.ts\` | the same of DHCPv6 |
|---|---|---|---|
${rows.join('\n')}
`;
}

t.test('every scenario has a test', async (t) => {
  t.equal(numbers.length, 68);
  const missing = numbers.filter((number) => !places.has(number));
  t.same(
    missing.map((number) => `${number}: ${CONFORMANCE_SCENARIOS[number - 1]!.title}`),
    [],
  );
});

t.test('what depends on the family has a test for DHCPv6 too', async (t) => {
  t.same(
    OF_EACH_FAMILY.filter((number) => places.get(number)?.some(({ ofDhcp6 }) => ofDhcp6) !== true),
    [],
  );
});

t.test('no test names a scenario that does not exist', async (t) => {
  t.same(
    [...places.keys()].filter((number) => !numbers.includes(number)),
    [],
  );
});

t.test('numbers are read from the names of tests and from nowhere else', async (t) => {
  const quoted = (name: string) => `t.test('${name}', async`;
  const numbersIn = (source: string) => tagsIn(source).map(({ number }) => number);
  t.same(numbersIn(quoted('[scenarios 1, 23] x')), [1, 23]);
  t.same(numbersIn(`t.test(\n  \`[scenario 4] \${x}\``), [4]);
  t.same(numbersIn('// as in [scenario 5]'), []);
  t.same(numbersIn(quoted('as in [scenario 6]')), []);
  t.same(tagsIn("forLeasesOfEach(\n  '[scenario 7] x'"), [{ number: 7, isOfEach: true }]);
  t.same(tagsIn(quoted('[scenario 7] x')), [{ number: 7, isOfEach: false }]);
});

t.test('docs/conformance.md says which test is where', async (t) => {
  checkPage(t, 'conformance.md', page());
});
