/** Inputs that want to break a whole DHCPv6 server or get out of it, by its commands, its files and its log. */
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { askRaw } from '../../control/harness.ts';
import { iaNa, iaPd, message, partsOf, relayed } from '../../engine/dhcp6/messages.ts';
import { freeUdpPort, type ServerUnderTest, scratch } from '../process.ts';
import { ask, type CommandAnswer } from '../reloading.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

t.setTimeout(170_000);

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
const { solicit, request } = MessageType;

const LIBRARIES = ['lease_cmds', 'stat_cmds', 'subnet_cmds', 'class_cmds', 'host_cmds'].map((name) => ({
  library: `libdhcp_${name}.so`,
}));

interface Running {
  readonly directory: string;
  readonly server: ServerUnderTest;
  readonly relay: Relay6;
  ask(command: string, args?: object): Promise<CommandAnswer>;
}

async function start(t: Test, dhcp6: Record<string, unknown> = {}): Promise<Running> {
  const directory = scratch(t);
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const file = writeConfig6(directory, { 'hooks-libraries': LIBRARIES, ...dhcp6 });
  const server = await serve6(t, file, port, relay);
  const socket = join(directory, 'ctl');
  return { directory, server, relay, ask: (command, args) => ask({ socket }, command, args) };
}

function failures({ server }: Running): readonly unknown[] {
  return server.log.filter(
    ({ id, level }) => id === 'TDM_CONTROL_COMMAND_FAILED' || level === 'fatal' || level === 'error',
  );
}

t.test(
  'leases of a subnet that a reload took away: every lease6 command answers, and they come back',
  { skip },
  async (t) => {
    const running = await start(t);
    const client = { duid: '00:01:02:03', iaid: 7 };
    const prefix = { 'ip-address': '2001:db8:8000:100::', type: 'IA_PD', 'prefix-len': 56, 'subnet-id': 1 };
    for (const lease of [{ 'ip-address': '2001:db8:1::9', hostname: 'host.example' }, prefix])
      t.match(await running.ask('lease6-add', { ...client, ...lease }), { result: 0 });
    const subnet6 = [{ id: 2, subnet: '2001:db8:2::/64' }];
    writeConfig6(running.directory, { 'hooks-libraries': LIBRARIES, subnet6 });
    t.match(await running.ask('config-reload'), { result: 0 });
    const address = { 'ip-address': '2001:db8:1::9' };
    const byDuid = { 'identifier-type': 'duid', identifier: '00:01:02:03', iaid: 7, 'subnet-id': 1 };
    const commands: readonly (readonly [string, object])[] = [
      ['lease6-get', address],
      ['lease6-get', { ...address, type: 'IA_PD' }],
      ['lease6-get', byDuid],
      ['lease6-get', { ...byDuid, identifier: 'zz' }],
      ['lease6-get-all', { subnets: [1] }],
      ['lease6-get-page', { from: '2001:db8:1::1', limit: 3 }],
      ['lease6-get-by-duid', { duid: '00:01:02:03' }],
      ['lease6-get-by-hostname', { hostname: 'host.example' }],
      ['lease6-get-by-state', { state: 'assigned', 'subnet-id': 1 }],
      ['lease6-resend-ddns', address],
      ['lease6-update', { ...client, ...address, 'subnet-id': 1 }],
      ['lease6-bulk-apply', { leases: [{ ...client, ...address, 'subnet-id': 1 }], 'deleted-leases': [] }],
      ['lease6-write', { filename: 'copy.csv' }],
      ['stat-lease6-get', { 'subnet-id': 1 }],
      ['leases-reclaim', { remove: true }],
    ];
    for (const [command, args] of commands) {
      const { result } = await running.ask(command, args);
      t.ok([0, 1, 3, 4].includes(result), `${command} ${JSON.stringify(args)}: ${result}`);
    }
    t.same(failures(running), []);
    writeConfig6(running.directory, { 'hooks-libraries': LIBRARIES });
    t.match(await running.ask('config-reload'), { result: 0 });
    for (const each of [address, prefix])
      t.match(await running.ask('lease6-get', each), { result: 0 }, JSON.stringify(each));
  },
);

t.test(
  'whatever a relay sends, at the finest level of the log: the server serves on',
  { skip },
  async (t) => {
    const loggers = [
      { name: 'kea-dhcp6', severity: 'DEBUG', debuglevel: 99, 'output-options': [{ output: 'stdout' }] },
    ];
    const running = await start(t, { loggers });
    const { relay, server } = running;
    const whole = message(request, 1, iaNa(1), iaPd(2));
    for (let octets = 0; octets < whole.length; octets++) relay.send(whole.slice(0, octets));
    for (let octets = 0; octets < 300; octets += 7) relay.send(new Uint8Array(octets).fill(octets));
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = changed[at]! ^ 0xff;
      relay.send(changed);
      relay.send(relayed(changed, '::', 'fe80::9'));
    }
    const answers: string[] = [];
    relay.onReply((reply) => answers.push(...partsOf(reply)));
    const deadline = Date.now() + 20_000;
    while (!answers.some((part) => part.startsWith('na 77 ')) && Date.now() < deadline) {
      relay.send(message(solicit, 200, iaNa(77)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    t.ok(
      answers.some((part) => part.startsWith('na 77 ')),
      'a client is served',
    );
    t.same(failures(running), []);
    t.equal(await server.stop(), 0, 'and it ends in order');
  },
);

t.test(
  'no file that the server writes is for everybody, whatever the mask of the process',
  { skip },
  async (t) => {
    const mask = process.umask(0);
    t.teardown(() => process.umask(mask));
    const directory = scratch(t);
    const legal = { library: 'libdhcp_legal_log.so', parameters: { path: directory, 'base-name': 'legal' } };
    const output = { output: join(directory, 'tandem.log') };
    const loggers = [
      {
        name: 'kea-dhcp6',
        severity: 'DEBUG',
        debuglevel: 99,
        'output-options': [{ output: 'stdout' }, output],
      },
    ];
    const running = await start(t, {
      'hooks-libraries': [...LIBRARIES, legal],
      loggers,
      'server-id': { type: 'LL', persist: true },
    });
    await running.ask('lease6-add', { 'ip-address': '2001:db8:1::9', duid: '00:01:02:03', iaid: 7 });
    await running.ask('config-write', { filename: 'copy.conf' });
    for (let copies = 0; copies < 2; copies++) await running.ask('lease6-write', { filename: 'copy.csv' });
    await running.ask('kea-lfc-start');
    await running.server.logged('TDM_JOURNAL_CLEANUP_DONE');
    const places = [directory, running.directory];
    const own = places.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
    for (const name of [
      'leases6.csv',
      'leases6.csv.2',
      'tandem.log',
      'copy.conf',
      'copy.csv',
      'kea-dhcp6-serverid',
    ])
      t.ok(
        own.some((path) => path.endsWith(`/${name}`)),
        name,
      );
    t.ok(
      own.some((path) => /\/legal\.[^/]+$/.test(path)),
      own.join(' '),
    );
    for (const path of own) {
      if (path.endsWith('/tandem6.conf')) continue;
      const mode = statSync(path).mode & 0o777;
      // Kea's own tools are in its group and write to its socket.
      const allowed = path.endsWith('/ctl') ? 0o770 : 0o640;
      t.equal(mode & ~allowed, 0, `${path}: ${mode.toString(8)}`);
    }
  },
);

t.test(
  'a command brings no program, no place and no depth: not by .., not by a link, not by brackets',
  { skip },
  async (t) => {
    const running = await start(t);
    const { directory } = running;
    const elsewhere = scratch(t);
    symlinkSync(elsewhere, join(directory, 'link'));
    writeFileSync(join(directory, 'program'), '#!/bin/sh\n', { mode: 0o755 });
    const { arguments: shown } = await running.ask('config-get');
    const dhcp6 = shown?.['Dhcp6'] as Record<string, unknown>;
    const libraries = [
      ...[directory, `${directory}/link`, '/etc'].map((path) => ({
        library: 'libdhcp_legal_log.so',
        parameters: { path },
      })),
      { library: 'libdhcp_run_script.so', parameters: { name: join(directory, 'program') } },
      { library: `${directory}/../x/libdhcp_run_script.so`, parameters: { name: '/bin/sh' } },
      { library: join(directory, 'program') },
    ];
    for (const library of libraries)
      for (const command of ['config-test', 'config-set']) {
        const args = { Dhcp6: { ...dhcp6, 'hooks-libraries': [...LIBRARIES, library] } };
        t.match(await running.ask(command, args), { result: 1 }, JSON.stringify(library));
      }
    for (const filename of ['/etc/tandem.csv', '../copy.csv', 'link/copy.csv'])
      for (const command of ['lease6-write', 'config-write'])
        t.match(await running.ask(command, { filename }), { result: 1 }, `${command} ${filename}`);
    t.same(readdirSync(elsewhere), []);
    const deep = '['.repeat(100_000);
    for (const body of [deep, `{"command":"lease6-add","arguments":{"user-context":${deep}}}`])
      t.match(JSON.parse(await askRaw(join(directory, 'ctl'), body, { halfClose: true })), { result: 1 });
    t.match(await running.ask('version-get'), { result: 0 });
  },
);

t.test('stopped under load it has every acknowledged lease in its file', { skip }, async (t) => {
  const running = await start(t);
  const { directory, relay, server } = running;
  const acknowledged = new Set<string>();
  relay.onReply((reply) => {
    for (const [address] of partsOf(reply)
      .join()
      .matchAll(/2001:db8:1::[0-9a-f]+/g))
      acknowledged.add(address);
  });
  let client = 1;
  const more = setInterval(() => {
    for (let count = 0; count < 20; count++) relay.send(message(request, client++, iaNa(1)));
  }, 1);
  t.teardown(() => clearInterval(more));
  while (acknowledged.size < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(await server.stop(), 0);
  clearInterval(more);
  const files = readdirSync(directory).filter((name) => name.startsWith('leases6.csv'));
  const rows = files.map((name) => readFileSync(join(directory, name), 'latin1')).join('\n');
  t.same(
    [...acknowledged].filter((address) => !rows.includes(`${address},`)),
    [],
    `${acknowledged.size} leases`,
  );
});
