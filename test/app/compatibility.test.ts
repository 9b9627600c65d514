/** docs/kea-compatibility.md has the state of every command, hook library and statistic of Kea, made from what runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PERFMON_PAIRS } from '../../src/config/hook-model.ts';
import { BUILT_IN, KNOWN } from '../../src/config/sections/hooks.ts';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { SPANS } from '../../src/engine/figures/durations.ts';
import { durationOf, keyOf, statisticOf } from '../../src/hooks/duration-key.ts';
import { writeConfig6 } from './dhcp6/relay.ts';
import {
  KEA_COMMANDS,
  KEA_COMMANDS_6,
  KEA_DURATIONS,
  KEA_LIBRARIES,
  KEA_STATISTICS,
  KEA_STATISTICS_6,
} from './kea-inventory.ts';
import { freeUdpPort, scratch, serve } from './process.ts';
import { ask, Reloadable, SERVER } from './reloading.ts';

const BEGIN = '<!-- commands, libraries, statistics: made by test/app/compatibility.test.ts -->\n';
const END = '<!-- end of commands, libraries, statistics -->\n';

/** What stands before the name of a statistic, in the server that is asked. */
const PLACES = {
  server: '',
  subnet: 'subnet[1].',
  pool: 'subnet[1].pool[0].',
  'pd-pool': 'subnet[1].pd-pool[0].',
} as const;
const STATISTIC = /^(?:subnet\[1\]\.(?:(?:pd-)?pool\[0\]\.)?)?/;

/** The library that needs parameters to be loaded at all. */
async function haLibrary(): Promise<object> {
  const [one, two] = [await findFreeTcpPort(SERVER), await findFreeTcpPort(SERVER)];
  const relationship = {
    'this-server-name': 'one',
    mode: 'hot-standby',
    'heartbeat-delay': 65_000,
    'max-response-delay': 65_000,
    peers: [
      { name: 'one', url: `http://${SERVER}:${one}/`, role: 'primary' },
      { name: 'two', url: `http://${SERVER}:${two}/`, role: 'standby' },
    ],
  };
  return { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } };
}

/** Libraries that bring commands. */
async function libraries(): Promise<object[]> {
  const names = Object.keys(KEA_COMMANDS).filter((name) => BUILT_IN.has(name) && name !== 'ha');
  return [...names.map((name) => ({ library: `libdhcp_${name}.so` })), await haLibrary()];
}

/** The statistics of durations, which come with traffic alone. */
function durations(): readonly string[] {
  const spans = Array.from({ length: SPANS }, (_, span) => durationOf(0, span));
  return spans.flatMap((duration) =>
    [true, false].map((hasQueue) =>
      statisticOf({
        ...keyOf(duration, PERFMON_PAIRS[4], hasQueue),
        queryType: 'QUERY',
        responseType: 'RESPONSE',
      }),
    ),
  );
}

/** Commands that have the family in their name. */
const OF_DHCP4 = /^(?:stat-)?(?:lease|subnet|network)4/;

/** What a server has. */
interface Has {
  readonly commands: readonly string[];
  readonly statistics: readonly string[];
}

/** What a DHCPv6 server with pools of addresses and of prefixes has. */
async function dhcp6Has(t: Test): Promise<Has> {
  const directory = scratch(t);
  const names = ['subnet_cmds', 'class_cmds', 'host_cmds', 'lease_cmds', 'stat_cmds'];
  const libraries = [...names.map((name) => ({ library: `libdhcp_${name}.so` })), await haLibrary()];
  const file = writeConfig6(directory, {
    'hooks-libraries': libraries,
    'interfaces-config': { interfaces: [] },
  });
  await serve(t, file, freeUdpPort(), ['--ignore-unsupported']);
  const socket = join(directory, 'ctl');
  const commands = (await ask({ socket }, 'list-commands')).arguments as unknown as string[];
  const statistics = Object.keys((await ask({ socket }, 'statistic-get-all')).arguments ?? {});
  return { commands, statistics };
}

const quoted = (names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ');

function row(first: string, ...cells: readonly (readonly string[])[]): string {
  return `| ${first} |${cells.map((names) => (names.length === 0 ? ' |' : ` ${quoted(names)} |`)).join('')}`;
}

/** A row for each library. @param commands of a server with every library */
function commandRows(
  inventory: Readonly<Record<string, readonly string[]>>,
  commands: readonly string[],
): string[] {
  return Object.entries(inventory).map(([library, names]) =>
    row(
      library === 'server' ? 'the server' : `\`${library}\``,
      names.filter((name) => commands.includes(name)),
      names.filter((name) => !commands.includes(name)),
    ),
  );
}

/** Kea's commands of a DHCPv6 server: those of both families are in it as in the inventory of DHCPv4. */
function inventory6(): Readonly<Record<string, readonly string[]>> {
  const shared = Object.entries(KEA_COMMANDS).map(
    ([library, names]) =>
      [
        library,
        [...names.filter((name) => !OF_DHCP4.test(name)), ...(KEA_COMMANDS_6[library] ?? [])],
      ] as const,
  );
  return Object.fromEntries(shared);
}

type Inventory = Readonly<Partial<Record<keyof typeof PLACES, readonly string[]>>>;

/** A row for each place that has statistics. */
function statisticRows(inventory: Inventory, statistics: readonly string[]): string[] {
  return Object.entries(inventory).map(([place, names]) => {
    const there = (name: string): boolean => statistics.includes(PLACES[place as keyof typeof PLACES] + name);
    return row(
      `each ${place}`,
      names.filter(there),
      names.filter((name) => !there(name)),
    );
  });
}

/** Those that Kea does not have, and that have no name of Tandem's own. */
function unheard(inventory: Inventory, statistics: readonly string[]): string[] {
  return statistics
    .map((name) => name.replace(STATISTIC, ''))
    .filter((name) => !name.startsWith('tandem-') && !Object.values(inventory).flat().includes(name));
}

/** The tables. @param server of DHCPv4 with every library and a pool. @param server6 the same of DHCPv6 */
function tables({ commands, statistics }: Has, server6: Has): string {
  const known = Object.values(KEA_COMMANDS).flat();
  const ofLibraries = commandRows(KEA_COMMANDS, commands);
  const own = commands.filter((name) => !known.includes(name));
  return [
    '| commands of | as in Kea | not implemented |',
    '|---|---|---|',
    ...ofLibraries,
    row('Tandem itself', own, []),
    '',
    '| commands of DHCPv6, of | as in Kea | not implemented |',
    '|---|---|---|',
    ...commandRows(inventory6(), server6.commands),
    '',
    '| library | built in | known and refused |',
    '|---|---|---|',
    row(
      '`libdhcp_NAME.so`',
      KEA_LIBRARIES.filter((name) => BUILT_IN.has(name)),
      KEA_LIBRARIES.filter((name) => KNOWN.has(name)),
    ),
    '',
    '| statistics of | as in Kea | not counted |',
    '|---|---|---|',
    ...statisticRows(KEA_STATISTICS, statistics),
    row(
      'perfmon, of the server and of each subnet',
      KEA_DURATIONS.filter((name) => durations().includes(name)),
      KEA_DURATIONS.filter((name) => !durations().includes(name)),
    ),
    '',
    '| statistics of DHCPv6, of | as in Kea | not counted |',
    '|---|---|---|',
    ...statisticRows(KEA_STATISTICS_6, server6.statistics),
  ].join('\n');
}

t.test('the page has the state of every command, library and statistic', async (t) => {
  const server = await Reloadable.start(t, scratch(t), { 'hooks-libraries': await libraries() });
  const commands = (await server.ask('list-commands')).arguments as unknown as string[];
  const statistics = Object.keys((await server.ask('statistic-get-all')).arguments ?? {});
  t.same(
    [...KEA_LIBRARIES].sort(),
    [...BUILT_IN, ...KNOWN].sort(),
    'every library of the program is one of Kea and the other way round',
  );
  t.same(
    durations().filter((name) => !KEA_DURATIONS.includes(name)),
    [],
    'no duration that Kea does not have',
  );
  const server6 = await dhcp6Has(t);
  t.same(unheard(KEA_STATISTICS, statistics), [], 'a statistic that Kea does not have begins with tandem-');
  t.same(unheard(KEA_STATISTICS_6, server6.statistics), [], 'also of DHCPv6');
  const file = new URL('../../../docs/kea-compatibility.md', import.meta.url);
  const page = readFileSync(file, 'utf8');
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  t.ok(begin > BEGIN.length && end > begin, 'both marks are there');
  const made = tables({ commands, statistics }, server6);
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined)
    writeFileSync(file, `${page.slice(0, begin)}\n${made}\n\n${page.slice(end)}`);
  else t.equal(page.slice(begin, end).trim(), made);
});
