import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCtl } from '../../src/cli/ctl.ts';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';

async function ask(
  directory: string,
  command: string,
): Promise<{ result: number; text?: string; arguments?: never }> {
  const { output } = await runCtl({ socket: join(directory, 'ctl'), command });
  return JSON.parse(output);
}

t.test('a server starts, answers on its control socket, and ends on SIGTERM with exit code 0', async (t) => {
  const directory = scratch(t);
  const server = await serve(t, writeConfig(directory), freeUdpPort());
  t.match(await ask(directory, 'status-get'), {
    result: 0,
    arguments: { 'dhcp-state': { 'globally-disabled': false } },
  });
  t.equal(await server.stop(), 0);
  await server.logged('TDM_ENGINE_STOPPED');
  t.notOk(existsSync(join(directory, 'ctl')), 'the socket file is gone');
});

t.test('the shutdown command ends the server with the value it names', async (t) => {
  const directory = scratch(t);
  const server = await serve(t, writeConfig(directory), freeUdpPort());
  await runCtl({ socket: join(directory, 'ctl'), command: 'shutdown', argsJson: '{"exit-value": 3}' });
  t.equal(await server.exitCode(), 3);
});

t.test('a second server on the same lease file does not start', async (t) => {
  const directory = scratch(t);
  const file = writeConfig(directory);
  await serve(t, file, freeUdpPort());
  const second = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
  t.equal(await second.exitCode(), 1);
  t.match((await second.logged('TDM_ENGINE_NOT_STARTED'))['reason'], /in use by process/);
});

t.test('a lease file with a wrong header is refused and left as it is', async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'leases.csv'), 'this,is,no,lease,file\n1,2,3,4,5\n');
  const server = new ServerUnderTest(['serve', '-c', writeConfig(directory), '-p', `${freeUdpPort()}`]);
  t.equal(await server.exitCode(), 1);
  t.match((await server.logged('TDM_ENGINE_NOT_STARTED'))['reason'], /leases\.csv/);
  t.equal(readFileSync(join(directory, 'leases.csv'), 'utf8'), 'this,is,no,lease,file\n1,2,3,4,5\n');
});

t.test('leases are loaded, a broken row is reported with its line and skipped', async (t) => {
  const directory = scratch(t);
  const far = Math.floor(Date.now() / 1000) + 3600;
  const rows = [
    `10.0.0.20,02:00:00:00:00:01,,3600,${far},1,0,0,,0,,0`,
    'rubbish',
    `10.0.0.21,02:00:00:00:00:02,,3600,${far},1,0,0,,0,,0`,
  ];
  writeFileSync(join(directory, 'leases.csv'), `${[HEADER, ...rows].join('\n')}\n`);
  const server = await serve(t, writeConfig(directory), freeUdpPort());
  t.match(await server.logged('TDM_JOURNAL_ROW_BAD'), { line: 3 });
  t.match(await server.logged('TDM_ENGINE_SERVING'), { leases: 2 });
});

t.test('a configuration with errors: each is logged, the exit code is 1', async (t) => {
  const file = join(scratch(t), 'bad.conf');
  writeFileSync(file, '{ "Dhcp4": {\n  "valid-lifetime": -1,\n  "no-such-key": 1 } }');
  const server = new ServerUnderTest(['serve', '-c', file]);
  t.equal(await server.exitCode(), 1);
  const problems = server.log
    .filter((line) => line.id === 'TDM_CONFIG_PROBLEM')
    .map((line) => String(line['problem']));
  t.ok(problems.some((text) => text.includes('bad.conf:2:')));
  t.ok(problems.some((text) => text.includes('no-such-key')));
});

t.test('SIGHUP takes over new pools; a bad file keeps the running configuration', async (t) => {
  const directory = scratch(t);
  const file = writeConfig(directory);
  const server = await serve(t, file, freeUdpPort());
  const total = async (): Promise<unknown> => {
    const answer = (await ask(directory, 'statistic-get-all')) as {
      arguments?: Record<string, [[number, string]]>;
    };
    return answer.arguments?.['subnet[1].total-addresses']?.[0]?.[0];
  };
  t.equal(await total(), 65_521);
  writeConfig(directory, {
    subnet4: [{ id: 1, subnet: '10.0.0.0/16', pools: [{ pool: '10.0.0.10 - 10.0.0.19' }] }],
  });
  server.child.kill('SIGHUP');
  await server.logged('TDM_ENGINE_RELOADED');
  t.equal(await total(), 10);
  writeFileSync(file, '{ "Dhcp4": { "subnet4": 7 } }');
  server.child.kill('SIGHUP');
  await server.logged('TDM_ENGINE_RELOAD_REFUSED');
  t.equal(await total(), 10);
  t.equal(await server.stop(), 0);
});

t.test('a lease file where none can be made is refused by its path', async (t) => {
  const file = writeConfig(scratch(t), {
    'lease-database': { type: 'memfile', name: '/proc/nosuch/leases.csv' },
  });
  const server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
  t.equal(await server.exitCode(), 1);
  t.match((await server.logged('TDM_ENGINE_NOT_STARTED'))['reason'], /\/proc\/nosuch/);
});
