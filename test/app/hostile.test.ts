/** Whole servers, as an operator runs them, under input that nobody should send, and under what surrounds it. */
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { askRaw } from '../control/harness.ts';
import { discover, request } from '../engine/queries.ts';
import { keptCorpus } from '../fuzz/corpus.ts';
import { commandCases } from '../interop/command-cases.ts';
import { until } from '../interop/waiting.ts';
import { keaRequest, openSocket, rawExchange } from '../peer/support/raw-http.ts';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';
import { Reloadable, SERVER } from './reloading.ts';
import { exchange, sendAll } from './udp-client.ts';

t.setTimeout(170_000);

/** Longer than a start takes on a machine with ten times as much to do as it can. */
const START_MS = 60_000;
const CLOSED_MS = 30_000;

const LIBRARIES = ['lease_cmds', 'stat_cmds', 'subnet_cmds', 'class_cmds', 'host_cmds'].map((name) => ({
  library: `libdhcp_${name}.so`,
}));

/** Ports of both kinds: of the control API, and of the peers. */
async function withPorts(directory: string): Promise<{ api: number; peer: number; dhcp4: object }> {
  const [api, peer] = [await findFreeTcpPort(SERVER), await findFreeTcpPort('127.0.0.2')];
  const peers = [
    { name: 'a', role: 'primary', url: `http://127.0.0.2:${peer}/` },
    { name: 'b', role: 'standby', url: `http://${SERVER}:9/` },
  ];
  const pair = { 'this-server-name': 'a', mode: 'hot-standby', peers };
  const dhcp4 = {
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': api },
    ],
    'hooks-libraries': [
      ...LIBRARIES,
      { library: 'libdhcp_ha.so', parameters: { 'high-availability': [pair] } },
    ],
  };
  return { api, peer, dhcp4 };
}

function failures(server: ServerUnderTest): readonly unknown[] {
  return server.log.filter(
    ({ id, level }) => id === 'TDM_CONTROL_COMMAND_FAILED' || level === 'fatal' || level === 'error',
  );
}

t.test(
  'leases of a subnet that a reload took away: every lease4 command answers, and they come back',
  async (t) => {
    const server = await Reloadable.start(t, scratch(t), { 'hooks-libraries': LIBRARIES });
    for (let host = 1; host <= 9; host++)
      await server.ask('lease4-add', {
        'ip-address': `10.0.0.${host}`,
        'hw-address': `02:00:00:00:00:0${host}`,
        'client-id': `01:0${host}`,
        hostname: `host-${host}.example`,
        'user-context': { a: host },
      });
    const other = [{ id: 2, subnet: '10.80.0.0/16', pools: [{ pool: '10.80.0.10 - 10.80.0.99' }] }];
    t.match(await server.reload({ 'hooks-libraries': LIBRARIES, subnet4: other }), { result: 0 });
    const gone = ['10.0.0.1', '10.0.0.2'].flatMap((address) => [
      { command: 'lease4-get', args: { 'ip-address': address } },
      {
        command: 'lease4-get',
        args: { 'subnet-id': 1, 'identifier-type': 'client-id', identifier: '01:01' },
      },
      { command: 'lease4-get-all', args: { subnets: [1] } },
      { command: 'lease4-get-page', args: { from: address, limit: 3 } },
      { command: 'lease4-get-by-hostname', args: { hostname: 'host-1.example' } },
      { command: 'lease4-get-by-state', args: { state: 'assigned', 'subnet-id': 1 } },
      { command: 'lease4-resend-ddns', args: { 'ip-address': address } },
      { command: 'lease4-update', args: { 'ip-address': address, 'hw-address': '2:2', 'subnet-id': 1 } },
      { command: 'lease4-write', args: { filename: 'copy.csv' } },
      { command: 'stat-lease4-get', args: { 'subnet-id': 1 } },
      { command: 'leases-reclaim', args: { remove: true } },
    ]);
    for (const { command, args } of [...gone, ...commandCases('kea 2.2')]) {
      if (!/lease/.test(command) || command === 'lease4-wipe') continue;
      const asked = JSON.stringify({ command, arguments: args });
      const { result } = JSON.parse(await askRaw(server.socket, asked)) as { result: number };
      t.ok([0, 1, 3, 4].includes(result), `${command} ${JSON.stringify(args)}: ${result}`, {
        diagnostic: false,
      });
    }
    t.same(failures(server.server), []);
    t.match(await server.reload({ 'hooks-libraries': LIBRARIES }), { result: 0 });
    t.match(await server.ask('lease4-get', { 'ip-address': '10.0.0.9' }), { result: 0 });
    t.match(await server.ask('lease4-wipe', { 'subnet-id': 1 }), { result: 0 });
  },
);

/** JSON inside JSON, 100,000 deep, closed and not. */
const DEEP = ['[', '{"a":', '[{"a":'].flatMap((open) => {
  const opened = open.repeat(100_000);
  const closed = [...open].reverse().map((char) => ({ '[': ']', '{': '}' })[char] ?? '');
  return [opened, `${opened}1${closed.join('').repeat(100_000)}`];
});

t.test('JSON nested 100,000 deep is refused by the file, the API and the port of the peers', async (t) => {
  const directory = scratch(t);
  const { api, peer, dhcp4 } = await withPorts(directory);
  const file = writeConfig(directory, dhcp4 as Record<string, unknown>);
  const server = await serve(t, file, freeUdpPort());
  const whole = readFileSync(file, 'utf8');
  for (const deep of DEEP) {
    for (const body of [
      deep,
      `{"command":"config-set","arguments":${deep}`,
      `{"command":"lease4-add","arguments":{"user-context":${deep}}}`,
    ]) {
      t.match(JSON.parse(await askRaw(join(directory, 'ctl'), body, { halfClose: true })), { result: 1 });
      t.match(await rawExchange(api, keaRequest(body)), {
        status: /^(?:200|400)$/,
        body: /"result": (?:1|400)/,
      });
      const socket = connect({ port: peer, host: '127.0.0.2' });
      socket.write(keaRequest(body));
      const [first] = (
        await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
      ).split('\r');
      t.match(first, /^HTTP\/1\.1 (?:200|400|403)/);
      socket.destroy();
    }
    writeFileSync(file, whole.replace('"valid-lifetime"', `"user-context":${deep},"valid-lifetime"`));
    t.match(JSON.parse(await askRaw(join(directory, 'ctl'), '{"command":"config-reload"}')), {
      result: 1,
      text: /expected at most 128 levels|deeper nesting/,
    });
  }
  t.same(
    failures(server).filter((line) => !/CONFIG|RELOAD/.test(JSON.stringify(line))),
    [],
  );
  t.equal((await rawExchange(api, keaRequest('{"command":"version-get"}')))?.status, 200);
});

t.test('the corpus of datagrams at every level of the log: the server serves on', async (t) => {
  const corpus = [
    ...keptCorpus('datagrams'),
    ...Array.from({ length: 300 }, (_, octets) => new Uint8Array(octets)),
  ];
  for (const severity of ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE']) {
    const port = await findFreeUdpPort(SERVER);
    const relayPort = await findFreeUdpPort('127.0.0.1');
    const loggers = [
      { name: 'kea-dhcp4', severity, debuglevel: 99, 'output-options': [{ output: 'stderr' }] },
    ];
    const directory = scratch(t);
    const server = new ServerUnderTest(
      ['serve', '-c', writeConfig(directory, { loggers }), '-p', `${port}`, '-P', `${relayPort}`],
      'ignore',
    );
    t.teardown(() => server.stop('SIGKILL'));
    await until({ what: 'it answers', timeoutMs: START_MS }, () => answers(join(directory, 'ctl')));
    await sendAll(port, corpus);
    const reply = await exchange(port, relayPort, discover(1));
    t.equal(reply?.[0], 2, `${severity}: a client is served`);
    t.equal(await server.stop(), 0, `${severity}: and it ends in order`);
  }
});

async function answers(socket: string): Promise<true | null> {
  const answer = await askRaw(socket, '{"command":"version-get"}');
  return answer === '' ? null : true;
}

t.test('no file that the server writes is for everybody, whatever the mask of the process', async (t) => {
  const directory = scratch(t);
  const mask = process.umask(0);
  t.teardown(() => process.umask(mask));
  const legal = { library: 'libdhcp_legal_log.so', parameters: { path: directory, 'base-name': 'legal' } };
  const output = { output: join(directory, 'tandem.log') };
  const server = await Reloadable.start(t, directory, {
    'hooks-libraries': [...LIBRARIES, legal],
    loggers: [
      {
        name: 'kea-dhcp4',
        severity: 'DEBUG',
        debuglevel: 99,
        'output-options': [{ output: 'stdout' }, output],
      },
    ],
  });
  await server.ask('lease4-add', { 'ip-address': '10.0.0.9', 'hw-address': '02:00:00:00:00:09' });
  await sendAll(server.port, [request(1, '10.0.0.11')]);
  await server.ask('config-write', { filename: 'copy.conf' });
  for (let copies = 0; copies < 2; copies++) await server.ask('lease4-write', { filename: 'copy.csv' });
  await server.ask('kea-lfc-start');
  await server.server.logged('TDM_JOURNAL_CLEANUP_DONE');
  const own = readdirSync(directory).filter((name) => name !== 'tandem.conf');
  for (const name of ['leases.csv', 'leases.csv.2', 'tandem.log', 'copy.conf', 'copy.csv'])
    t.ok(own.includes(name), name);
  t.ok(
    own.some((name) => /^legal\./.test(name)) && own.some((name) => /\.bak\d+$/.test(name)),
    own.join(' '),
  );
  for (const name of own) {
    const mode = statSync(join(directory, name)).mode & 0o777;
    // Kea's own tools are in its group and write to its socket.
    const allowed = name === 'ctl' ? 0o770 : 0o640;
    t.equal(mode & ~allowed, 0, `${name}: ${mode.toString(8)}`);
  }
});

t.test(
  'a command brings no program and no place for a log of leases, not by .. and not by a link',
  async (t) => {
    const directory = scratch(t);
    const server = await Reloadable.start(t, directory, { 'hooks-libraries': LIBRARIES });
    const elsewhere = scratch(t);
    symlinkSync(elsewhere, join(directory, 'link'));
    writeFileSync(join(directory, 'program'), '#!/bin/sh\n', { mode: 0o755 });
    const { arguments: shown } = await server.ask('config-get');
    const dhcp4 = shown?.['Dhcp4'] as Record<string, unknown>;
    const libraries = [
      ...[directory, `${directory}/link`, `${directory}/../${elsewhere.split('/').at(-1)}`, '/etc'].map(
        (path) => ({
          library: 'libdhcp_legal_log.so',
          parameters: { path },
        }),
      ),
      ...['legal_log', 'run_script', 'forensic_log'].map((name) => ({
        library: `${directory}/../x/libdhcp_${name}.so`,
        parameters: { name: join(directory, 'program'), path: directory },
      })),
      { library: `/usr/lib/./libdhcp_run_script.so`, parameters: { name: join(directory, 'program') } },
      { library: 'libdhcp_run_script.so/', parameters: { name: '/bin/sh' } },
      { library: join(directory, 'program') },
    ];
    for (const library of libraries)
      for (const command of ['config-test', 'config-set'])
        t.match(
          await server.ask(command, { Dhcp4: { ...dhcp4, 'hooks-libraries': [...LIBRARIES, library] } }),
          { result: 1 },
          JSON.stringify(library),
        );
    t.same(readdirSync(elsewhere), []);
  },
);

const descriptors = (server: ServerUnderTest): number => readdirSync(`/proc/${server.child.pid}/fd`).length;

async function abortMany(
  t: Test,
  what: string,
  count: number,
  one: (index: number) => Promise<void>,
  server: ServerUnderTest,
) {
  const before = descriptors(server);
  for (let index = 0; index < count; index += 20)
    await Promise.all(Array.from({ length: 20 }, (_, i) => one(index + i)));
  // The pair opens and closes connections of its own meanwhile.
  const most = before + 8;
  const patience = { what: `${what}: ${before} descriptors before, few more behind`, timeoutMs: CLOSED_MS };
  await until(patience, () => (descriptors(server) <= most ? true : null));
  t.pass(patience.what);
}

t.test('ten thousand requests that are given up at any octet leave no descriptor behind', async (t) => {
  const directory = scratch(t);
  const { api, dhcp4 } = await withPorts(directory);
  const file = writeConfig(directory, dhcp4 as Record<string, unknown>);
  const server = await serve(t, file, freeUdpPort());
  const whole = keaRequest('{"command":"lease4-get-page","arguments":{"from":"start","limit":3}}');
  await abortMany(
    t,
    'http',
    5_000,
    async (index) => {
      const socket = await openSocket(api).catch(() => null);
      if (socket === null) return;
      socket.write(whole.slice(0, 1 + (index % whole.length)));
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    },
    server,
  );
  const command = '{"command":"lease4-get-all"}';
  await abortMany(
    t,
    'unix',
    5_000,
    (index) =>
      new Promise((resolve) => {
        const socket = connect(join(directory, 'ctl'), () => {
          socket.write(command.slice(0, 1 + (index % command.length)));
          socket.destroy();
        });
        socket.on('error', () => {}).on('close', () => resolve());
      }),
    server,
  );
  t.equal((await rawExchange(api, keaRequest('{"command":"version-get"}')))?.status, 200);
  t.same(failures(server), []);
});

t.test('headers without an end, too many, and connections half open: both ports serve on', async (t) => {
  const directory = scratch(t);
  const { api, peer, dhcp4 } = await withPorts(directory);
  const file = writeConfig(directory, dhcp4 as Record<string, unknown>);
  const server = await serve(t, file, freeUdpPort());
  const long = `X-A: ${'a'.repeat(8_000)}\r\n`;
  const floods = [
    `POST / HTTP/1.1\r\n${long.repeat(200)}`,
    `POST / HTTP/1.1\r\n${'A: b\r\n'.repeat(100_000)}`,
    'A'.repeat(2_000_000),
    `POST /${'a'.repeat(1_000_000)} HTTP/1.1\r\n\r\n`,
    keaRequest('{"command":"version-get"}').replace(
      'Content-Length: ',
      'Content-Length: 99999999999999999999',
    ),
    `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n${'1\r\n{\r\n'.repeat(50_000)}`,
  ];
  for (const [port, host] of [
    [api, SERVER],
    [peer, '127.0.0.2'],
  ] as const) {
    for (const flood of floods) {
      const socket = connect({ port, host });
      const ended = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
      socket.resume().write(flood);
      await ended;
    }
    const before = process.memoryUsage().rss;
    const half = Array.from({ length: 2_000 }, () =>
      connect({ port, host, localAddress: '127.0.0.7' }).on('error', () => {}),
    );
    await Promise.all(
      half.map((socket) => new Promise((resolve) => socket.on('connect', resolve).on('close', resolve))),
    );
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ port, host }, () => socket.write(keaRequest('{"command":"status-get"}')));
      socket.once('data', (data) => resolve(String(data)));
    });
    t.match(answer, /^HTTP\/1\.1 200/, `${host}:${port}, ${before}`);
    for (const socket of half) socket.destroy();
  }
  await until({ what: 'all are closed', timeoutMs: CLOSED_MS }, () =>
    descriptors(server) < 200 ? true : null,
  );
  t.same(failures(server), []);
});
