/** config-reload and SIGHUP: everything is taken as Kea takes it, and what cannot be opened changes nothing. */

import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { freeUdpPort, scratch, serve, writeConfig } from './process.ts';
import { ask, Reloadable, SERVER } from './reloading.ts';

t.setTimeout(170_000);

const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';
const LEASE_COMMANDS = { 'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }] };

function row(address: string, client: number): string {
  const far = Math.floor(Date.now() / 1000) + 3600;
  return `${address},02:00:00:00:00:${client.toString(16).padStart(2, '0')},,3600,${far},1,0,0,,0,,0\n`;
}

const unix = (path: string) => ({ 'socket-type': 'unix', 'socket-name': path });
const http = (port: number, address = SERVER) => ({
  'socket-type': 'http',
  'socket-address': address,
  'socket-port': port,
});
const database = (name: string, more: object = {}) => ({
  'lease-database': { type: 'memfile', name, ...more },
  ...LEASE_COMMANDS,
});

async function addresses(server: Reloadable): Promise<string[]> {
  const { arguments: all } = await server.ask('lease4-get-all');
  const leases = (all?.['leases'] ?? []) as { 'ip-address': string }[];
  return leases.map((lease) => lease['ip-address']).sort();
}

t.test('control sockets come, go and move; who asked by one that goes gets the answer', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory);
  const [one, two] = [await findFreeTcpPort(SERVER), await findFreeTcpPort(SERVER)];
  const at = (port: number, host = SERVER) => ({ url: `http://${host}:${port}/` });
  const other = join(directory, 'other');
  t.match(await server.reload({ 'control-socket': undefined, 'control-sockets': [unix(other), http(one)] }), {
    result: 0,
  });
  t.notOk(existsSync(join(directory, 'ctl')), 'the old socket is gone');
  t.match(await ask({ socket: other }, 'status-get'), { result: 0 });
  t.match(await ask(at(one), 'status-get'), { result: 0 });
  writeConfig(directory, { 'control-socket': undefined, 'control-sockets': [unix(other), http(two)] });
  t.match(await ask(at(one), 'config-reload'), { result: 0 }, 'answered by the port that closes');
  await t.rejects(
    ask(at(one), 'status-get').then(({ result }) => (result === 0 ? 'answered' : Promise.reject(result))),
  );
  t.match(await ask(at(two), 'status-get'), { result: 0 });
  // The same port at another address: one of the two has to go first.
  writeConfig(directory, { 'control-socket': undefined, 'control-sockets': [http(two, '0.0.0.0')] });
  t.match(await ask(at(two), 'config-reload'), { result: 0 });
  t.match(await ask(at(two, '127.0.0.9'), 'status-get'), { result: 0 });
  t.notOk(existsSync(other));
});

t.test(
  'a control socket that cannot be opened: all is as it was, also what was opened before it',
  async (t) => {
    const directory = scratch(t);
    const server = await Reloadable.start(t, directory);
    const stranger = createServer().listen(0, SERVER);
    t.teardown(() => stranger.close());
    await once(stranger, 'listening');
    const { port } = stranger.address() as { port: number };
    const other = join(directory, 'other');
    const answer = await server.reload({
      'control-socket': undefined,
      'control-sockets': [unix(other), http(port)],
      'lease-database': { type: 'memfile', name: join(directory, 'other.csv') },
      'valid-lifetime': 77,
    });
    t.match(answer, { result: 1, text: new RegExp(`127.0.0.1 port ${port}.*EADDRINUSE`) });
    t.notOk(existsSync(other), 'the new socket is closed again');
    const { arguments: config } = await server.ask('config-get');
    t.match(config, {
      Dhcp4: { 'valid-lifetime': 3600, 'lease-database': { name: join(directory, 'leases.csv') } },
    });
    const missing = join(directory, 'nosuch', 'ctl');
    t.match(await server.reload({ 'control-socket': unix(missing) }), {
      result: 1,
      text: /nosuch does not exist/,
    });
    // The lock of the other lease file was given back.
    const second = await serve(
      t,
      writeConfig(scratch(t), database(join(directory, 'other.csv'))),
      freeUdpPort(),
    );
    t.equal(await second.stop(), 0);
  },
);

t.test('a port that was given up for another address is taken back when something else fails', async (t) => {
  const directory = scratch(t);
  const [port, taken] = [await findFreeTcpPort(SERVER), await findFreeTcpPort(SERVER)];
  const file = join(directory, 'leases.csv');
  writeFileSync(file, `${HEADER}\n${row('10.0.0.20', 1)}${row('10.0.0.21', 2)}`);
  const sockets = (...more: object[]) => ({
    'control-socket': undefined,
    'control-sockets': [unix(join(directory, 'ctl')), ...more],
  });
  const server = await Reloadable.start(t, directory, sockets(http(port)));
  const stranger = createServer().listen(taken, SERVER);
  t.teardown(() => stranger.close());
  await once(stranger, 'listening');
  const isThere = async (host: string): Promise<boolean> => {
    const answer = ask({ url: `http://${host}:${port}/` }, 'status-get');
    return answer.then(
      ({ result }) => result === 0,
      () => false,
    );
  };
  const everywhere = http(port, '0.0.0.0');
  t.match(await server.reload(sockets(everywhere, http(taken))), { result: 1, text: /EADDRINUSE/ });
  t.same([await isThere(SERVER), await isThere('127.0.0.9')], [true, false]);
  const tandem = { 'user-context': { tandem: { 'max-leases': 1 } } };
  t.match(await server.reload({ ...sockets(everywhere), ...tandem }), { result: 1, text: /max-leases/ });
  t.same([await isThere(SERVER), await isThere('127.0.0.9')], [true, false]);
  t.match(await server.reload(sockets(everywhere)), { result: 0 });
  t.same([await isThere(SERVER), await isThere('127.0.0.9')], [true, true]);
});

t.test('another lease file: its leases are the leases, and the old one is complete', async (t) => {
  const directory = scratch(t);
  const [first, second] = [join(directory, 'leases.csv'), join(directory, 'second.csv')];
  writeFileSync(first, `${HEADER}\n${row('10.0.0.20', 1)}`);
  writeFileSync(second, `${HEADER}\n${row('10.0.0.30', 2)}${row('10.0.0.31', 3)}`);
  const server = await Reloadable.start(t, directory, database(first));
  t.match(await server.ask('lease4-add', { 'ip-address': '10.0.0.21', 'hw-address': '02:00:00:00:00:09' }), {
    result: 0,
  });
  t.match(await server.reload(database(second)), { result: 0 });
  t.same(await addresses(server), ['10.0.0.30', '10.0.0.31']);
  t.match(readFileSync(first, 'utf8'), /^10\.0\.0\.21,/m);
  await server.ask('lease4-add', { 'ip-address': '10.0.0.32', 'hw-address': '02:00:00:00:00:0a' });
  t.match(readFileSync(second, 'utf8'), /^10\.0\.0\.32,/m);
  t.notMatch(readFileSync(first, 'utf8'), /10\.0\.0\.32/);
  const statistics = await server.ask('statistic-get', { name: 'subnet[1].assigned-addresses' });
  t.same((statistics.arguments!['subnet[1].assigned-addresses'] as [[number]])[0][0], 3);
  t.match(await server.reload(database(first)), { result: 0 }, 'and back');
  t.same(await addresses(server), ['10.0.0.20', '10.0.0.21']);
  // The lock of the second one is free again.
  const another = await serve(t, writeConfig(scratch(t), database(second)), freeUdpPort());
  t.match(
    another.log.find(({ id }) => id === 'TDM_ENGINE_SERVING'),
    { leases: 3 },
  );
  t.match(await server.reload(database(second)), { result: 1, text: /in use by process/ });
  t.same(await addresses(server), ['10.0.0.20', '10.0.0.21']);
});

t.test('a lease file that cannot be used changes nothing', async (t) => {
  const directory = scratch(t);
  const first = join(directory, 'leases.csv');
  writeFileSync(first, `${HEADER}\n${row('10.0.0.20', 1)}`);
  const server = await Reloadable.start(t, directory, database(first));
  const bad = join(directory, 'bad.csv');
  writeFileSync(bad, 'this,is,no,lease,file\n1,2,3,4,5\n');
  t.match(await server.reload(database(bad)), { result: 1, text: /bad\.csv/ });
  t.equal(readFileSync(bad, 'utf8'), 'this,is,no,lease,file\n1,2,3,4,5\n');
  t.match(await server.reload(database('/proc/nosuch/x.csv')), { result: 1, text: /\/proc\/nosuch/ });
  writeFileSync(join(directory, 'rows.csv'), `${HEADER}\nrubbish\nmore\n`);
  t.match(await server.reload(database(join(directory, 'rows.csv'), { 'max-row-errors': 1 })), {
    result: 1,
    text: /more than 1 bad rows/,
  });
  symlinkSync(first, join(directory, 'link.csv'));
  t.match(await server.reload(database(join(directory, 'link.csv'))), { result: 1, text: /another name/ });
  mkdirSync(join(directory, 'folder'));
  t.match(await server.reload(database(join(directory, 'folder'))), { result: 1, text: /folder/ });
  t.same(await addresses(server), ['10.0.0.20']);
  await server.ask('lease4-add', { 'ip-address': '10.0.0.22', 'hw-address': '02:00:00:00:00:0b' });
  t.match(readFileSync(first, 'utf8'), /^10\.0\.0\.22,/m, 'the old file is still written');
});

t.test('without a lease file the leases stay; what is written then does not reach the file', async (t) => {
  const directory = scratch(t);
  const first = join(directory, 'leases.csv');
  writeFileSync(first, `${HEADER}\n${row('10.0.0.20', 1)}`);
  const server = await Reloadable.start(t, directory, database(first));
  t.match(await server.reload(database(first, { persist: false })), { result: 0 });
  await server.ask('lease4-add', { 'ip-address': '10.0.0.23', 'hw-address': '02:00:00:00:00:0c' });
  t.same(await addresses(server), ['10.0.0.20', '10.0.0.23']);
  t.notMatch(readFileSync(first, 'utf8'), /10\.0\.0\.23/);
  t.match(await server.reload(database(first)), { result: 0 });
  t.same(await addresses(server), ['10.0.0.20'], "the file's content, as with Kea");
});

t.test(
  'more leases than before fit after a reload with larger pools; fewer than there are do not',
  async (t) => {
    const directory = scratch(t);
    const first = join(directory, 'leases.csv');
    writeFileSync(first, `${HEADER}\n${row('10.0.0.20', 1)}${row('10.0.0.21', 2)}`);
    const tandem = (settings: object) => ({ ...database(first), 'user-context': { tandem: settings } });
    const server = await Reloadable.start(t, directory, tandem({ 'max-leases': 3 }));
    t.match(await server.reload(tandem({ 'max-leases': 1 })), { result: 1, text: /max-leases/ });
    t.same(await addresses(server), ['10.0.0.20', '10.0.0.21']);
    t.match(await server.reload(tandem({ 'max-leases': 2 })), { result: 0 });
    const add = (n: number) =>
      server.ask('lease4-add', { 'ip-address': `10.0.0.${n}`, 'hw-address': `02:00:00:00:01:${n}` });
    t.match(await add(30), { result: 1 });
    t.match(await server.reload(tandem({ 'max-leases': 3 })), { result: 0 });
    t.match(await add(31), { result: 0 });
    t.same(await addresses(server), ['10.0.0.20', '10.0.0.21', '10.0.0.31']);
  },
);

t.test('the number of packet threads takes a restart, and says so', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory, { 'multi-threading': { 'thread-pool-size': 1 } });
  const answer = await server.reload({ 'multi-threading': { 'thread-pool-size': 2 } });
  t.match(answer, { result: 1, text: /2 packet threads instead of 1.*restart/ });
  t.match(
    await server.reload({
      'multi-threading': { 'thread-pool-size': 1, 'packet-queue-size': 9 },
      'parked-packet-limit': 16,
    }),
    {
      result: 0,
    },
  );
});

t.test('commands come and go with their library', async (t) => {
  const server = await Reloadable.start(t, scratch(t));
  t.match(await server.ask('lease4-get-all'), { result: 2 });
  t.match(await server.reload(LEASE_COMMANDS), { result: 0 });
  t.match(await server.ask('lease4-get-all'), { result: 3 });
  t.match(await server.reload({}), { result: 0 });
  t.match(await server.ask('lease4-get-all'), { result: 2 });
});

t.test('a file that changes while it is being taken is read again: the last one wins', async (t) => {
  const directory = scratch(t);
  const server = await Reloadable.start(t, directory);
  const answers: Promise<unknown>[] = [];
  for (let n = 1; n <= 20; n++) {
    const file = writeConfig(scratch(t), {
      'control-socket': unix(join(directory, 'ctl')),
      'lease-database': { type: 'memfile', name: join(directory, `leases${n % 3}.csv`) },
      'valid-lifetime': 1000 + n,
    });
    renameSync(file, join(directory, 'tandem.conf'));
    answers.push(server.ask('config-reload'));
    if (n % 4 === 0) server.server.child.kill('SIGHUP');
    await sleep(n % 3);
  }
  for (const answer of await Promise.all(answers)) t.match(answer, { result: 0 }, JSON.stringify(answer));
  const { arguments: config } = await server.ask('config-get');
  t.match(config, { Dhcp4: { 'valid-lifetime': 1020 } });
  t.equal(await server.server.stop(), 0);
});

t.test('a reload in the middle of a stop changes nothing and keeps nobody', async (t) => {
  for (const pauseMs of [0, 1, 5, 20]) {
    const directory = scratch(t);
    const server = await Reloadable.start(t, directory);
    writeConfig(directory, { 'lease-database': { type: 'memfile', name: join(directory, 'other.csv') } });
    server.server.child.kill('SIGHUP');
    await sleep(pauseMs);
    server.server.child.kill('SIGTERM');
    server.server.child.kill('SIGHUP');
    t.equal(await server.server.exitCode(), 0);
  }
});
