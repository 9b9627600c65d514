/** The commands for leases of a DHCPv6 server as an operator runs it. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runCtl } from '../../../src/cli/ctl.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { iaNa, iaPd, message } from '../../engine/dhcp6/messages.ts';
import { freeUdpPort, scratch } from '../process.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
/** What the server with its socket in a directory answers to a command. */
async function told(directory: string, command: string, args?: object) {
  const { output } = await runCtl({
    socket: join(directory, 'ctl'),
    command,
    ...(args && { argsJson: JSON.stringify(args) }),
  });
  return JSON.parse(output);
}

const LIBRARIES = ['lease_cmds', 'stat_cmds'].map((name) => ({ library: `libdhcp_${name}.so` }));

t.test('leases are asked for, added, counted and deleted by command', { skip }, async (t) => {
  const directory = scratch(t);
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  await serve6(t, writeConfig6(directory, { 'hooks-libraries': LIBRARIES }), port, relay);
  const ask = (command: string, args?: object) => told(directory, command, args);
  const rows = () => readFileSync(join(directory, 'leases6.csv'), 'utf8').trim().split('\n').slice(1);

  await relay.ask(message(MessageType.request, 1, iaNa(7), iaPd(8)));
  const page = await ask('lease6-get-page', { from: 'start', limit: 10 });
  t.match(page.arguments.leases, [{ type: 'IA_NA' }, { type: 'IA_PD', 'prefix-len': 56 }]);

  const lease = { 'ip-address': '2001:db8:1::1', duid: '00:01:02', iaid: 1 };
  const added = await ask('lease6-bulk-apply', { leases: [lease], origin: 'ha-partner' });
  t.match(added, { result: 0, text: 'Bulk apply of 1 IPv6 leases completed.' });
  t.match(rows().at(-1), /^2001:db8:1::1,00:01:02,/, 'the row was on the disk before the answer');

  const statistics = await ask('stat-lease6-get');
  const { columns, rows: counts } = statistics.arguments['result-set'];
  t.same(Object.fromEntries(columns.map((name: string, i: number) => [name, counts[0][i]])), {
    'subnet-id': 1,
    'total-nas': 0xf000,
    'cumulative-assigned-nas': 2,
    'assigned-nas': 2,
    'declined-addresses': 0,
    'total-pds': 2 ** 16,
    'cumulative-assigned-pds': 1,
    'assigned-pds': 1,
  });
  t.equal(statistics.text, 'stat-lease6-get[all subnets]: 1 rows found');
  t.match(await ask('stat-lease6-get', { 'subnet-id': 9 }), { result: 3 });

  t.match(await ask('lease6-write', { filename: 'copy.csv' }), { result: 0 });
  const copy = readFileSync(join(directory, 'copy.csv'), 'utf8').trim().split('\n');
  t.equal(copy.length, 4, 'the columns and three leases');
  t.match(await ask('lease6-wipe'), { text: 'Deleted 3 IPv6 lease(s) from subnet(s) 1' });
  t.match(await ask('lease6-resend-ddns'), { result: 1, text: 'DDNS updating is not enabled' });
});

t.test('what the server does by itself is done at once by command', { skip }, async (t) => {
  const directory = scratch(t);
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const keys = {
    'hooks-libraries': LIBRARIES,
    'expired-leases-processing': { 'reclaim-timer-wait-time': 0 },
  };
  const server = await serve6(t, writeConfig6(directory, keys), port, relay);
  const ask = (command: string, args?: object) => told(directory, command, args);
  const past = Math.floor(Date.now() / 1000) - 1000;
  const add = (last: number) => {
    const address = `2001:db8:1::${last}`;
    return ask('lease6-add', {
      'ip-address': address,
      duid: `00:01:0${last}`,
      iaid: 1,
      expire: past,
      'valid-lft': 60,
    });
  };
  const states = async () => {
    const { leases } = (await ask('lease6-get-all')).arguments;
    return leases.map(({ state }: { state: number }) => state);
  };
  await add(1);
  t.same(await states(), [0]);
  t.match(await ask('leases-reclaim', { remove: false }), { result: 0 });
  t.same(await states(), [2]);
  await add(2);
  t.match(await ask('leases-reclaim', { remove: true }), { result: 0 });
  t.same(await states(), [2]);
  t.match(await ask('kea-lfc-start'), { result: 0 });
  await server.logged('TDM_JOURNAL_CLEANUP_DONE');

  const listed = (answer: { arguments: { interfaces: { name: string }[] } }) =>
    answer.arguments.interfaces.find(({ name }) => name === 'lo');
  const loopback = { 'flag-loopback': true, 'in-use': true };
  for (const command of ['interface-list', 'interface-redetect']) {
    const shown = listed(await ask(command)) as unknown as { addresses: string[] };
    t.match(shown, loopback, command);
    t.ok(shown.addresses.includes('::1') && !shown.addresses.includes('127.0.0.1'));
  }
  const selected = { result: 0, text: "selected subnet '2001:db8:1::/64' id 1" };
  t.match(await ask('subnet6-select-test', { link: '2001:db8:1::99' }), selected);
  const other = { subnet6: [{ id: 2, subnet: '2001:db8:2::/64' }] };
  writeConfig6(directory, { ...keys, ...other });
  t.match(await ask('config-reload'), { result: 0 });
  t.match(
    await ask('subnet6-select-test', { link: '2001:db8:1::99' }),
    { result: 3 },
    'by the new configuration',
  );
});
