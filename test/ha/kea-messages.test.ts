/**
 * Every message that Tandem writes to a Kea, as a request and as an answer, compared field by field with Kea's: with the
 * recording of two Kea 2.2, and with what Kea 3.3 writes. Each difference stands in a list with its reason; the table in
 * docs/kea-compatibility.md is made from it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseHex } from '../../src/base/hex.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { createKeaHttpServer } from '../../src/control/http/kea-http.ts';
import type { HaStateName } from '../../src/ha/machine/model.ts';
import { highAvailabilityStatus } from '../../src/ha/machine/status.ts';
import { readPageLease } from '../../src/ha/sync/dhcp4/lease-page.ts';
import { heartbeatReplyArguments, type TandemMember } from '../../src/ha/wire/heartbeat.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../../src/lease/dhcp4/update-record.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { recordLog } from '../peer/support/log.ts';
import { peerAt } from '../peer/support/peers.ts';
import { keaRequest, rawExchange } from '../peer/support/raw-http.ts';
import { createTestStore } from '../peer/support/store.ts';
import {
  type Exchange,
  type KeaReply,
  type KeaRequest,
  readKea3Messages,
  readTrace,
} from './support/kea-trace.ts';
import { Machine } from './support/machine.ts';
import {
  differences,
  type KeaVersion,
  KNOWN_DIFFERENCES,
  withArguments,
} from './support/message-differences.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { settle, VirtualTime } from './support/virtual-time.ts';

const lb4 = readTrace('lb4');
const hs6 = readTrace('hs6');
const kea3 = readKea3Messages();

/** `MESSAGE VERSION DIFFERENCE` of everything that was found. */
const found = new Set<string>();

function note(message: string, kea: KeaVersion, list: readonly string[]): void {
  for (const difference of list) found.add(`${message} | ${kea} | ${difference}`);
}

/** Only in the messages of Kea 3.3: what its answers say in words is not known and means nothing. */
function withoutText(answer: KeaReply): Omit<KeaReply, 'text'> {
  const { text: _, ...rest } = answer;
  return rest;
}

const config = (() => {
  const base = relationship('load-balancing', 'server1');
  const peers = base.peers.slice(0, 2).map((peer, index) => ({ ...peer, name: `s${index + 1}` }));
  return { ...base, thisServerName: 's1', peers };
})();

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

interface Written {
  readonly headers: readonly string[];
  readonly body: KeaRequest;
}

/** A partner that keeps what it is sent, octet by octet, and answers with `answer`. */
async function recordPartner(t: Test, answer: (request: KeaRequest) => KeaReply) {
  const written: Written[] = [];
  const server = createServer(async (request, response) => {
    const headers = request.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? `${name}: ${request.rawHeaders[index + 1]}` : [],
    );
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as KeaRequest;
    written.push({ headers, body });
    response.end(JSON.stringify([answer(body)]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createPeerClient(peerAt((server.address() as AddressInfo).port, { name: 's2' }), 4, 'dhcp4');
  t.teardown(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { written, client };
}

/** What the service sends from its first heartbeat through synchronization, maintenance, a lost backlog and ha-sync. */
async function requestsOfService(t: Test): Promise<readonly Written[]> {
  const time = new VirtualTime();
  let page: KeaReply = lb4.findLast(({ request }) => request.command === 'lease4-get-page')!.reply;
  const { written, client } = await recordPartner(t, ({ command }) => {
    const now = new Date(time.wallMs()).toUTCString();
    if (command === 'ha-heartbeat')
      return { result: 0, arguments: { state: 'load-balancing', 'date-time': now } };
    return command === 'lease4-get-page' ? page : { result: 0 };
  });
  const server = new Server(config, time, [client]).start();
  await time.advance(10_000);
  await until(() => server.state === 'load-balancing');
  await server.command('ha-maintenance-start');
  await server.command('ha-maintenance-cancel');
  server.service.partnerFailed('refused');
  server.service.completed();
  server.dispatcher.entries = 2;
  server.dispatcher.delivers = false;
  await time.advance(10_000);
  await until(() => written.some(({ body }) => body.command === 'ha-reset'));
  page = { result: 1 };
  await server.command('ha-sync', { 'server-name': 's2' });
  await settle();
  server.service.stop();
  return written;
}

/** A lease update as the peers get it, from the fields of Kea's. */
function leaseUpdate(fields: Readonly<Record<string, unknown>>, isUpdate: boolean): KeaRequest {
  const text = (name: string) => Buffer.from(String(fields[name] ?? ''));
  const userContext = fields['user-context'];
  const context = Buffer.from(userContext === undefined ? '' : JSON.stringify(userContext));
  const hw = parseHex(String(fields['hw-address']))!;
  const clientId = parseHex(String(fields['client-id']))!;
  const out = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  const address = parseIpv4(String(fields['ip-address']))!;
  const end = encodeUpdateRecord(
    out,
    0,
    {
      address,
      hw,
      hwOffset: 0,
      hwLength: hw.length,
      clientId,
      clientIdOffset: 0,
      clientIdLength: clientId.length,
      subnetId: Number(fields['subnet-id']),
      poolId: Number(fields['pool-id'] ?? 0),
      validLifetimeSec: Number(fields['valid-lft']),
      expireSec: Number(fields['expire']),
      state: Number(fields['state']),
      hostname: text('hostname'),
      hostnameOffset: 0,
      hostnameLength: text('hostname').length,
      fqdnFwd: fields['fqdn-fwd'] === true,
      fqdnRev: fields['fqdn-rev'] === true,
      userContext: context,
      userContextOffset: 0,
      userContextLength: context.length,
    },
    isUpdate,
  );
  const made = peerFamily4.encodeRequest([{ bytes: out, offset: 0, length: end, isUpdate, address }]);
  return JSON.parse(Buffer.from(made).toString()) as KeaRequest;
}

/** The same request as the service has written it. */
function sameOf(written: readonly Written[], theirs: KeaRequest): KeaRequest {
  const fields = (theirs.arguments ?? {}) as Readonly<Record<string, unknown>>;
  if (theirs.command === 'lease4-update') return leaseUpdate(fields, true);
  if (theirs.command === 'lease4-del') return leaseUpdate(fields, false);
  const { cancel } = fields;
  const ours = written.find(
    ({ body }) =>
      body.command === theirs.command &&
      (cancel === undefined || (body.arguments as Record<string, unknown>)['cancel'] === cancel),
  );
  if (ours === undefined) throw new Error(`${theirs.command} was never sent`);
  return ours.body;
}

const ofDhcp6 = ({ request }: Exchange) => request.command.startsWith('lease6-');

t.test('requests to a Kea', async (t) => {
  const written = await requestsOfService(t);
  const compare = (theirs: KeaRequest, kea: KeaVersion) =>
    note(theirs.command, kea, differences(withArguments(sameOf(written, theirs)), withArguments(theirs)));
  for (const { request } of lb4) compare(request, '2.2');
  for (const exchange of hs6) {
    // What is asked is the same in DHCPv6, but for whom it is asked.
    if (!ofDhcp6(exchange)) compare({ ...exchange.request, service: ['dhcp4'] }, '2.2');
  }
  for (const request of Object.values(kea3.requests)) compare(request, '3.3');
  t.same(
    // By which a Kea tells how long a client identifier may be; no Kea asks that.
    [...new Set(written.map(({ body }) => body.command))]
      .filter((command) => command !== 'lease4-get-by-client-id')
      .sort(),
    Object.keys(kea3.requests)
      .filter((command) => !/^lease4-(update|del)$/.test(command))
      .sort(),
    'nothing is sent that is not compared',
  );
  note('HTTP request', '2.2', differences(headersOf(written[0]!.headers), headersOf(lb4[0]!.requestHeaders)));
});

/** Header fields by name; what differs from message to message is left out. */
function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(': ');
      const name = line.slice(0, at).toLowerCase();
      return [name, /^(host|content-length|date)$/.test(name) ? '' : line.slice(at + 2)] as const;
    }),
  );
}

/** A server that a Kea may ask, with the leases of a recorded page if there is one. */
async function answering(t: Test, page: KeaReply | null) {
  const { store } = createTestStore(4_096, [1]);
  const leases = page === null ? [] : (page.arguments as { leases: unknown[] }).leases;
  for (const entry of leases) {
    const lease = readPageLease(entry);
    if (!lease.ok) throw new Error(lease.error);
    store.put(lease.value);
  }
  const lifetime = { minSec: 1, defaultSec: 1, maxSec: 1 };
  const prefix = parseIpv4('10.99.0.0')!;
  const subnets = new LeaseSubnets([{ id: 1, prefix, prefixLength: 16, validLifetime: lifetime }]);
  const caller = 'peer' as const;
  const parts = {
    store,
    subnets: () => subnets,
    clock: systemClock,
    caller,
    leaseFile: () => null,
    yieldTurn: async () => {},
  };
  const ha = new Server(config, new VirtualTime(), []).start();
  const http = createKeaHttpServer({
    log: recordLog().log,
    table: new Map([...ha.service.commands, ...createLease4Commands(parts)]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
  });
  const { port } = await http.listen();
  t.teardown(() => http.close());
  return async (request: KeaRequest) => {
    const response = await rawExchange(port, keaRequest(JSON.stringify(request)));
    const headers = Object.entries(response!.headers).map(([name, value]) => `${name}: ${value}`);
    return { headers, reply: (JSON.parse(response!.body) as KeaReply[])[0]! };
  };
}

/** Our heartbeat answer in the state, with the scopes and at the time, of a Kea's. */
function heartbeatAnswer(ours: KeaReply, theirs: KeaReply): KeaReply {
  const { state, scopes, ...rest } = theirs.arguments as Readonly<Record<string, unknown>>;
  const machine = Machine.in(config, state as HaStateName).state;
  const unsentUpdates = BigInt(Number(rest['unsent-update-count']));
  const like = { ...machine, scopes: scopes as string[], unsentUpdates };
  const wallMs = Date.parse(String(rest['date-time']));
  const { tandem } = ours.arguments as { tandem: TandemMember };
  return { ...ours, arguments: JSON.parse(JSON.stringify(heartbeatReplyArguments(like, wallMs, tandem))) };
}

t.test('answers to a Kea', async (t) => {
  for (const [trace, isDhcp6] of [
    [lb4, false],
    [hs6, true],
  ] as const) {
    const ask = await answering(t, null);
    for (const exchange of trace) {
      const { request, reply: theirs } = exchange;
      if (ofDhcp6(exchange)) continue;
      const isPage = request.command === 'lease4-get-page';
      const asked = isPage ? await answering(t, theirs) : ask;
      const { reply, headers } = await asked({ ...request, service: ['dhcp4'] });
      const ours = request.command === 'ha-heartbeat' ? heartbeatAnswer(reply, theirs) : reply;
      note(`${request.command}, answer`, '2.2', differences(withArguments(ours), withArguments(theirs)));
      if (!isDhcp6)
        note('HTTP answer', '2.2', differences(headersOf(headers), headersOf(exchange.replyHeaders)));
    }
  }
  t.same(
    [...new Set(hs6.filter(ofDhcp6).map(({ request }) => request.command))].sort(),
    ['lease6-bulk-apply', 'lease6-get-page'],
    'nothing else of the recordings is left out',
  );
});

t.test('answers like those of Kea 3.3', async (t) => {
  const ask = await answering(t, null);
  for (const [command, theirs] of Object.entries(kea3.answers)) {
    let request = kea3.requests[command]!;
    if (command === 'ha-maintenance-notify') {
      await ask(request);
      request = { ...request, arguments: { ...(request.arguments as object), cancel: true } };
    }
    const { reply } = await ask(request);
    const ours = command === 'ha-heartbeat' ? heartbeatAnswer(reply, theirs) : reply;
    const { state } = (theirs.arguments ?? {}) as { state?: string };
    // Back in its own state, which is waiting here.
    const expected =
      command === 'ha-maintenance-notify' && state !== undefined ? { state: 'waiting' } : theirs.arguments;
    note(
      `${command}, answer`,
      '3.3',
      differences(withArguments(withoutText(ours)), withArguments({ ...theirs, arguments: expected })),
    );
  }
});

t.test('the high-availability part of status-get', async (t) => {
  const machine = Machine.in(config, 'load-balancing');
  const timeSec = Date.UTC(2024, 10, 7, 8, 49, 37) / 1000;
  machine.submit({
    kind: 'heartbeat-answered',
    sentMs: machine.nowMs,
    nowUtcSec: timeSec,
    report: { state: 'load-balancing', timeSec, scopes: ['s2'], unsentUpdates: 0, givesBack: false },
  });
  const state = { ...machine.state, scopes: ['s1'] };
  t.equal(machine.name, 'load-balancing');
  note(
    'status-get, answer',
    '3.3',
    differences(highAvailabilityStatus(state, machine.nowMs + 3_400), kea3.status),
  );
});

t.test('every difference is known, and every known one exists', async (t) => {
  const known = KNOWN_DIFFERENCES.flatMap(({ message, kea, difference }) =>
    kea.map((version) => `${message} | ${version} | ${difference}`),
  );
  t.same([...found].sort(), known.sort());
});

const BEGIN = '<!-- messages: begin -->';
const END = '<!-- messages: end -->';

t.test('docs/kea-compatibility.md explains each of them', async (t) => {
  const rows = KNOWN_DIFFERENCES.map(
    ({ message, kea, difference, why }) => `| ${message} | ${kea.join(', ')} | \`${difference}\` | ${why} |`,
  );
  const table = ['| message | Kea | difference | why |', '|---|---|---|---|', ...rows].join('\n');
  const file = new URL('../../../docs/kea-compatibility.md', import.meta.url);
  const page = readFileSync(file, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const expected = `${before}${BEGIN}\n${table}\n${END}${after}`;
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined) writeFileSync(file, expected);
  t.equal(readFileSync(file, 'utf8'), expected, 'TANDEM_UPDATE_DOCS=1 writes the table again');
});
