/**
 * kea-ctrl-agent and kea-shell in front of Tandem's unix socket, as in front of a Kea's: the same answers, large ones and
 * errors too, many at once, and an agent that dies in the middle.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { missing } from './answer-shapes.ts';
import { type CommandAnswer, sendText } from './command.ts';
import type { CommandCase } from './command-cases.ts';
import { type ConfigurationPlan, leaseFileOf, socketOf } from './configuration.ts';
import { AGENT_PROGRAMS, type ControlAgent, forwarded, startControlAgent } from './control-agent.ts';
import { type KeaKind, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

const PROGRAMS = ['ip', ...AGENT_PROGRAMS];
/** So slow that the state machine stands still, without a partner, while the test runs. */
const HA = { relationship: { 'max-response-delay': 65_000, 'heartbeat-delay': 65_000 } };
const LEASES = 10_000;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context';
const FIRST = '10.65.0.0';
const CONNECTIONS = 20;
const GONE_MS = 10_000;
/** Number, references, protocol, flags, type, state 3. */
const CONNECTED = /^(?:\S+ +){5}03 /;

/** Whose answers are the same to the last octet. */
const SAME: readonly CommandCase[] = [
  { command: 'lease4-get-all' },
  { command: 'lease4-get-all', args: { subnets: [2] } },
  { command: 'lease4-get-page', args: { from: 'start', limit: 1000 } },
  { command: 'lease4-get', args: { 'ip-address': FIRST } },
  { command: 'lease4-get', args: { 'ip-address': '10.65.0' } },
  { command: 'lease4-get' },
  { command: 'lease4-del', args: { 'ip-address': '10.66.0.9' } },
  { command: 'statistic-get', args: { name: 'no-such-statistic' } },
  { command: 'statistic-get' },
  { command: 'dhcp-enable' },
  { command: 'no-such-command' },
];

/** Those that time or the server itself goes into: members and their types are the same. */
const ALIKE: readonly CommandCase[] = [
  { command: 'list-commands' },
  { command: 'status-get' },
  { command: 'config-get' },
  { command: 'statistic-get', args: { name: 'pkt4-received' } },
  { command: 'statistic-get-all' },
  { command: 'ha-heartbeat' },
  { command: 'stat-lease4-get' },
];

/** Commands of a DHCPv6 server are offered by libraries for both. */
const OF_DHCPV6 = /6-|4o6/;

interface Served {
  readonly agent: ControlAgent;
  readonly directory: string;
  readonly socket: string;
  readonly pid: () => Promise<number>;
}

/** One server with many leases, alone, and an agent in front of it. */
async function serve(t: Test, kind: ServerKind, at: number): Promise<Served> {
  const directory = temporaryDirectory(t);
  const libraries = ['libdhcp_stat_cmds.so'];
  const plan: ConfigurationPlan = { name: 'server1', directory, mode: 'hot-standby', ha: HA, libraries };
  writeFileSync(leaseFileOf(plan), leaseRows(at));
  const server = createServer(createNetwork(t, serversSegment()), kind, plan);
  await server.start();
  const agent = await startControlAgent(t, directory, socketOf(plan));
  const pid = async (): Promise<number> =>
    ((await server.command('status-get')).arguments as { readonly pid: number }).pid;
  return { agent, directory, socket: socketOf(plan), pid };
}

function leaseRows(at: number): string {
  const rows = Array.from({ length: LEASES }, (_, index) => {
    const [high, low] = [index >> 8, index & 255];
    const octets = [high, low].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
    const name = `host-${index}.example.org`;
    return `10.65.${high}.${low},0a:00:00:00:${octets},ff:${octets},4000,${at + 3000},1,0,0,${name},0,`;
  });
  return `${[HEADER, ...rows].join('\n')}\n`;
}

async function serveBoth(
  t: Test,
  version: KeaKind,
): Promise<{ readonly kea: Served; readonly tandem: Served }> {
  const at = Math.floor(Date.now() / 1000);
  const [kea, tandem] = await Promise.all([serve(t, version, at), serve(t, 'tandem', at)]);
  return { kea, tandem };
}

for (const version of KEAS_IN_TURN) {
  t.test(`through kea-ctrl-agent come the answers of ${version}`, async (t) => {
    if (!needServers(t, [version], PROGRAMS)) return;
    const { kea, tandem } = await serveBoth(t, version);
    for (const which of SAME) {
      const [theirs, ours] = [await kea.agent.post(which), await tandem.agent.post(which)];
      t.ok(ours === theirs, JSON.stringify(which), {
        theirs: theirs.slice(0, 500),
        ours: ours.slice(0, 500),
      });
      const shown = await tandem.agent.shell(which);
      t.ok(shown === `${ours}\n`, `kea-shell shows the same of ${which.command}`);
    }
    for (const which of ALIKE) {
      const ours = await tandem.agent.post(which);
      t.same(lacking(which, version, await kea.agent.post(which), ours), [], which.command);
      const shown = forwarded(await tandem.agent.shell(which));
      t.same(missing(forwarded(ours), shown), [], `kea-shell shows the same of ${which.command}`);
    }
    const direct = await sendText(tandem.socket, JSON.stringify({ command: 'config-get' }));
    t.equal(await tandem.agent.post({ command: 'config-get' }), `[ ${direct} ]`, 'the agent changes nothing');
  });
}

for (const version of KEAS_IN_TURN) {
  t.test(
    `${version} that is started on the socket of a Tandem leaves it alone, and the other way round`,
    async (t) => {
      if (!needServers(t, [version], ['ip'])) return;
      for (const [first, second] of [
        ['tandem', version],
        [version, 'tandem'],
      ] as const) {
        const directory = temporaryDirectory(t);
        const network = createNetwork(t, serversSegment());
        const plan = { name: 'server1', directory, mode: null } as const;
        const taken = createServer(network, first, plan);
        await taken.start();
        const socket = { 'socket-type': 'unix', 'socket-name': socketOf(plan) };
        const other = createServer(network, second, {
          ...plan,
          name: 'server2',
          dhcp4: { 'control-socket': socket },
        });
        await t.rejects(other.start(), /ended at start/, `${second} does not start`);
        t.match(other.log(), second === 'tandem' ? /another process listens/ : /lock/);
        t.equal((await taken.command('status-get')).result, 0, `${first} still listens`);
      }
    },
  );
}

/** What an answer has not that Kea's has. */
function lacking({ command }: CommandCase, version: KeaKind, kea: string, tandem: string): string[] {
  const [theirs, ours] = [forwarded(kea), forwarded(tandem)];
  // A configuration is shown as Kea 2.2 shows it, so that either version takes it.
  if (command === 'config-get' && version !== 'kea 2.2') return missing({ ...theirs, arguments: {} }, ours);
  if (command === 'list-commands') {
    const [all, own] = [theirs.arguments, ours.arguments] as [string[], string[]];
    return all.filter((name) => !own.includes(name) && !OF_DHCPV6.test(name));
  }
  if (command === 'statistic-get-all') return missing(newest(theirs), newest(ours));
  return missing(theirs, ours);
}

/** Each statistic with its newest sample: how many there are before it is a matter of time. */
function newest(answer: CommandAnswer): unknown {
  const samples = Object.entries(answer.arguments as Record<string, unknown[]>);
  return Object.fromEntries(samples.map(([name, [sample]]) => [name, sample]));
}

t.test(`${CONNECTIONS} connections through the agent at once are all answered`, async (t) => {
  if (!needServers(t, [], PROGRAMS)) return;
  const { agent, socket } = await serve(t, 'tandem', Math.floor(Date.now() / 1000));
  const asked = [...SAME, ...ALIKE, ...ALIKE].slice(0, CONNECTIONS);
  const alone: string[] = [];
  for (const which of asked) alone.push(await agent.post(which));
  const together = await Promise.all(asked.map((which) => agent.post(which)));
  asked.forEach((which, index) => {
    if (SAME.includes(which)) t.ok(together[index] === alone[index], which.command);
    else t.same(missing(forwarded(alone[index]!), forwarded(together[index]!)), [], which.command);
  });
  const large = { command: 'lease4-get-page', args: { from: 'start', limit: LEASES / 5 } };
  const first = await agent.post(large);
  const all = await Promise.all(Array.from({ length: CONNECTIONS }, () => agent.post(large)));
  t.ok(
    all.every((answer) => answer === first),
    `${CONNECTIONS} large answers, ${first.length} characters each`,
  );
  await nobodyLeft(socket);
});

t.test('an agent that is killed in the middle of answers costs the server nothing', async (t) => {
  if (!needServers(t, [], PROGRAMS)) return;
  const { agent, directory, socket, pid } = await serve(t, 'tandem', Math.floor(Date.now() / 1000));
  const server = await pid();
  const large = { command: 'lease4-get-all' };
  const whole = await agent.post(large);
  const asked = Array.from({ length: CONNECTIONS }, () => agent.post(large).catch(() => 'broken'));
  await until({ what: 'the server answers the agent', timeoutMs: GONE_MS, pollMs: 1 }, () =>
    connectionsOf(socket) > 0 ? true : null,
  );
  await agent.stop('SIGKILL');
  t.ok((await Promise.all(asked)).includes('broken'), 'it died before all were answered');
  await nobodyLeft(socket);
  const direct = JSON.parse(await sendText(socket, JSON.stringify(large)));
  t.equal(direct.arguments.leases.length, LEASES);
  const next = await startControlAgent(t, directory, socket);
  t.ok((await next.post(large)) === whole, 'the next agent gets the same');
  t.equal(await pid(), server, 'from the same process');
});

/** Resolves when no connection of the control socket is open any more. @throws Error when one stays */
async function nobodyLeft(socket: string): Promise<void> {
  await until({ what: `no connection of ${socket} is left`, timeoutMs: GONE_MS }, () =>
    connectionsOf(socket) === 0 ? true : null,
  );
}

/** The server's ends of open connections; the kernel lists them in the network of who connected. */
function connectionsOf(socket: string): number {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return lines.filter((line) => line.endsWith(` ${socket}`) && CONNECTED.test(line)).length;
}
