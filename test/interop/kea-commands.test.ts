/** Tandem and a real Kea, of either version, are told the same, command by command, and must answer the same. */
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { KEA_COMMANDS } from '../app/kea-inventory.ts';
import { differing, missing } from './answer-shapes.ts';
import { sendText } from './command.ts';
import { type CommandCase, commandCases, FREE, SEED } from './command-cases.ts';
import { DIFFERENCES, differencesFrom, type Outcome } from './command-differences.ts';
import { socketOf } from './configuration.ts';
import { KEAS, type KeaKind, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer } from './server.ts';

const PROGRAMS = ['ip'];
/** So slow that the state machine stands still, without a partner, while the test runs. */
const HA = { relationship: { 'max-response-delay': 65_000, 'heartbeat-delay': 65_000 } };
/** Kea's words for the place of a value in the command. */
const POSITION = / ?(in )?\(<wire>[^)]*\)/;
/** Each server has its own. */
const DIRECTORY = /\/\S*\/(?=server1\.json)/;

/** [Kea 3] What a lease by a command does to the statistics of a pool; it is not among those that were ever assigned. */
const OF_A_POOL = /^subnet\[\d+\]\.pool\[\d+\]\.(?!cumulative)/;

/** Libraries that serve both offer the commands of both. */
const OF_DHCPV6 = /6-/;
const IN_A_POOL = { 'ip-address': '10.80.0.120', 'hw-address': '0a:00:00:00:00:09' };

type Ask = (which: CommandCase) => Promise<string>;

/** Starts one server alone, though its configuration has a partner. */
async function start(t: Test, kind: ServerKind, libraries = ['libdhcp_stat_cmds.so']): Promise<Ask> {
  const directory = temporaryDirectory(t);
  const plan = { name: 'server1', directory, mode: 'hot-standby', ha: HA, libraries } as const;
  await createServer(createNetwork(t, serversSegment()), kind, plan).start();
  return ({ command, args }) => sendText(socketOf(plan), JSON.stringify({ command, arguments: args }));
}

async function startBoth(t: Test, version: KeaKind): Promise<{ readonly kea: Ask; readonly tandem: Ask }> {
  const [kea, tandem] = await Promise.all([start(t, version), start(t, 'tandem')]);
  for (const ask of [kea, tandem]) await ask({ command: 'lease4-add', args: SEED });
  return { kea, tandem };
}

function outcomeOf(text: string): Outcome {
  if (text === '') return { result: -1, text: '' };
  const { result, text: words = '' } = JSON.parse(text);
  return { result, text: words.replace(POSITION, '').replace(DIRECTORY, '') };
}

/** The value of the newest sample. */
function newest(samples: unknown): unknown {
  return (samples as [[unknown, string]])[0][0];
}

function argumentsOf(text: string): Record<string, unknown> {
  return JSON.parse(text).arguments;
}

for (const version of KEAS) {
  t.test(
    `result and text of every command with every kind of arguments are those of ${version}`,
    async (t) => {
      if (!needServers(t, [version], PROGRAMS)) return;
      const { kea, tandem } = await startBoth(t, version);
      const differences = differencesFrom(version);
      const used = new Set<string>();
      const wrong: unknown[] = [];
      const cases = commandCases(version);
      for (const which of cases) {
        const theirs = outcomeOf(await kea(which));
        const ours = outcomeOf(await tandem(which));
        for (const ask of [kea, tandem]) {
          await ask({ command: 'lease4-del', args: { 'ip-address': FREE } });
          if (which.command === 'lease4-wipe') await ask({ command: 'lease4-add', args: SEED });
        }
        if (theirs.result === ours.result && theirs.text === ours.text) continue;
        const known = differences.find(({ covers }) => covers(which, theirs, ours));
        if (known === undefined) wrong.push({ ...which, theirs, ours });
        else used.add(known.reason);
      }
      t.comment(`${cases.length} commands`);
      t.same(wrong, []);
      t.same(
        differences.map(({ reason }) => reason).filter((reason) => !used.has(reason)),
        [],
        'a difference that is no more is taken out',
      );
    },
  );

  t.test(`the same answers come octet for octet as from ${version}`, async (t) => {
    if (!needServers(t, [version], PROGRAMS)) return;
    const { kea, tandem } = await startBoth(t, version);
    const seed = {
      ...SEED,
      'user-context': { list: [], map: {}, values: [1, 2.5, null, true, 'a"/b'] },
      expire: 1_900_000_000,
    };
    for (const ask of [kea, tandem]) await ask({ command: 'lease4-update', args: seed });
    for (const which of [
      { command: 'lease4-get-all' },
      { command: 'lease4-get-page', args: { from: 'start', limit: 10 } },
      { command: 'lease4-get', args: { 'ip-address': SEED['ip-address'] } },
      { command: 'lease4-get-by-hw-address', args: { 'hw-address': 'ff:ff' } },
      { command: 'no-such-command' },
      { command: 'statistic-get', args: { name: 'no-such-statistic' } },
      { command: 'dhcp-enable' },
    ])
      t.equal(await tandem(which), await kea(which), JSON.stringify(which));
  });

  t.test(`status-get and statistic-get-all have everything that ${version} has`, async (t) => {
    if (!needServers(t, [version], PROGRAMS)) return;
    const { kea, tandem } = await startBoth(t, version);
    const [theirs, ours] = await Promise.all([
      kea({ command: 'status-get' }),
      tandem({ command: 'status-get' }),
    ]);
    t.same(missing(argumentsOf(theirs), argumentsOf(ours)), []);
    const statistics = { command: 'statistic-get-all' };
    // A lease in a pool, beside the one that is in none.
    for (const ask of [kea, tandem]) await ask({ command: 'lease4-add', args: IN_A_POOL });
    const [samples, own] = [argumentsOf(await kea(statistics)), argumentsOf(await tandem(statistics))];
    t.same(
      Object.keys(samples).filter((name) => !Object.hasOwn(own, name)),
      [],
    );
    const ofPools = Object.keys(samples).filter((name) => OF_A_POOL.test(name));
    t.equal(ofPools.length > 0, version === 'kea 3.0', 'Kea counts for each pool since 2.4');
    for (const name of ofPools) t.equal(newest(own[name]), newest(samples[name]), name);
  });
}

t.test('the inventory of commands has every one that Kea 3.0 has with its libraries', async (t) => {
  if (!needServers(t, ['kea 3.0'], PROGRAMS)) return;
  const others = Object.keys(KEA_COMMANDS).filter((name) => !['server', 'lease_cmds', 'ha'].includes(name));
  const ask = await start(
    t,
    'kea 3.0',
    others.map((name) => `libdhcp_${name}.so`),
  );
  const names = JSON.parse(await ask({ command: 'list-commands' })).arguments as string[];
  const known = Object.values(KEA_COMMANDS).flat();
  t.same(
    names.filter((name) => !known.includes(name) && !OF_DHCPV6.test(name)),
    [],
  );
  t.ok(names.length > known.length / 2, `${names.length} commands`);
});

t.test(
  'config-get has everything that Kea 2.2 has, with the same values, and can be sent back',
  async (t) => {
    if (!needServers(t, ['kea 2.2'], PROGRAMS)) return;
    const { kea, tandem } = await startBoth(t, 'kea 2.2');
    const get = { command: 'config-get' };
    const [theirs, ours] = [argumentsOf(await kea(get)), argumentsOf(await tandem(get))];
    t.same(differing(theirs, ours), [
      // The two work in directories of their own, libraries are found in that of the version, and the default of
      // restrict-commands is that of Kea since 2.7.8.
      '/Dhcp4/control-socket/socket-name',
      '/Dhcp4/hooks-libraries/0/library',
      '/Dhcp4/hooks-libraries/1/library',
      '/Dhcp4/hooks-libraries/1/parameters/high-availability/0/restrict-commands',
      '/Dhcp4/hooks-libraries/2/library',
      '/Dhcp4/lease-database/name',
    ]);
    const again = argumentsOf(await tandem({ command: 'config-set', args: ours }));
    t.equal(again['hash'], ours['hash'], 'what was answered is what is taken');
    t.equal(JSON.parse(await kea({ command: 'config-test', args: { Dhcp4: ours['Dhcp4'] } })).result, 0);
  },
);

t.test('docs/kea-compatibility.md tells every difference', async (t) => {
  const page = readFileSync(new URL('../../../docs/kea-compatibility.md', import.meta.url), 'utf8');
  for (const { reason } of DIFFERENCES) t.ok(page.includes(`- ${reason}\n`), reason);
});
