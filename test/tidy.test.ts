/** The rules of the project that no compiler or linter knows: sizes, the hot path, the only doors, documents. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findHotPathBans, findLongFunctions, findUses, readSource } from './support/source-rules.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;

/** Code tables: long because the protocol is, with one row a line. */
const LONG_TABLES: readonly string[] = [];

/** Folders whose code runs for every packet. */
const HOT_FOLDERS = [
  'src/base/',
  'src/dhcp4/',
  'src/dhcp6/',
  'src/classes/',
  'src/wasm/',
  'src/lease/',
  'src/hosts/',
  'src/loadbalance/',
  'src/engine/',
  'src/io/',
  'src/shard/',
];

/** Files in those folders that no packet passes through, each with the reason. */
const COLD_FILES: Readonly<Record<string, string>> = {
  'src/base/encoded-json.ts': 'answers to commands',
  'src/base/kea-json.ts': 'answers to commands, leases out of commands and files',
  'src/base/date.ts': 'text for people and files',
  'src/base/hex.ts': 'text for people and files',
  'src/base/hex-text.ts': 'text of people',
  'src/base/ipv4.ts': 'text for people and files',
  'src/base/ipv6-text.ts': 'text for people and files',
  'src/classes/groups.ts': 'compiles expressions at start',
  'src/classes/keyed.ts': 'compiles expressions at start',
  'src/classes/known.ts': 'compiles expressions at start',
  'src/classes/parse-option.ts': 'reads expressions at start',
  'src/classes/parse.ts': 'reads expressions at start',
  'src/classes/reader.ts': 'reads expressions at start',
  'src/classes/regexp-parse.ts': 'reads expressions at start',
  'src/classes/regexp.ts': 'compiles expressions at start',
  'src/classes/tokens.ts': 'reads expressions at start',
  'src/base/inlining.ts': 'set at the start of the process',
  'src/base/program-file.ts': 'names files at start',
  'src/base/shared-values.ts': 'compiles the configuration at start',
  'src/dhcp6/option-shapes.ts': 'compiles expressions at start',
  'src/engine/classes/ha-classes.ts': 'compiles the configuration at start',
  'src/engine/classes/kept-classes.ts': 'compiles the configuration at start',
  'src/engine/dhcp6/hosts/compiled-host.ts': 'compiles the configuration at start',
  'src/engine/dhcp6/subnets/pool-series.ts': 'joins the pools of a configuration',
  'src/engine/dhcp6/reply/reply-plan.ts': 'made once a combination of scopes',
  'src/engine/dhcp6/reply/reply-size.ts': 'measures the configuration at start',
  'src/engine/leases/lease-refusals.ts': 'text for whoever sends a lease that is not taken',
  'src/engine/dhcp6/leases/lease-refusals.ts': 'text for whoever sends a lease that is not taken',
  'src/engine/leases/main-lease-store-base.ts': 'the lease store of the main thread',
  'src/engine/reply/option-merge.ts': 'merges options once a combination of scopes',
  'src/engine/reply/option-scopes.ts': 'joins pools once a combination of them',
  'src/engine/reply/option-size.ts': 'measures the configuration at start',
  'src/engine/reply/flex-size.ts': 'measures the configuration at start',
  'src/engine/reply/plan-roots.ts': 'compiles the configuration at start',
  'src/engine/leases/reclaim.ts': 'a timer of the main thread',
  'src/engine/dhcp6/leases/expiring-leases.ts': 'a timer of the main thread',
  'src/engine/reply/reply-plan.ts': 'made once a combination of scopes',
  'src/engine/subnets/pool-series.ts': 'joins the pools of a configuration',
  'src/engine/figures/statistic-names.ts': 'its names are for reports; cells are added to by number',
  'src/engine/reply/option-winners.ts': 'merges options once a combination of scopes',
  'src/io/capabilities.ts': 'text for errors',
  'src/io/open-advice.ts': 'text for errors',
  'src/io/packet-socket.ts': 'opens sockets at start',
  'src/io/query-filter.ts': 'makes programs for sockets at start',
  'src/io/steering.ts': 'makes programs for sockets at start',
  'src/io/session-secrets.ts': 'a connection of a partner, once',
  'src/io/stream-socket.ts': 'a connection of a partner, once',
  'src/lease/dhcp4/extended-info.ts': 'leases of the lease file and of commands',
  'src/lease/dhcp6/extended-info.ts': 'leases of the lease file and of commands',
  'src/lease/relay-context.ts': 'leases of the lease file and of commands',
  'src/lease/pool-blocks.ts': 'lays out the pools of a configuration',
  'src/lease/dhcp6/pools/layout.ts': 'lays out the pools of a configuration',
  'src/lease/row-codec.ts': 'the header of a file, once',
  'src/io/libc.ts': 'declares the calls; its text is for errors',
  'src/io/udp.ts': 'opens sockets at start',
  'src/io/udp6.ts': 'opens sockets at start',
  'src/shard/dhcp4/context.ts': 'builds the context once',
};

const sources = ['src', 'bench', 'assembly', 'test'].flatMap((folder) =>
  filesUnder(folder, '.ts').map((path) => readSource(ROOT, path)),
);
const product = sources.filter(({ path }) => !path.startsWith('test/'));

t.test('files are short enough to read at one sitting', async (t) => {
  const long = product.filter(({ text }) => text.split('\n').length - 1 > FILE_LINES_MAX);
  t.same(
    long.map(({ path }) => path),
    LONG_TABLES,
    `more than ${FILE_LINES_MAX} lines: split the file where its second idea begins`,
  );
});

t.test('functions fit on a screen', async (t) => {
  const long = sources.flatMap((source) => findLongFunctions(source, FUNCTION_LINES_MAX));
  t.same(long, [], `more than ${FUNCTION_LINES_MAX} lines: name the steps and call them`);
});

t.test('the hot path has no construct that allocates or waits', async (t) => {
  const hot = product.filter(({ path }) => HOT_FOLDERS.some((folder) => path.startsWith(folder)));
  const findings = new Map(hot.map((source) => [source.path, findHotPathBans(source)]));
  const bad = [...findings].filter(([path]) => COLD_FILES[path] === undefined).flatMap(([, found]) => found);
  t.same(bad, []);
  const idle = Object.keys(COLD_FILES).filter((path) => (findings.get(path) ?? []).length === 0);
  t.same(idle, [], 'an exemption that nothing needs is removed');
});

t.test('clock, chance and the end of the process have one door each', async (t) => {
  const doors = [
    { object: 'Date', member: 'now', door: 'src/base/clock.ts' },
    // The demo measures itself by it; nothing that it does depends on it.
    { object: 'performance', member: 'now', door: 'src/base/clock.ts', alsoIn: 'src/demo/' },
    { object: 'Math', member: 'random', door: 'src/base/random.ts' },
    { object: 'process', member: 'exit', door: 'src/main.ts' },
  ];
  for (const { object, member, door, alsoIn = door } of doors) {
    const elsewhere = product
      .filter(({ path }) => path.startsWith('src/') && path !== door && !path.startsWith(alsoIn))
      .flatMap((source) => findUses(source, object, member));
    t.same(elsewhere, [], `${object}.${member} is used in ${door} only`);
  }
});

t.test('nothing is promised for later', async (t) => {
  const words = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X'].join(''));
  const documents = documentPaths().map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));
  const promises = [...sources, ...documents].filter(({ text }) => words.test(text)).map(({ path }) => path);
  t.same(promises, []);
});

t.test('the lock file names no registry host', async (t) => {
  const named = Object.entries(lockedPackages()).filter(([, entry]) => entry.resolved !== undefined);
  t.same(named, [], 'npm fills the host in from its own settings');
});

t.test('the lock file holds the packages of every platform', async (t) => {
  const packages = lockedPackages();
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  t.same(missing, [], 'npm ci refuses a lock file that lacks one of them');
});

t.test('every document can be reached from the README by links', async (t) => {
  const reached = new Set<string>();
  const open = ['README.md'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path) || !path.endsWith('.md') || !existsSync(ROOT + path)) continue;
    reached.add(path);
    open.push(...linksOf(path));
  }
  t.same(
    documentPaths().filter((path) => !reached.has(path)),
    [],
  );
});

t.test('no document links to a file that does not exist', async (t) => {
  const dead = documentPaths().flatMap((path) =>
    linksOf(path)
      .filter((target) => !existsSync(ROOT + target))
      .map((target) => `${path} -> ${target}`),
  );
  t.same(dead, []);
});

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function lockedPackages(): Record<string, LockedPackage> {
  return JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')).packages;
}

function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(ROOT + folder)) return [];
  return readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function documentPaths(): string[] {
  return [...['README.md'].filter((path) => existsSync(ROOT + path)), ...filesUnder('docs', '.md')];
}

/** Targets of relative links in a document, as paths from the project's root. */
function linksOf(document: string): string[] {
  const text = readFileSync(ROOT + document, 'utf8');
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(`${dirname(document)}/${target}`));
}
