/**
 * The perfmon library with DHCPv6: the real Kea 3.0 and Tandem measure the same durations of the same queries, under the same
 * names in commands and statistics, and answer commands alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { playSteps } from './differential6/player.ts';
import type { Ia, Relay, Step } from './differential6/steps.ts';
import { needServers } from './kea.ts';
import { nearSubnet6 } from './scene6.ts';
import { type Side6, sidesBesideKea6 } from './sides6.ts';

/** Intervals of a second, a little more than which Kea needs to see that one is over. */
const INTERVAL_MS = 1_200;
const RAPID_COMMIT = [14, ''] as const;
const ELSEWHERE: Relay = { link: '2001:db8:99::1', peer: 'fe80::7', options: [] };

function configured(threads: boolean): Record<string, unknown> {
  return {
    'multi-threading': { 'enable-multi-threading': threads, 'thread-pool-size': 2, 'packet-queue-size': 64 },
    'cache-max-age': 0,
    subnet6: [nearSubnet6({ 'rapid-commit': true })],
    'hooks-libraries': [
      {
        library: 'libdhcp_perfmon.so',
        parameters: { 'enable-monitoring': true, 'interval-width-secs': 1 },
      },
    ],
  };
}

/** Every kind of query, as often as it is answered otherwise. */
function queries(): Step[] {
  const { solicit, request, confirm, renew, rebind, release, decline, informationRequest } = MessageType;
  const client = (number: number): string => `00030001020000000${number}01`;
  const held: Ia = { kind: 'na', iaid: 1, parts: ['2001:db8:1::1005'] };
  const common = { script: 0, duid: client(1), server: null, ias: [held], options: [], relays: [] };
  return [
    { ...common, type: solicit },
    { ...common, type: solicit, duid: client(2), options: [RAPID_COMMIT] },
    { ...common, type: request, server: 'own' },
    { ...common, type: confirm },
    { ...common, type: renew, server: 'own' },
    { ...common, type: rebind },
    { ...common, type: informationRequest, ias: [] },
    { ...common, type: decline, server: 'own', duid: client(3) },
    { ...common, type: release, server: 'own' },
    { ...common, type: solicit, duid: client(4), relays: [ELSEWHERE] },
  ];
}

const COMMANDS: readonly (readonly [command: string, args?: Record<string, unknown>])[] = [
  ['perfmon-control'],
  ['perfmon-control', { 'stats-mgr-reporting': false }],
  ['perfmon-control', { 'enable-monitoring': 1 }],
  ['perfmon-get-all-durations', { 'result-set-format': 'true' }],
  ['perfmon-control', { 'enable-monitoring': false }],
];

/** What has to be the same of a server that was asked in several intervals. */
async function measured({ network, server }: Side6) {
  await server.start();
  for (let interval = 0; interval < 3; interval++) {
    await playSteps(network, queries());
    // Tandem has reported by then, whether or not more answers come.
    await sleep(INTERVAL_MS);
  }
  const { result, arguments: found } = await server.command('perfmon-get-all-durations', {
    'result-set-format': true,
  });
  const set = (found as { 'durations-result-set': { columns: string[]; rows: unknown[][] } })[
    'durations-result-set'
  ];
  const { arguments: all } = await server.command('statistic-get-all');
  const answers: unknown[] = [];
  for (const [command, args] of COMMANDS) answers.push(await server.command(command, args));
  await server.stop();
  return {
    result,
    columns: set.columns,
    keys: set.rows.map((row) => row.slice(0, 5).join(' ')),
    statistics: Object.keys(all as object)
      .filter((each) => each.includes('perfmon'))
      .sort(),
    answers,
  };
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const [what, threads] of [
  ['several threads', true],
  ['one thread', false],
] as const)
  t.test(`the same durations, statistics and answers, ${what}`, { buffered: true }, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'], 'kea-dhcp6')) return;
    const { kea, own } = await sidesBesideKea6(t, 'kea 3.0', () => configured(threads));
    const [theirs, ours] = await Promise.all([measured(kea), measured(own)]);
    t.same(ours, theirs);
    t.equal(theirs.keys.length, threads ? 60 : 48, `${theirs.keys.length} durations`);
  });
