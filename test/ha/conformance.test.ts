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

/** Scenario number -> files with a test of it: path below test/, without the ending. */
type Places = ReadonlyMap<number, readonly string[]>;

/** Tests run from build/test/ha; their sources stay where they are. */
const root = fileURLToPath(new URL('../../../test/', import.meta.url));

/** The number stands at the beginning of a test's name, so that it follows a quotation mark. */
const TAG = /['"`]\[scenarios? (\d+(?:, \d+)*)\]/g;

function numbersIn(source: string): number[] {
  return [...source.matchAll(TAG)].flatMap((match) => match[1]!.split(', ').map(Number));
}

function collectPlaces(): Places {
  const places = new Map<number, string[]>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const name = file.split(sep).join('/');
    // The names in this file are examples.
    if (!name.endsWith('.test.ts') || name === 'ha/conformance.test.ts') continue;
    for (const number of new Set(numbersIn(readFileSync(root + file, 'utf8'))))
      places.set(number, [...(places.get(number) ?? []), name.slice(0, -'.test.ts'.length)]);
  }
  return places;
}

/** Scenarios in which a lease, a client or a query of a family is at stake. */
const OF_EACH_FAMILY = [38, 39, 43, 44, 48, 49, 50, 57, 58, 61, 65];

function isOfDhcp6(place: string): boolean {
  return place.includes('/dhcp6/');
}

const places = collectPlaces();
const numbers = CONFORMANCE_SCENARIOS.map((_, index) => index + 1);

function page(): string {
  const rows = CONFORMANCE_SCENARIOS.map(({ title, remark }, index) => {
    const what = remark === undefined ? title : `${title}. *${remark}.*`;
    const all = places.get(index + 1) ?? [];
    const [others, ofDhcp6] = [false, true].map((is) => all.filter((place) => isOfDhcp6(place) === is));
    return `| ${index + 1} | ${what} | ${others!.join(', ')} | ${ofDhcp6!.join(', ')} |`.replaceAll(
      '  |',
      ' |',
    );
  });
  return `# Conformance

High availability behaves as Kea's does in ${CONFORMANCE_SCENARIOS.length} scenarios, taken from the unit tests of Kea's HA hook library. The name of
each test begins with the numbers of the scenarios that it checks: \`grep -rn '\\[scenario' test/\` finds them. What is
checked otherwise than in Kea, on purpose, stands in italics; what is checked with DHCPv6 besides, where leases, clients or
queries of a family are at stake, stands in the last column: the state machine, its commands and its service know no
family. [ha.md](ha.md) and [kea-compatibility.md](kea-compatibility.md) have all differences.

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
    OF_EACH_FAMILY.filter((number) => places.get(number)?.some(isOfDhcp6) !== true),
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
  t.same(numbersIn(quoted('[scenarios 1, 23] x')), [1, 23]);
  t.same(numbersIn(`t.test(\n  \`[scenario 4] \${x}\``), [4]);
  t.same(numbersIn('// as in [scenario 5]'), []);
  t.same(numbersIn(quoted('as in [scenario 6]')), []);
});

t.test('docs/conformance.md says which test is where', async (t) => {
  checkPage(t, 'conformance.md', page());
});
