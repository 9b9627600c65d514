/**
 * Two real Kea 2.2 servers, recorded: what they ask we understand, what they answer we read, what we answer has the same
 * members and types. kea-messages.test.ts compares the values.
 */
import t from 'tap';
import { readPageLease } from '../../src/ha/sync/dhcp4/lease-page.ts';
import { readHeartbeat } from '../../src/ha/wire/heartbeat.ts';
import { type Exchange, readTrace } from './support/kea-trace.ts';
import { answered, type ScriptedPeer, wired } from './support/peers.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { VirtualTime } from './support/virtual-time.ts';

const lb4 = readTrace('lb4');
const hs6 = readTrace('hs6');

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

for (const [name, trace] of [
  ['lb4', lb4],
  ['hs6', hs6],
] as const) {
  t.test(`${name}: every HA request is accepted, with an answer of the same shape`, async (t) => {
    const seen = new Set<string>();
    const ours = server();
    for (const { request, reply } of trace) {
      if (isOfLeases(request.command)) continue;
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

  t.test(`${name}: every heartbeat reply is read`, async (t) => {
    const heartbeats = trace.filter(({ request }) => request.command === 'ha-heartbeat');
    for (const { reply } of heartbeats) {
      const report = readHeartbeat(answered(reply.result, reply.arguments, reply.text));
      t.match(report, { ok: true, value: { isTandem: false } });
    }
    t.equal(heartbeats.length, 52);
  });
}

t.test('the recordings are whole: every request has a reply, and nothing is left unread', async (t) => {
  const count = (trace: readonly Exchange[], ofLeases: boolean) =>
    trace.filter(({ request }) => isOfLeases(request.command) === ofLeases).length;
  t.same([count(lb4, false), count(lb4, true)], [62, 13]);
  t.same([count(hs6, false), count(hs6, true)], [62, 18]);
});

/** Lease updates are replayed by the peer tests, pages below; those of DHCPv6 are not served. */
function isOfLeases(command: string): boolean {
  return /^lease[46]-/.test(command);
}

t.test('every lease of the recording is read', async (t) => {
  const pages = lb4.filter(({ request }) => request.command === 'lease4-get-page');
  const leases = pages.flatMap(({ reply }) => (reply.arguments as { leases: unknown[] }).leases);
  for (const lease of leases) t.ok(readPageLease(lease).ok);
  t.equal(leases.length, 24);
});

t.test('a synchronization from a server that answers as recorded takes over its leases', async (t) => {
  const pages = lb4.filter(({ request }) => request.command === 'lease4-get-page');
  const time = new VirtualTime();
  const partner: ScriptedPeer = wired(
    'server2',
    'secondary',
    () =>
      new Map([
        ['dhcp-disable', () => ({ result: 0, text: '' })],
        ['lease4-get-page', () => ({ text: '', ...pages.at(-1)!.reply })],
        ['ha-sync-complete-notify', () => ({ result: 0, text: '' })],
      ]),
  );
  const ours = new Server(relationship('load-balancing', 'server1'), time, [partner]).start();
  t.equal((await ours.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(ours.store.count(), 12);
  t.equal(ours.store.get(0x0a630400)?.clttSec, 1_795_214_936);
});
