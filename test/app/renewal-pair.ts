/** Two servers in processes of their own that speak over TLS with certificates which run out soon, and files to replace. */
import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { LOOK_INTERVAL_MS } from '../../src/app/control/credential-files.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { runCtl } from '../../src/cli/ctl.ts';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { LoadClient } from '../../src/load/client.ts';
import { Authority, type Issued } from '../support/authority.ts';
import { type ServerUnderTest, scratch, serve, writeConfig } from './process.ts';
import { Relay } from './relay.ts';

const ADDRESS = '127.0.0.1';
const NAMES = ['server1', 'server2'] as const;
type Name = (typeof NAMES)[number];
/**
 * The certificates that run out live for the looks at the files that a story waits for, two for each of two changes, and for so
 * many times what the pair took to start, because all takes longer on a busy machine.
 */
const LOOKS_MS = 4 * LOOK_INTERVAL_MS;
const LIFE_FACTOR = 4;
const WORK_MS_MIN = 12_000;
const WORK_MS_MAX = 80_000;
const STATE_MS = 60_000;
const LOG_MS = LOOKS_MS + WORK_MS_MAX + 30_000;
const FAILURES = [
  'TDM_HA_HEARTBEAT_FAILED',
  'TDM_HA_UPDATE_FAILED',
  'TDM_HTTP_REFUSED',
  'TDM_HA_SYNC_FAILED',
];

export interface Member {
  readonly name: Name;
  readonly directory: string;
  readonly port: number;
  readonly httpPort: number;
  readonly configFile: string;
  server: ServerUnderTest;
  /** Lines of the log up to the one which says that the certificates that run out are in use. */
  logFrom: number;
}

export interface Story {
  readonly t: Test;
  readonly authority: Authority;
  readonly members: readonly Member[];
  readonly relayPort: number;
  /** Each carries what one server asks the other. */
  readonly relays: readonly Relay[];
}

/** Both servers whole, with certificates that run out soon, which they have shown each other. */
export async function startPair(t: Test): Promise<Story> {
  const startMs = performance.now();
  const authority = new Authority(scratch(t), 'authority');
  const relayPort = await findFreeUdpPort(ADDRESS);
  const peerPorts = new Map<Name, number>();
  const relays = new Map<Name, Relay>();
  for (const name of NAMES) {
    const port = await findFreeTcpPort(ADDRESS);
    const relay = await Relay.start(port);
    t.teardown(() => relay.close());
    peerPorts.set(name, port);
    relays.set(name, relay);
  }
  const members: Member[] = [];
  for (const name of NAMES) {
    const directory = scratch(t);
    put(directory, authority, authority.issue(name));
    writeFileSync(join(directory, 'password'), 'first secret\n');
    const port = await findFreeUdpPort(ADDRESS);
    const httpPort = await findFreeTcpPort(ADDRESS);
    const configFile = writePairConfig(name, directory, httpPort, (peer) =>
      peer === name ? peerPorts.get(peer)! : relays.get(peer)!.port,
    );
    const server = await serve(t, configFile, port, ['-P', `${relayPort}`]);
    members.push({ name, directory, port, httpPort, configFile, server, logFrom: 0 });
  }
  const story = { t, authority, members, relayPort, relays: [...relays.values()] };
  await reachWhole(story);
  const startedMs = performance.now() - startMs;
  const workMs = Math.min(WORK_MS_MAX, Math.max(WORK_MS_MIN, LIFE_FACTOR * startedMs));
  await shorten(story, LOOKS_MS + workMs);
  return story;
}

/** Gives both certificates that live for `lifeMs`, and has them shown. */
async function shorten(story: Story, lifeMs: number): Promise<void> {
  for (const member of story.members) {
    put(member.directory, story.authority, story.authority.issue(member.name, { untilMs: lifeMs }));
    story.t.match(await command(member, 'config-reload'), { result: 0 });
    member.logFrom = await logged(member, 'TDM_PEER_CREDENTIALS_RENEWED');
  }
  await reconnect(story);
}

function writePairConfig(
  name: Name,
  directory: string,
  httpPort: number,
  portOf: (peer: Name) => number,
): string {
  const relationship = {
    'this-server-name': name,
    mode: 'hot-standby',
    'heartbeat-delay': 300,
    'max-response-delay': 20_000,
    'max-unacked-clients': 0,
    'trust-anchor': join(directory, 'ca.pem'),
    'cert-file': join(directory, 'cert.pem'),
    'key-file': join(directory, 'key.pem'),
    peers: NAMES.map((peer, index) => ({
      name: peer,
      role: index === 0 ? 'primary' : 'standby',
      url: `https://${ADDRESS}:${portOf(peer)}/`,
      'basic-auth-user': 'ha',
      'basic-auth-password-file': join(directory, 'password'),
    })),
  };
  return writeConfig(directory, {
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': ADDRESS, 'socket-port': httpPort },
    ],
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
    ],
  });
}

/** As a careful tool does: the new file beside the old one, then renamed over it. */
export function put(directory: string, authority: Authority, { certificate, key }: Issued): void {
  for (const [source, name] of [
    [authority.certificate, 'ca.pem'],
    [certificate, 'cert.pem'],
    [key, 'key.pem'],
  ] as const) {
    copyFileSync(source, join(directory, `${name}.new`));
    renameSync(join(directory, `${name}.new`), join(directory, name));
  }
}

export async function command(
  { directory }: Member,
  name: string,
): Promise<{ readonly result: number; readonly text: string; readonly arguments: unknown }> {
  const { output } = await runCtl({ socket: join(directory, 'ctl'), command: name });
  return JSON.parse(output);
}

interface HaStatus {
  readonly 'high-availability': readonly [
    { readonly 'ha-servers': { readonly local: { readonly state: string } } },
  ];
}

async function haState(member: Member): Promise<string> {
  const { arguments: args } = await command(member, 'status-get');
  return (args as HaStatus)['high-availability'][0]['ha-servers'].local.state;
}

export async function reachWhole({ members }: Story): Promise<void> {
  const seen = async () => (await Promise.all(members.map(haState))).join();
  for (const end = performance.now() + STATE_MS; performance.now() < end; await sleep(50))
    if ((await seen()) === 'hot-standby,hot-standby') return;
  throw new Error(`the pair is ${await seen()}`);
}

/** Waits until neither server's answer to /why speaks of `words`. */
export async function forgotten({ members }: Story, words: RegExp): Promise<void> {
  const whys = () => Promise.all(members.map((member) => page(member, '/why')));
  let seen = await whys();
  for (const end = performance.now() + STATE_MS; performance.now() < end; seen = await whys()) {
    if (!seen.some((why) => words.test(why))) return;
    await sleep(50);
  }
  throw new Error(`it is still said: ${seen.join('\n')}`);
}

export async function page({ httpPort }: Member, path: string): Promise<string> {
  return (await fetch(`http://${ADDRESS}:${httpPort}${path}`)).text();
}

/**
 * Waits for a line of the log after the first `from` ones.
 * @returns the lines up to and with it: what the server said next, in the same breath, comes after them
 */
export async function logged(
  { name, server, logFrom }: Member,
  id: string,
  from = logFrom,
  fields: object = {},
): Promise<number> {
  const isIt = (line: object) =>
    Object.entries({ id, ...fields }).every(([key, value]) => matches(line, key, value));
  for (const end = performance.now() + LOG_MS; performance.now() < end; await sleep(50)) {
    const found = server.log.slice(from).findIndex(isIt);
    if (found !== -1) return from + found + 1;
  }
  throw new Error(`${name} has not logged ${id}: ${JSON.stringify(server.log.slice(-10))}`);
}

function matches(line: object, key: string, value: unknown): boolean {
  const found = (line as Record<string, unknown>)[key];
  return value instanceof RegExp ? value.test(String(found)) : found === value;
}

/** Ends the connections between the servers, who have to show their certificates again. */
export async function reconnect({ t, relays }: Story): Promise<void> {
  for (const relay of relays) {
    const before = relay.made;
    await relay.cut();
    for (const end = performance.now() + STATE_MS; performance.now() < end && relay.made === before; )
      await sleep(50);
    t.ok(relay.made > before, 'a new connection is made');
  }
}

/** Clients ask all the time while `happen` runs and until the first certificates have run out. */
export async function outlive(story: Story, happen: () => Promise<void>): Promise<void> {
  const { t, members, relayPort } = story;
  const marks = new Map(members.map((member) => [member, member.server.log.length]));
  const ends = members.map(({ directory }) => endOf(join(directory, 'cert.pem')));
  const client = await LoadClient.start({
    relay: { address: parseIpv4(ADDRESS)!, port: relayPort },
    servers: members.map(({ port }) => ({ address: parseIpv4(ADDRESS)!, port })),
    inFlightMax: 2,
    ratePerSec: 100,
    seed: 1,
    retryAfterMs: 1_000,
  });
  await happen();
  t.ok(Date.now() < Math.min(...ends), 'all has happened before the first certificates run out');
  while (Date.now() < Math.max(...ends) + 2_000) await sleep(100);
  const counts = await client.stop(2_000);
  // Some heartbeats more, over connections that are made now.
  await reconnect(story);
  await sleep(2_000);
  t.ok(counts['exchanges-completed'] > 0, `${counts['exchanges-completed']} exchanges`);
  t.equal(counts['address-conflicts'], 0);
  for (const member of members) {
    const lines = member.server.log.slice(marks.get(member));
    t.same(
      lines.filter(({ id }) => FAILURES.includes(id)),
      [],
      `${member.name} lost nothing`,
    );
    t.same(
      lines.filter(({ id }) => id === 'TDM_HA_STATE_CHANGED'),
      [],
      `${member.name} stayed whole`,
    );
    t.equal(await haState(member), 'hot-standby');
  }
}

function endOf(certificate: string): number {
  return Date.parse(new X509Certificate(readFileSync(certificate)).validTo);
}
