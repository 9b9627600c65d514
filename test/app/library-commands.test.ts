/** Commands that change the configuration of a running server: at once, one after the other, and within their bounds. */

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { LEASE_FILE_HEADER } from '../journal/support/dhcp4.ts';
import { scratch } from './process.ts';
import { endWithoutLoss, RELAY, Reloadable, startLoad } from './reloading.ts';

t.setTimeout(170_000);

const LIBRARIES = {
  'hooks-libraries': ['lease_cmds', 'stat_cmds', 'subnet_cmds', 'class_cmds', 'host_cmds'].map((name) => ({
    library: `/usr/lib/kea/hooks/libdhcp_${name}.so`,
  })),
};
const subnet = (i: number) => ({
  id: i,
  subnet: `10.200.${i}.0/24`,
  pools: [{ pool: `10.200.${i}.10 - 10.200.${i}.99` }],
});

/** Of a lease file that stood there. */
const BEFORE = LEASE_FILE_HEADER;

type Dhcp4 = Record<string, unknown>;

async function dhcp4Of(server: Reloadable): Promise<Dhcp4> {
  return (await server.ask('config-get')).arguments?.['Dhcp4'] as Dhcp4;
}

t.test('the commands of a library exist while it is loaded', async (t) => {
  const server = await Reloadable.start(t, scratch(t), LIBRARIES);
  const { arguments: names } = await server.ask('list-commands');
  for (const name of ['stat-lease4-get', 'subnet4-add', 'network4-list', 'class-list', 'reservation-add'])
    t.ok((names as unknown as string[]).includes(name), name);
  t.match(await server.ask('stat-lease4-get'), {
    result: 0,
    text: 'stat-lease4-get[all subnets]: 1 rows found',
  });
  t.match(await server.reload({}), { result: 0 });
  t.match(await server.ask('stat-lease4-get'), { result: 2 });
});

t.test('changes that are asked for at once all come into force, and a query is never lost', async (t) => {
  const directory = scratch(t);
  const relayPort = await findFreeUdpPort(RELAY);
  const first = {
    id: 1,
    subnet: '10.0.0.0/14',
    pools: [{ pool: '10.0.0.10 - 10.3.255.250' }],
    relay: { 'ip-addresses': [RELAY] },
  };
  const server = await Reloadable.start(
    t,
    directory,
    { ...LIBRARIES, subnet4: [first] },
    undefined,
    relayPort,
  );
  const client = await startLoad([server.port], relayPort, 2_000);
  const ids = Array.from({ length: 12 }, (_, i) => i + 2);
  const answers = await Promise.all(ids.map((id) => server.ask('subnet4-add', { subnet4: [subnet(id)] })));
  t.ok(
    answers.every(({ result }) => result === 0),
    JSON.stringify(answers),
  );
  t.match(await server.ask('subnet4-list'), { text: '13 IPv4 subnets found' });
  const again = await Promise.all([
    server.ask('subnet4-add', { subnet4: [subnet(2)] }),
    server.ask('subnet4-add', { subnet4: [{ ...subnet(99), pools: [{ pool: '10.0.0.0/24' }] }] }),
    server.ask('subnet4-del', { id: 3 }),
  ]);
  t.same(
    again.map(({ result }) => result),
    [1, 1, 0],
  );
  t.match(await server.ask('subnet4-list'), { text: '12 IPv4 subnets found' });
  t.match(await server.ask('config-set', { Dhcp4: { ...(await dhcp4Of(server)), 'valid-lifetime': 1800 } }), {
    result: 0,
  });
  t.match(await server.ask('statistic-get', { name: 'subnet[4].total-addresses' }), {
    arguments: { 'subnet[4].total-addresses': [[90]] },
  });
  await endWithoutLoss(t, client);
});

t.test('what commands made lasts with config-write, and goes with config-reload', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory, LIBRARIES);
  const file = join(directory, 'tandem.conf');
  await server.ask('subnet4-add', { subnet4: [subnet(2)] });
  t.match(await server.ask('config-reload'), { result: 0 });
  t.match(await server.ask('subnet4-list'), { text: '1 IPv4 subnet found' });
  await server.ask('subnet4-add', { subnet4: [subnet(2)] });
  t.match(await server.ask('config-write'), {
    result: 0,
    arguments: { filename: file, size: readFileSync(file).length },
  });
  const before = await server.ask('config-hash-get');
  t.match(await server.ask('config-reload'), { result: 0 });
  t.match(await server.ask('subnet4-list'), { text: '2 IPv4 subnets found' });
  t.same(await server.ask('config-hash-get'), before);
});

t.test('a configuration by a command writes nowhere but where that of the file does', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory, LIBRARIES);
  const dhcp4 = await dhcp4Of(server);
  const elsewhere = scratch(t);
  symlinkSync(elsewhere, join(directory, 'link'));
  mkdirSync(join(directory, 'sub'));
  const log = (output: string) => ({
    loggers: [{ name: 'kea-dhcp4', severity: 'INFO', 'output-options': [{ output }] }],
  });
  const database = (name: string) => ({ 'lease-database': { type: 'memfile', name } });
  const socket = (name: string) => ({ 'control-socket': { 'socket-type': 'unix', 'socket-name': name } });
  for (const place of [
    elsewhere,
    join(directory, 'link'),
    join(directory, 'sub'),
    '/etc',
    '/root',
    '/proc/self',
  ]) {
    for (const changes of [log, database, socket].map((make) => make(join(place, 'x')))) {
      for (const command of ['config-test', 'config-set'])
        t.match(await server.ask(command, { Dhcp4: { ...dhcp4, ...changes } }), {
          result: 1,
          text: /expected by a command only a file in a directory that the configuration file uses/,
        });
    }
    t.notOk(existsSync(join(place, 'x')), place);
  }
  t.match(
    await server.ask('config-set', { Dhcp4: { ...dhcp4, ...database(join(directory, 'other.csv')) } }),
    { result: 0 },
  );
  t.ok(existsSync(join(directory, 'other.csv')), 'beside the lease file there may be another');
});

t.test('a lease file is written beside the one in use, never over it', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory, LIBRARIES);
  for (const host of [1, 2])
    await server.ask('lease4-add', {
      'ip-address': `10.0.0.${host}`,
      'hw-address': `02:00:00:00:00:0${host}`,
    });
  const copy = join(directory, 'copy.csv');
  writeFileSync(copy, BEFORE);
  t.match(await server.ask('lease4-write', { filename: copy }), {
    result: 0,
    text: `IPv4 lease database into '${copy}'.`,
  });
  const rows = readFileSync(copy, 'utf8').split('\n');
  t.equal(rows.length, 4, 'a header, two leases, and the end of the last line');
  t.match(rows, [/^address,hwaddr/, /^10\.0\.0\.1,02:/, /^10\.0\.0\.2,02:/]);
  t.equal(readFileSync(`${copy}.bak${server.server.child.pid}`, 'utf8'), BEFORE);
  for (const filename of [
    'leases.csv',
    join(directory, 'leases.csv'),
    'leases.csv.1',
    'leases.csv.lock',
    '../x',
    '/etc/x',
    '.',
  ])
    t.match(await server.ask('lease4-write', { filename }), { result: 1 }, filename);
  t.match(
    await server.ask('config-set', {
      Dhcp4: { ...(await dhcp4Of(server)), 'lease-database': { type: 'memfile', name: copy } },
    }),
    { result: 0 },
  );
  t.match(await server.ask('lease4-get-all'), { text: '2 IPv4 lease(s) found.' }, 'it can be read');
});

t.test('no command writes over what the directory holds beside configurations and leases', async (t) => {
  const directory = scratch(t);
  const log = join(directory, 'tandem.log');
  const loggers = [{ name: 'kea-dhcp4', severity: 'INFO', 'output-options': [{ output: log }] }];
  const server = await Reloadable.start(t, directory, LIBRARIES);
  await server.ask('lease4-add', { 'ip-address': '10.0.0.9', 'hw-address': '02:00:00:00:00:09' });
  writeFileSync(join(directory, 'key.pem'), 'a key');
  writeFileSync(join(directory, 'empty'), '');
  const files = ['leases.csv', 'leases.csv.lock', 'key.pem', 'empty', 'ctl'];
  const before = files.map((name) => (name === 'ctl' ? '' : readFileSync(join(directory, name), 'utf8')));
  for (const filename of files)
    for (const command of ['config-write', 'lease4-write'])
      t.match(await server.ask(command, { filename }), { result: 1 }, `${command} ${filename}`);
  t.match(await server.ask('lease4-write', { filename: 'tandem.conf' }), { result: 1 });
  const after = files.map((name) => (name === 'ctl' ? '' : readFileSync(join(directory, name), 'utf8')));
  t.same(after, before);
  for (const filename of ['copy.conf', 'copy.conf', 'tandem.conf'])
    t.match(await server.ask('config-write', { filename }), { result: 0 }, filename);

  const dhcp4 = await dhcp4Of(server);
  const output = (path: string) => ({
    loggers: [{ ...loggers[0], 'output-options': [{ output: path }] }],
  });
  const set = (changes: object) => server.ask('config-set', { Dhcp4: { ...dhcp4, ...changes } });
  for (const name of [
    'leases.csv',
    'leases.csv.1',
    'leases.csv.completed',
    'tandem.conf',
    'ctl',
    'sub/../leases.csv',
  ])
    t.match(
      await set(output(join(directory, name))),
      { result: 1, text: /expected (?:by a command a|another) file/ },
      name,
    );
  const database = (name: string) => ({ 'lease-database': { type: 'memfile', name: join(directory, name) } });
  t.match(await set({ ...output(log), ...database('tandem.log') }), {
    result: 1,
    text: /nothing else|another file/,
  });
  t.match(await set({ ...output(log), ...database('tandem.log.3') }), {
    result: 1,
    text: /nothing else|another file/,
  });
  t.match(await set(database('tandem.conf')), { result: 1, text: /nothing else|another file/ });
  t.match(await set(output(log)), { result: 0 });
  t.match(await set({ ...output(log), 'valid-lifetime': 77 }), { result: 0 }, 'again, while it is there');
  t.match(await server.ask('lease4-get-all'), { text: '1 IPv4 lease(s) found.' });
});

t.test('leases-reclaim and kea-lfc-start do their work at once', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory, {
    ...LIBRARIES,
    'expired-leases-processing': { 'reclaim-timer-wait-time': 0 },
  });
  const past = Math.floor(Date.now() / 1000) - 1000;
  const add = (host: number) =>
    server.ask('lease4-add', {
      'ip-address': `10.0.0.${host}`,
      'hw-address': `02:00:00:00:00:0${host}`,
      expire: past,
      'valid-lft': 60,
    });
  const states = async () => {
    const { leases } = (await server.ask('lease4-get-all')).arguments as { leases: { state: number }[] };
    return leases.map(({ state }) => state);
  };
  await add(1);
  t.same(await states(), [0]);
  t.match(await server.ask('leases-reclaim', { remove: false }), { result: 0 });
  t.same(await states(), [2]);
  await add(2);
  t.match(await server.ask('leases-reclaim', { remove: true }), { result: 0 });
  t.same(await states(), [2]);
  t.match(await server.ask('lease4-get-by-state', { state: 'expired-reclaimed' }), {
    text: '1 IPv4 lease(s) found.',
  });
  t.match(await server.ask('kea-lfc-start'), { result: 0 });
  await server.server.logged('TDM_JOURNAL_CLEANUP_DONE');
});
