/** Two real Kea 2.2 servers, recorded: what they ask we understand, what we answer has the same members and types. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readHeartbeat } from '../../src/ha/heartbeat.ts';
import { readPageLease } from '../../src/ha/lease-page.ts';
import { answered, type ScriptedPeer, wired } from './support/peers.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { VirtualTime } from './support/virtual-time.ts';

interface Message {
  readonly t: number;
  readonly from: string;
  readonly to: string;
  readonly stream: number;
  readonly method?: string;
  readonly body: unknown;
}

interface Request {
  readonly command: string;
  readonly arguments?: unknown;
}

interface Reply {
  readonly result: number;
  readonly text: string;
  readonly arguments?: unknown;
}

/** Tests run from build/test/ha; the recording stays among the sources. */
const recording = new URL('../../../test/fixtures/kea-traces/lb4.ndjson', import.meta.url);
const messages = readFileSync(recording, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Message);

/** Requests with their replies, in order; a stream carries one at a time. */
const exchanges = messages.flatMap((message, index) => {
  if (message.method === undefined) return [];
  const reply = messages
    .slice(index + 1)
    .find((other) => other.stream === message.stream && other.method === undefined);
  return reply === undefined
    ? []
    : [{ request: message.body as Request, reply: (reply.body as Reply[])[0]! }];
});

/** The shape of a JSON value: member names and types. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? 'list' : ['list of', shape(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
}

/** Everything that is in `theirs` is in `ours`, with the same type; a list may be empty on either side. */
function covers(ours: unknown, theirs: unknown): boolean {
  if (typeof theirs === 'string' && typeof ours === 'string') return ours === theirs;
  if (theirs === 'list' || ours === 'list')
    return Array.isArray(ours) || Array.isArray(theirs) || ours === theirs;
  if (Array.isArray(theirs)) return Array.isArray(ours) && covers(ours[1], theirs[1]);
  return Object.entries(theirs as object).every(([name, member]) =>
    covers((ours as Record<string, unknown>)[name], member),
  );
}

/** A load-balancing server named as in the recording, with a silent partner; restarted for each exchange. */
function server(): Server {
  const base = relationship('load-balancing', 'server1', {
    maxUnackedClients: 0,
    heartbeatDelayMs: 1000,
    maxResponseDelayMs: 3000,
  });
  const peers = base.peers.slice(0, 2).map((peer, index) => ({ ...peer, name: `s${index + 1}` }));
  return new Server({ ...base, thisServerName: 's1', peers }, new VirtualTime(), []).start();
}

t.test('every HA request of the recording is accepted, with an answer of the same shape', async (t) => {
  const seen = new Set<string>();
  const ours = server();
  for (const { request, reply } of exchanges) {
    if (!ours.handlers.has(request.command) || request.command === 'lease4-get-page') continue;
    seen.add(request.command);
    const answer = await ours.command(request.command, request.arguments);
    t.equal(answer.result, reply.result, `${request.command} ${JSON.stringify(request.arguments)}`);
    const wire = JSON.parse(JSON.stringify(answer)) as unknown;
    t.ok(covers(shape(wire), shape(reply)), `${request.command} has the members of Kea's answer`);
  }
  t.same([...seen].sort(), [
    'dhcp-disable',
    'ha-heartbeat',
    'ha-maintenance-notify',
    'ha-sync-complete-notify',
  ]);
});

t.test('every heartbeat reply and every lease of the recording is read', async (t) => {
  let heartbeats = 0;
  let leases = 0;
  for (const { request, reply } of exchanges) {
    if (request.command === 'ha-heartbeat') {
      const report = readHeartbeat(answered(reply.result, reply.arguments, reply.text));
      t.match(report, { ok: true, value: { bulk: false } });
      heartbeats++;
    }
    if (request.command === 'lease4-get-page') {
      for (const lease of (reply.arguments as { leases: unknown[] }).leases) {
        t.ok(readPageLease(lease).ok);
        leases++;
      }
    }
  }
  t.ok(heartbeats > 40);
  t.equal(leases, 24);
});

t.test('a synchronization from a server that answers as recorded takes over its leases', async (t) => {
  const pages = exchanges.filter(({ request }) => request.command === 'lease4-get-page');
  const time = new VirtualTime();
  const partner: ScriptedPeer = wired(
    'server2',
    'secondary',
    () =>
      new Map([
        ['dhcp-disable', () => ({ result: 0, text: '' })],
        ['lease4-get-page', () => pages.at(-1)!.reply],
        ['ha-sync-complete-notify', () => ({ result: 0, text: '' })],
      ]),
  );
  const ours = new Server(relationship('load-balancing', 'server1'), time, [partner]).start();
  t.equal((await ours.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(ours.store.count(), 12);
  t.equal(ours.store.get(0x0a630400)?.clttSec, 1_795_214_936);
});
