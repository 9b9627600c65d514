/**
 * The perfmon library: the real Kea 3.0 and Tandem measure the same durations of the same queries, under the same names in
 * commands and statistics, answer the same to what is wrong, and raise and clear the same alarms.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay } from './comparing.ts';
import { ADDRESS, SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import type { Network } from './network.ts';
import type { DhcpServer } from './server.ts';
import { until } from './waiting.ts';

/** Of the library: intervals of a second, a little more than which Kea needs to see that one is over. */
const INTERVAL_MS = 1_200;
/** Above the high water of the alarm; more each time, because a busy machine takes its time to start who asks. */
const STOPPED_MS = 800;
const ALARM_MS = 120_000;

const ALARM = {
  'duration-key': {
    'query-type': 'DHCPDISCOVER',
    'response-type': 'DHCPOFFER',
    'start-event': 'socket_received',
    'stop-event': 'buffer_read',
  },
  'high-water-ms': 300,
  'low-water-ms': 299,
};

function configured(threads: boolean, socketType = 'udp') {
  const parameters = {
    'enable-monitoring': true,
    'interval-width-secs': 1,
    'alarm-report-secs': 0,
    alarms: [ALARM],
  };
  return {
    'multi-threading': { 'enable-multi-threading': threads, 'thread-pool-size': 2, 'packet-queue-size': 64 },
    'interfaces-config': { interfaces: [SERVERS_SEGMENT], 'dhcp-socket-type': socketType },
    'cache-max-age': 0,
    authoritative: true,
    'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }, { library: 'libdhcp_perfmon.so', parameters }],
  };
}

/** Every kind of answer, and queries without one. */
function queries(server: ServerName) {
  const { request, inform, release, decline } = MessageType;
  const fields = { mac: '02:00:00:00:01:01', giaddr: ADDRESS.load };
  const wanted = [50, ip('10.65.1.9')] as const;
  const elsewhere = [50, ip('192.168.1.9')] as const;
  const own = [54, ip(ADDRESS[server])] as const;
  return [
    packet({ ...fields, xid: 1 }),
    packet({ ...fields, xid: 2, type: request, options: [wanted, own] }),
    packet({ ...fields, xid: 3, type: request, options: [elsewhere] }),
    packet({ ...fields, xid: 4, type: request, options: [elsewhere, [118, ip('172.16.9.9')]] }),
    packet({ ...fields, xid: 5, type: inform, ciaddr: ADDRESS.load, giaddr: '0.0.0.0' }),
    packet({ ...fields, xid: 6, type: decline, options: [wanted, own] }),
    packet({ ...fields, xid: 7, type: release, ciaddr: '10.65.1.9' }),
    packet({ ...fields, xid: 8, giaddr: '172.16.9.9' }),
  ].map((datagram) => ({ datagram }));
}

type Row = readonly [...key: unknown[]];

async function resultSet(server: DhcpServer) {
  const { result, arguments: found } = await server.command('perfmon-get-all-durations', {
    'result-set-format': true,
  });
  const set = (found as { 'durations-result-set': { columns: string[]; rows: Row[] } })[
    'durations-result-set'
  ];
  return { result, columns: set.columns, rows: set.rows };
}

/** What has to be the same of a server that was asked in three intervals. */
async function measured(network: Network, name: ServerName, server: DhcpServer) {
  await server.start();
  const before = await server.command('perfmon-get-all-durations');
  for (let interval = 0; interval < 3; interval++) {
    await askAsRelay(network, name, queries(name));
    await sleep(INTERVAL_MS);
  }
  await askAsRelay(network, name, queries(name));
  // Tandem has reported by then, whether or not more answers come.
  await sleep(INTERVAL_MS);
  const { result, columns, rows } = await resultSet(server);
  const { arguments: all } = await server.command('statistic-get-all');
  const element = (
    (await server.command('perfmon-get-all-durations')).arguments as { durations: object[] }
  ).durations.at(-1)!;
  return {
    before: { ...before, arguments: Object.keys(before.arguments as object).sort() },
    result,
    columns,
    keys: rows.map((row) => row.slice(0, 5).join(' ')),
    types: rows.map((row) => row.slice(5).map((value) => typeof value)),
    statistics: Object.keys(all as object)
      .filter((each) => each.includes('perfmon'))
      .sort(),
    members: Object.keys(element).sort(),
  };
}

for (const [what, threads, socketType] of [
  ['several threads', true, 'udp'],
  ['one thread', false, 'udp'],
  ['raw sockets', true, 'raw'],
] as const)
  t.test(`the same durations and statistics, ${what}`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const { network, kea, own } = besideKea(t, 'kea 3.0', configured(threads, socketType));
    const [theirs, ours] = await Promise.all([
      measured(network, 'server1', kea),
      measured(network, 'server2', own),
    ]);
    t.same(ours, theirs);
    t.equal(theirs.keys.length, threads ? 35 : 28, `${theirs.keys.length} durations`);
    await Promise.all([kea.stop(), own.stop()]);
  });

const COMMANDS: readonly (readonly [command: string, args?: Record<string, unknown>])[] = [
  ['perfmon-control'],
  ['perfmon-control', {}],
  ['perfmon-control', { 'enable-monitoring': false }],
  ['perfmon-control', { 'stats-mgr-reporting': false }],
  ['perfmon-control', { 'enable-monitoring': true, 'stats-mgr-reporting': true }],
  ['perfmon-control', { 'enable-monitoring': 1 }],
  ['perfmon-control', { 'enable-monitoring': null }],
  ['perfmon-control', { 'enable-monitoring': false, bogus: 1 }],
  ['perfmon-control', { 'enable-monitoring': false, 'stats-mgr-reporting': 'x' }],
  ['perfmon-control', { 'user-context': {}, comment: 'x' }],
  ['perfmon-get-all-durations', { 'result-set-format': 'true' }],
  ['perfmon-get-all-durations', { 'enable-monitoring': true }],
  ['perfmon-control'],
  ['config-reload'],
  ['perfmon-control'],
];

t.test('the same answers to commands', async (t) => {
  if (!needServers(t, ['kea 3.0'], ['ip'])) return;
  const { kea, own } = besideKea(t, 'kea 3.0', configured(true));
  for (const server of [kea, own]) await server.start();
  for (const [command, args] of COMMANDS) {
    const [theirs, ours] = [await kea.command(command, args), await own.command(command, args)];
    if (command === 'config-reload') t.equal(ours.result, theirs.result);
    else t.same(ours, theirs, `${command} ${JSON.stringify(args)}`);
  }
  await Promise.all([kea.stop(), own.stop()]);
});

/** Lets queries wait in the socket of a server until it says that this takes too long, and serves others until all is well. */
async function alarmed(t: Test, network: Network, name: ServerName, server: DhcpServer) {
  await server.start();
  const { arguments: status } = await server.command('status-get');
  const { pid } = status as { pid: number };
  const ask = () => askAsRelay(network, name, queries(name).slice(0, 1));
  const said = (word: RegExp): string | null => word.exec(server.log())?.[0] ?? null;
  const wait = (what: string, step: () => Promise<string | null>): Promise<string> =>
    until({ what: `${server.kind} ${what}`, timeoutMs: ALARM_MS, pollMs: 1 }, step);
  let stoppedMs = 0;
  const raised = await wait('raises the alarm', async () => {
    stoppedMs += STOPPED_MS;
    process.kill(pid, 'SIGSTOP');
    const asked = ask();
    await sleep(stoppedMs);
    process.kill(pid, 'SIGCONT');
    await asked;
    await sleep(INTERVAL_MS);
    return said(/^.*PERFMON_ALARM_TRIGGERED.*$/m);
  });
  const cleared = await wait('clears the alarm', async () => {
    await ask();
    await sleep(INTERVAL_MS);
    return said(/^.*PERFMON_ALARM_CLEARED.*$/m);
  });
  t.comment(`${raised}\n${cleared}`);
  return { raised, cleared };
}

/** What both say, each in its own form. */
const LABEL = String.raw`DHCPDISCOVER-DHCPOFFER\.socket_received-buffer_read\.0`;
const TIME = String.raw`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}`;
const MEAN = String.raw`00:00:0\d\.\d{6}`;

t.test('the same alarm is raised and cleared', async (t) => {
  if (!needServers(t, ['kea 3.0'], ['ip'])) return;
  const { network, kea, own } = besideKea(t, 'kea 3.0', configured(true));
  const theirs = await alarmed(t, network, 'server1', kea);
  t.match(
    theirs.raised,
    new RegExp(
      `WARN .*perfmon-hooks.* Alarm for ${LABEL} has been triggered since ${TIME}, reported mean duration ${MEAN} exceeds high-water-ms: 300`,
    ),
  );
  t.match(
    theirs.cleared,
    new RegExp(
      `INFO .*Alarm for ${LABEL} has been cleared, reported mean duration ${MEAN} is now below low-water-ms: 299`,
    ),
  );
  const ours = await alarmed(t, network, 'server2', own);
  const shape = { duration: new RegExp(`^${LABEL}$`), mean: new RegExp(`^${MEAN}$`) };
  t.match(JSON.parse(ours.raised), {
    ...shape,
    level: 'warn',
    since: new RegExp(`^${TIME}$`),
    highWaterMs: 300,
  });
  t.match(JSON.parse(ours.cleared), { ...shape, level: 'info', lowWaterMs: 299 });
  await Promise.all([kea.stop(), own.stop()]);
});
