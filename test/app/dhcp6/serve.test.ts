/** A DHCPv6 server as an operator runs it: what it grants is on the disk before the answer leaves, and outlives it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runCtl } from '../../../src/cli/ctl.ts';
import { findFreeTcpPort } from '../../../src/demo/ports.ts';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { iaAddress, iaNa, iaPd, message, opt, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { freeUdpPort, ServerUnderTest, scratch } from '../process.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
const { solicit, request, renew, advertise, reply } = MessageType;
const LEASE = /na 7 .*\[2001:db8:1::1000 1800\/3600\]/;
/** The same within a quarter of its lifetime (cache-threshold): what is left of it. */
const LEASE_GOES_ON = /na 7 .*\[2001:db8:1::1000 1[78]\d\d\/3[56]\d\d\]/;
const PREFIX = /pd 8 .*\[2001:db8:8000::\/56 1800\/3600\]/;

function rowsOf(directory: string): string[] {
  return readFileSync(join(directory, 'leases6.csv'), 'utf8').trim().split('\n').slice(1);
}

async function statistics(directory: string): Promise<(name: string) => number | undefined> {
  const { output } = await runCtl({ socket: join(directory, 'ctl'), command: 'statistic-get-all' });
  const answer = JSON.parse(output) as { arguments: Record<string, [[number, string]]> };
  return (name) => answer.arguments[name]?.[0]?.[0];
}

t.test('an address and a prefix: offered, granted, on the disk, known after kill -9', { skip }, async (t) => {
  const directory = scratch(t);
  const file = writeConfig6(directory);
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const server = await serve6(t, file, port, relay);

  const offer = await relay.ask(message(solicit, 1, iaNa(7), iaPd(8)));
  t.equal(offer.type, advertise);
  t.same(rowsOf(directory), [], 'what is offered is nobody’s yet');
  const granted = await relay.ask(message(request, 1, iaNa(7), iaPd(8)));
  t.equal(granted.type, reply);
  t.ok(
    granted.options.some((option) => LEASE.test(option)),
    'the address',
  );
  t.ok(
    granted.options.some((option) => PREFIX.test(option)),
    'the prefix',
  );
  const rows = rowsOf(directory);
  t.match(rows, [/^2001:db8:1::1000,/, /^2001:db8:8000::,/], 'both rows were there before the answer');
  const figure = await statistics(directory);
  t.equal(figure('pkt6-request-received'), 1);
  t.equal(figure('pkt6-reply-sent'), 1);
  t.equal(figure('subnet[1].assigned-nas'), 1);
  t.equal(figure('subnet[1].assigned-pds'), 1);

  server.child.kill('SIGKILL');
  await server.exitCode();
  const again = await serve6(t, file, port, relay);
  t.match(await again.logged('TDM_ENGINE_SERVING'), { leases: 2 });
  const extended = await relay.ask(message(renew, 1, iaNa(7, iaAddress('2001:db8:1::1000'))));
  t.ok(
    extended.options.some((option) => LEASE_GOES_ON.test(option)),
    'its client has it still',
  );
  const other = await relay.ask(message(solicit, 2, iaNa(7)));
  t.notOk(
    other.options.some((option) => option.includes('2001:db8:1::1000 ')),
    'nobody else is offered it',
  );
  t.equal((await statistics(directory))('subnet[1].assigned-nas'), 1, 'counted again from the file');
  t.equal(await again.stop(), 0);
});

t.test('the pages of monitoring, over HTTP', { skip }, async (t) => {
  const directory = scratch(t);
  const webPort = await findFreeTcpPort('127.0.0.1');
  const file = writeConfig6(directory, {
    'control-socket': undefined,
    'control-sockets': [{ 'socket-type': 'http', 'socket-address': '127.0.0.1', 'socket-port': webPort }],
    'user-context': { tandem: { 'subnet-metrics': true } },
  });
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const server = await serve6(t, file, port, relay);
  await relay.ask(message(request, 1, iaNa(7), iaPd(8)));
  const page = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${webPort}${path}`);
    return { status: response.status, text: await response.text() };
  };
  t.match(await page('/healthz'), { status: 200, text: '{"status":"ok"}' });
  t.match(await page('/readyz'), { status: 200, text: '{"status":"ready"}' });
  t.match(await page('/why'), { status: 200, text: /no high availability/ });
  const lines = (await page('/metrics')).text.split('\n');
  for (const line of [
    'tandem_received_total{type="request"} 1',
    'tandem_sent_total{type="reply"} 1',
    'tandem_leases 2',
    'tandem_assigned_nas 1',
    'tandem_subnet_assigned_pds{subnet="1"} 1',
    'tandem_subnet_total_nas{subnet="1"} 61440',
    'tandem_subnet_total_pds{subnet="1"} 65536',
    'tandem_interface_served{interface="lo"} 1',
    'tandem_journal_rows_total 2',
  ])
    t.ok(lines.includes(line), line);
  t.equal(await server.stop(), 0);
});

t.test('a DUID that the server makes up stays the same over a restart', { skip }, async (t) => {
  const directory = scratch(t);
  const file = writeConfig6(directory, { 'server-id': { type: 'LLT' } });
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const kept = join(directory, 'kea-dhcp6-serverid');
  const ids: string[] = [];
  for (let start = 0; start < 2; start++) {
    const server = await serve6(t, file, port, relay);
    const offer = await relay.ask(message(solicit, 1, iaNa(7)));
    ids.push(offer.options.find((option) => option.startsWith('2='))!);
    t.equal(await server.stop(), 0);
  }
  t.equal(ids[0], ids[1]);
  t.equal(`2=${readFileSync(kept, 'latin1').replaceAll(':', '')}`, ids[0], 'it is the one in the file');
  t.not(ids[0], `2=${Buffer.from(SERVER_ID).toString('hex')}`);

  writeFileSync(kept, 'rubbish');
  const refused = new ServerUnderTest(['serve', '-c', file, '-p', `${port}`]);
  t.equal(await refused.exitCode(), 1);
  t.match((await refused.logged('TDM_ENGINE_NOT_STARTED'))['reason'], /kea-dhcp6-serverid holds no DUID/);
});

t.test('a client class brings its option, and DROP is silence', { skip }, async (t) => {
  const directory = scratch(t);
  const file = writeConfig6(directory, {
    'client-classes': [
      { name: 'DROP', test: 'option[6001].exists' },
      {
        name: 'new',
        test: "relay6[0].peeraddr == fe80::2 and member('UNKNOWN')",
        'option-data': [{ code: 6000, data: '01', 'csv-format': false, 'always-send': true }],
      },
    ],
  });
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  const server = await serve6(t, file, port, relay);
  relay.send(message(solicit, 1, iaNa(7), opt(6001)));
  const offer = await relay.ask(message(solicit, 1, iaNa(7)));
  t.ok(offer.options.includes('6000=01'), 'the answer to the second query');
  const figure = await statistics(directory);
  t.equal(figure('pkt6-admin-filtered'), 1);
  t.equal(await server.stop(), 0);
});
