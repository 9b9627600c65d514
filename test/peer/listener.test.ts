import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../../src/config/ha-model.ts';
import { type CommandHandler, type CommandTable, success } from '../../src/control/answer.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { createKeaHttpServer, type KeaHttpServer } from '../../src/control/http/kea-http.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { readPeerCredentials } from '../../src/peer/credentials.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { createUpdateDispatcher } from '../../src/peer/dispatcher.ts';
import { createPeerListener, PEER_COMMANDS } from '../../src/peer/listener.ts';
import { SILENT } from './support/listener.ts';
import { recordLog } from './support/log.ts';
import { loginOf, peerAt, tlsFiles } from './support/peers.ts';
import { keaRequest, openSocket, rawExchange, readResponse } from './support/raw-http.ts';
import { relationshipOf } from './support/relationship.ts';
import { type TestRecord, TestShards } from './support/shards.ts';
import { standingBy } from './support/standing.ts';
import { createTestStore } from './support/store.ts';

const trace = readFileSync(new URL('../../../test/fixtures/kea-traces/lb4.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

async function listen(t: Test, config: HaRelationshipConfig, table: CommandTable) {
  const recorded = recordLog();
  const listener = createPeerListener(config, table, 'dhcp4', recorded.log);
  t.teardown(() => listener.close());
  return { ...(await listener.listen()), ...recorded };
}

const ok: CommandHandler = () => success('ok');
const everything = new Map(
  [...PEER_COMMANDS, 'config-set', 'ha-sync', 'lease4-add', 'shutdown'].map((name) => [name, ok]),
);

t.test('every request of a real Kea 2.2 gets through, over its own kind of connection', async (t) => {
  const { port } = await listen(t, relationshipOf({}), everything);
  const requests = trace.filter((message) => message.method === 'POST');
  t.ok(requests.length > 70);
  const sockets = new Map<number, Socket>();
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()));
  for (const { stream, headers, body } of requests) {
    const socket = sockets.get(stream) ?? (await openSocket(port));
    sockets.set(stream, socket);
    const text = JSON.stringify(body);
    const lines = headers.map((line: string) =>
      line.startsWith('Content-Length') ? `Content-Length: ${text.length}` : line,
    );
    socket.write(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
    const response = await readResponse(socket);
    t.equal(response?.status, 200, body.command);
    t.equal(response?.body, '[ { "result": 0, "text": "ok" } ]');
  }
});

t.test('every answer of a real Kea 2.2 is read', async (t) => {
  const answers = trace.filter((message) => message.status === 200);
  t.ok(answers.length > 70);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const { headers, body } = answers[Number(/"n":(\d+)/.exec(data.toString())![1])]!;
      const text = JSON.stringify(body);
      const lines = headers.map((line: string) =>
        line.startsWith('Content-Length') ? `Content-Length: ${text.length}` : line,
      );
      socket.write(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createPeerClient(peerAt((server.address() as { port: number }).port), 1, 'dhcp4');
  t.teardown(async () => {
    await client.close();
    server.close();
  });
  for (const [n, { body }] of answers.entries())
    t.same(await client.request('x', { n }, 5_000), {
      kind: 'answer',
      result: body[0].result,
      text: body[0].text,
      arguments: body[0].arguments,
    });
});

t.test('the port takes the commands of peers and, with restrict-commands, no others', async (t) => {
  const { port } = await listen(t, relationshipOf({}), everything);
  for (const name of everything.keys()) {
    const response = await rawExchange(
      port,
      keaRequest(JSON.stringify({ command: name, service: ['dhcp4'] })),
    );
    t.equal(response?.status, PEER_COMMANDS.has(name) ? 200 : 403, name);
  }
  const open = await listen(t, relationshipOf({}, { restrictCommands: false }), everything);
  t.equal((await rawExchange(open.port, keaRequest('{"command":"config-set"}')))?.status, 200);
});

t.test('the own entry`s credentials and TLS files are what peers must show', async (t) => {
  const basicAuth = loginOf('ha', 'secret');
  const { port, events } = await listen(
    t,
    relationshipOf({ basicAuth, tls: tlsFiles('server1') }),
    everything,
  );
  const rows: [string, Partial<HaPeerConfig>, object][] = [
    ['both', { basicAuth, tls: tlsFiles('server2') }, { kind: 'answer', result: 0 }],
    ['no credentials', { tls: tlsFiles('server2') }, { kind: 'failed', reason: /Unauthorized/ }],
    [
      'a stranger`s certificate',
      { basicAuth, tls: tlsFiles('stranger') },
      { kind: 'failed', reason: /it may not trust our certificate/ },
    ],
    ['no TLS', { basicAuth }, { kind: 'failed' }],
  ];
  for (const [name, changes, expected] of rows) {
    const client = createPeerClient(peerAt(port, changes), 1, 'dhcp4');
    t.match(await client.request('ha-heartbeat', {}, 2_000), expected, name);
    await client.close();
  }
  t.match(
    events.filter(({ id }) => id === 'TDM_HTTP_REFUSED').map(({ fields }) => fields),
    [
      { status: 401 },
      { status: 0, reason: /^the client's certificate is not trusted \(/ },
      { status: 0, reason: /^TLS: http request/ },
    ],
    'each is named in the log',
  );
  const lenient = relationshipOf({ tls: tlsFiles('server1') }, { requireClientCerts: false });
  const client = createPeerClient(
    peerAt((await listen(t, lenient, everything)).port, { tls: tlsFiles('stranger') }),
    1,
    'dhcp4',
  );
  t.match(await client.request('ha-heartbeat', {}, 2_000), { kind: 'answer', result: 0 });
  await client.close();
});

t.test('a TLS handshake that is never begun ends, and does not keep the port open', async (t) => {
  const { log, events } = recordLog();
  const set = readPeerCredentials(peerAt(1, { tls: tlsFiles('server1') })).tls!;
  const tls = { ...set, requireClientCerts: true };
  const common = { log, table: everything, address: '127.0.0.1', port: 0, service: 'dhcp4', tls } as const;
  const silentAt = async (server: KeaHttpServer) => (await openSocket((await server.listen()).port)).resume();

  const impatient = createKeaHttpServer({ ...common, requestTimeoutMs: 50 });
  await once(await silentAt(impatient), 'close');
  t.match(events, [{ id: 'TDM_HTTP_REFUSED', fields: { status: 0, reason: /^TLS: .*handshake timeout/ } }]);
  await impatient.close();

  const patient = createKeaHttpServer(common);
  const closed = once(await silentAt(patient), 'close');
  await patient.close();
  await closed;
});

t.test(
  'a damaged request, wherever it is damaged, is refused or answered, and the port serves on',
  async (t) => {
    const { store } = createTestStore();
    const parts = {
      store,
      subnets: () => new LeaseSubnets([]),
      clock: systemClock,
      caller: 'peer' as const,
      leaseFile: () => null,
      yieldTurn: async () => {},
    };
    const table = createLease4Commands(parts);
    const { port, events } = await listen(t, relationshipOf({}), table);
    const requests = trace.filter(
      (message) => message.method === 'POST' && message.body.command.startsWith('lease4'),
    );
    const damage = fc.array(
      fc.record({
        at: fc.nat(600),
        octet: fc.nat(255),
        kind: fc.constantFrom('change', 'insert', 'delete', 'cut'),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const statuses = new Set<number | undefined>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...requests), damage, async ({ body }, steps) => {
        let bytes = Buffer.from(keaRequest(JSON.stringify(body)));
        for (const { at, octet, kind } of steps) {
          const place = at % (bytes.length + 1);
          const middle = kind === 'delete' || kind === 'cut' ? [] : [octet];
          const rest = kind === 'cut' ? bytes.length : kind === 'insert' ? place : place + 1;
          bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(middle), bytes.subarray(rest)]);
        }
        const socket = await openSocket(port);
        socket.end(bytes);
        const response = await readResponse(socket);
        statuses.add(response?.status);
        socket.destroy();
        if (response !== null) assert(JSON.parse(response.body), 'every answer is JSON');
      }),
      { seed: 10, numRuns: 500 },
    );
    t.ok(statuses.has(200) && statuses.has(400));
    t.notOk(
      events.some(({ id }) => id === 'TDM_CONTROL_COMMAND_FAILED'),
      'no handler broke',
    );
    t.equal((await rawExchange(port, keaRequest(JSON.stringify(requests[0].body))))?.status, 200);
  },
);

const SETTINGS = {
  waitBackupAck: false,
  delayedUpdatesLimit: 0,
  sendsUpdates: true,
  connections: 4,
  heartbeatDelayMs: 0,
};

t.test('leases go from the shards of one server into the store of the other', async (t) => {
  const { store } = createTestStore(16_384);
  const subnets = new LeaseSubnets([
    {
      id: 1,
      prefix: parseIpv4('10.0.0.0')!,
      prefixLength: 8,
      validLifetime: { minSec: 1, defaultSec: 1, maxSec: 1 },
    },
  ]);
  const nothing = { leaseFile: () => null, yieldTurn: async () => {} };
  const parts = { store, subnets: () => subnets, clock: systemClock, caller: 'peer' as const, ...nothing };
  const { port } = await listen(t, relationshipOf({}), createLease4Commands(parts));
  const client = createPeerClient(peerAt(port), 4, 'dhcp4');
  const shards = new TestShards(2);
  const failures: string[] = [];
  const dispatcher = createUpdateDispatcher({
    updates: shards.updates,
    verdicts: shards.verdicts,
    wake: shards.wake,
    partner: client,
    backups: [],
    stream: null,
    ...SETTINGS,
    listener: {
      ...SILENT,
      partnerFailed: (reason) => void failures.push(reason),
      rejected: () => void failures.push('conflict'),
    },
    family: peerFamily4,
    standing: standingBy(shards.leaseAt),
    clock: systemClock,
    log: recordLog().log,
  });
  t.teardown(async () => {
    await dispatcher.close();
    await client.close();
  });
  dispatcher.setPartnerUpdates('send');
  const sent = [0, 0];
  const send = (shard: number, records: readonly TestRecord[]) => {
    sent[shard]!++;
    shards.send(shard, records);
  };
  const allSettled = () => Promise.all(sent.map((count, shard) => shards.settled(shard, count)));
  for (const isFirst of [true, false]) {
    const base = parseIpv4(isFirst ? '10.1.0.0' : '10.2.0.0')!;
    for (let i = 0; i < 400; i++) send(i % 2, [{ address: base + i, state: i % 2 }]);
    await allSettled();
    for (let i = 0; i < 400; i += 50)
      t.equal(store.get(base + i + (i % 100 === 0 ? 0 : 1))?.state, i % 100 === 0 ? 0 : 1);
    for (let i = 0; i < 400; i += 2) send(0, [{ address: base + i, isUpdate: false }]);
    await allSettled();
    t.equal(store.count(), isFirst ? 200 : 400);
  }
  t.ok(shards.given.every((given) => [...given.values()].every((verdicts) => verdicts[0] === 1)));
  t.strictSame(failures, []);
});
