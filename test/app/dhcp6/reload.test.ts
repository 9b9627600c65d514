/** A DHCPv6 server takes another configuration while it runs: the file's by config-reload and SIGHUP, or one by a command. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { iaAddress, iaNa, iaPd, message, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { freeUdpPort, type ServerUnderTest, scratch } from '../process.ts';
import { ask, type CommandAnswer } from '../reloading.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

t.setTimeout(170_000);

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
const { solicit, request, renew } = MessageType;

type Dhcp6 = Record<string, unknown>;

const SUBNET = {
  id: 1,
  subnet: '2001:db8:1::/64',
  pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::ffff' }],
  'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 }],
};
const LIBRARIES = ['subnet_cmds', 'class_cmds', 'host_cmds'].map((name) => ({
  library: `/usr/lib/kea/hooks/libdhcp_${name}.so`,
}));

class Running {
  readonly directory: string;
  readonly server: ServerUnderTest;
  readonly relay: Relay6;

  private constructor(directory: string, server: ServerUnderTest, relay: Relay6) {
    this.directory = directory;
    this.server = server;
    this.relay = relay;
  }

  static async start(t: Test, dhcp6: Dhcp6 = {}): Promise<Running> {
    const directory = scratch(t);
    const port = freeUdpPort();
    const relay = await Relay6.open(t, port);
    return new Running(directory, await serve6(t, writeConfig6(directory, dhcp6), port, relay), relay);
  }

  ask(command: string, args?: object): Promise<CommandAnswer> {
    return ask({ socket: join(this.directory, 'ctl') }, command, args);
  }

  reload(dhcp6: Dhcp6): Promise<CommandAnswer> {
    writeConfig6(this.directory, dhcp6);
    return this.ask('config-reload');
  }

  async dhcp6(): Promise<Dhcp6> {
    return (await this.ask('config-get')).arguments?.['Dhcp6'] as Dhcp6;
  }

  async figure(name: string): Promise<number | undefined> {
    const { arguments: figures } = await this.ask('statistic-get', { name });
    return (figures?.[name] as [[number, string]] | undefined)?.[0][0];
  }

  /** The options of the answer, as text. */
  async answer(type: number, client: number, ...options: (readonly number[])[]): Promise<string> {
    return (await this.relay.ask(message(type, client, ...options))).options.join(' ');
  }

  rows(file = 'leases6.csv'): string[] {
    return readFileSync(join(this.directory, file), 'latin1').trim().split('\n').slice(1);
  }
}

t.test('config-reload takes the file as a whole; leases, statistics and DUID go on', { skip }, async (t) => {
  const running = await Running.start(t);
  t.match(await running.answer(request, 1, iaNa(7), iaPd(8)), /2001:db8:1::1000 1800\/3600/);
  const other = { id: 2, subnet: '2001:db8:2::/64' };
  const next = { 'preferred-lifetime': 60, 'valid-lifetime': 90, subnet6: [SUBNET, other] };
  const reloaded = await running.reload({ ...next, 'statistic-default-sample-count': 3 });
  t.match(reloaded, { result: 0, text: 'Configuration successful.' });
  t.same(reloaded.arguments, (await running.ask('config-hash-get')).arguments);
  t.match(await running.dhcp6(), { 'valid-lifetime': 90, subnet6: [{ id: 1 }, { id: 2, pools: [] }] });
  const extended = await running.answer(renew, 1, iaNa(7, iaAddress('2001:db8:1::1000')));
  t.match(extended, /2001:db8:1::1000 60\/90/, 'by the new lifetimes');
  t.notMatch(await running.answer(solicit, 2, iaNa(7)), /2001:db8:1::1000 /, 'nobody else gets it');
  t.equal(await running.figure('subnet[1].assigned-nas'), 1);
  t.equal(await running.figure('subnet[1].assigned-pds'), 1);
  t.equal(await running.figure('subnet[2].assigned-nas'), 0);
  t.equal(await running.figure('pkt6-renew-received'), 1);

  t.match(await running.reload({ subnet6: [other] }), { result: 0 });
  t.equal(await running.figure('tandem-assigned-nas'), 1, 'a lease of a subnet that has gone is one still');
  t.match(await running.reload({}), { result: 0 });
  t.equal(await running.figure('subnet[1].assigned-nas'), 1, 'and counted for its subnet again');
  t.equal(await running.figure('tandem-assigned-nas'), 1);
  t.equal(await running.server.stop(), 0);
});

t.test(
  'SIGHUP reads the file too; a bad one, or one that asks too much, changes nothing',
  { skip },
  async (t) => {
    const running = await Running.start(t);
    writeConfig6(running.directory, { 'valid-lifetime': 50, 'preferred-lifetime': 40 });
    running.server.child.kill('SIGHUP');
    t.match(await running.server.logged('TDM_ENGINE_RELOADED'), { subnets: 1 });
    t.match(await running.answer(solicit, 1, iaNa(7)), / 40\/50/);

    const refusals: readonly (readonly [Dhcp6, RegExp])[] = [
      [{ subnet6: 3 }, /Dhcp6\/subnet6: found 3/],
      [{ 'control-socket': { 'socket-type': 'unix', 'socket-name': '/nowhere/ctl' } }, /nowhere/],
      [{ 'lease-database': { type: 'memfile', name: '/nowhere/leases6.csv' } }, /nowhere/],
      [{ 'multi-threading': { 'thread-pool-size': 7 } }, /takes a restart/],
      [{ 'interfaces-config': { interfaces: ['nosuch0'] } }, /nosuch0/],
    ];
    for (const [dhcp6, text] of refusals)
      t.match(await running.reload(dhcp6), { result: 1, text }, JSON.stringify(dhcp6));
    t.match(await running.dhcp6(), { 'valid-lifetime': 50 });
    t.match(await running.answer(solicit, 2, iaNa(7)), / 40\/50/);
    t.equal(await running.server.stop(), 0);
  },
);

t.test(
  'another lease file brings other leases; the DUID stays, or becomes that of the file',
  { skip },
  async (t) => {
    const running = await Running.start(t, { 'server-id': { type: 'LLT' } });
    const idOf = async (client: number): Promise<string> =>
      /(?:^| )(2=[0-9a-f]+)/.exec(await running.answer(solicit, client, iaNa(7)))![1]!;
    const first = await idOf(9);
    const elsewhere = scratch(t);
    const columns = readFileSync(join(running.directory, 'leases6.csv'), 'latin1').split('\n')[0]!;
    const end = Math.floor(Date.now() / 1000) + 3600;
    const row = `2001:db8:1::1000,00:01:00:01:00:00:00:01:02:00:00:00:00:05,3600,${end},1,1800,0,7,128,0,0,,,0,,,,0`;
    writeFileSync(join(elsewhere, 'other.csv'), `${columns}\n${row}\n`);
    const database = { type: 'memfile', name: join(elsewhere, 'other.csv') };
    t.match(await running.reload({ 'server-id': { type: 'LLT' }, 'lease-database': database }), {
      result: 0,
    });
    t.match(await running.server.logged('TDM_ENGINE_LEASES_REPLACED'), { file: database.name });
    t.match(await running.answer(solicit, 5, iaNa(7)), /2001:db8:1::1000 /, 'a lease of that file');
    t.equal(await running.figure('subnet[1].assigned-nas'), 1);
    t.equal(await idOf(9), first, 'the same server');
    t.ok(existsSync(join(elsewhere, 'kea-dhcp6-serverid')));
    t.match(await running.reload({ 'lease-database': database }), { result: 0 });
    t.equal(await idOf(9), `2=${Buffer.from(SERVER_ID).toString('hex')}`, 'that of the configuration');
    t.equal(await running.server.stop(), 0);
  },
);

t.test('a larger table takes all leases along; one that is too small is refused', { skip }, async (t) => {
  const size = (max: number) => ({ 'user-context': { tandem: { 'max-leases': max } } });
  const running = await Running.start(t, size(8));
  for (let client = 1; client <= 6; client++) await running.answer(request, client, iaNa(7));
  t.match(await running.reload(size(5)), { result: 1, text: /more than user-context.tandem.max-leases/ });
  t.match(await running.reload(size(4_000)), { result: 0 });
  const kept = await running.answer(renew, 3, iaNa(7, iaAddress('2001:db8:1::1002')));
  t.match(kept, /2001:db8:1::1002 1[78]\d\d\/3[56]\d\d/, 'what is left of its lifetimes');
  for (let client = 7; client <= 40; client++)
    t.match(await running.answer(request, client, iaNa(7)), /\/3600/, `client ${client}`);
  t.equal(await running.figure('tandem-assigned-nas'), 40);
  t.equal(await running.server.stop(), 0);
});

t.test('no query is lost while configurations change, and no lease that was granted', { skip }, async (t) => {
  const running = await Running.start(t);
  const file = (name: string) => ({
    'lease-database': { type: 'memfile', name: join(running.directory, name) },
  });
  let isOver = false;
  const granted: string[] = [];
  const clients = (async () => {
    // One after the other: an answer that is lost ends the test.
    for (let client = 1_000; !isOver; client++) {
      const options = await running.answer(request, client, iaNa(7));
      granted.push(/na 7 .*\[(2001:\S+) /.exec(options)![1]!);
    }
  })();
  const files = ['leases6.csv', 'b.csv', 'leases6.csv', 'c.csv'];
  for (const [step, name] of files.entries()) {
    await sleep(100);
    t.match(await running.reload({ ...file(name), 'renew-timer': 100 + step }), { result: 0 }, name);
  }
  await sleep(100);
  isOver = true;
  await clients;
  t.ok(granted.length > 20, `${granted.length} leases`);
  const rows = new Set(
    ['leases6.csv', 'b.csv', 'c.csv'].flatMap((name) => running.rows(name)).map((row) => row.split(',')[0]),
  );
  t.same(
    granted.filter((address) => !rows.has(address)),
    [],
    'each stands in a file',
  );
  t.equal(await running.server.stop(), 0);
});

t.test(
  'a configuration by command: tested, taken, written, and within the places of the file',
  { skip },
  async (t) => {
    const running = await Running.start(t, { 'hooks-libraries': LIBRARIES });
    const { directory } = running;
    const given = (await running.ask('config-get')).arguments as { Dhcp6: Dhcp6 };
    t.match(await running.ask('config-set', given), { result: 0 }, 'what config-get shows can be sent back');
    t.same((await running.ask('config-get')).arguments, given);
    const next = { Dhcp6: { ...given.Dhcp6, 'renew-timer': 77 } };
    t.match(await running.ask('config-test', next), { result: 0 });
    t.notMatch(await running.dhcp6(), { 'renew-timer': 77 });
    t.match(await running.ask('config-set', next), { result: 0 });
    t.match(await running.dhcp6(), { 'renew-timer': 77 });
    t.match(await running.ask('config-set', { Dhcp4: {} }), { result: 1, text: /'Dhcp6'/ });
    const logTo = (output: string) => ({
      Dhcp6: { ...given.Dhcp6, loggers: [{ name: 'kea-dhcp6', 'output-options': [{ output }] }] },
    });
    for (const output of ['/etc/x.log', join(directory, 'kea-dhcp6-serverid')])
      t.match(
        await running.ask('config-set', logTo(output)),
        { result: 1, text: /expected by a command/ },
        output,
      );

    t.match(await running.ask('subnet6-add', { subnet6: [{ id: 3, subnet: '2001:db8:3::/64' }] }), {
      result: 0,
    });
    t.match(await running.ask('config-write', { filename: 'written.conf' }), { result: 0 });
    const written = JSON.parse(readFileSync(join(directory, 'written.conf'), 'utf8')) as { Dhcp6: Dhcp6 };
    t.match(written.Dhcp6, { 'renew-timer': 77, subnet6: [{ id: 1 }, { id: 3 }] });
    t.match(await running.ask('config-reload'), { result: 0 });
    t.match((await running.ask('subnet6-list')).arguments, { subnets: [{ id: 1 }] }, 'what the file says');
    t.match(await running.reload({}), { result: 0 });
    t.match(await running.ask('subnet6-list'), { result: 2 }, 'no library, no command');
    t.equal(await running.server.stop(), 0);
  },
);
