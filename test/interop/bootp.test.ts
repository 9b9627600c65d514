/** BOOTP clients: the same answers and leases from Kea with its bootp library and from Tandem, and a partner that knows them. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ip, type PacketFields, packet } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { createPair } from './pair.ts';
import { type DhcpServer, SUBJECT } from './server.ts';
import { statisticOf } from './statistic.ts';
import { KEAS_IN_TURN } from './turn.ts';

type Option = readonly [number, readonly number[]];

const LIBRARIES = ['libdhcp_bootp.so'];
const always = (code: number, data: string) => ({ code, data, 'csv-format': false, 'always-send': true });
/** Kea answers with an address of its own choice: each client names one. */
const DHCP4 = {
  ...ORDERLY,
  'hooks-libraries': ['libdhcp_lease_cmds.so', ...LIBRARIES].map((library) => ({ library })),
  'option-data': [
    { name: 'routers', data: '10.64.0.9' },
    { name: 'log-servers', data: '10.64.0.8' },
    always(12, '636667'),
    ...[13, 55, 56, 57, 60, 61, 66, 67].map((code) => always(code, '7677')),
    always(50, '01020304'),
    always(52, '03'),
  ],
  'client-classes': [
    { name: 'old', test: "member('BOOTP')", 'next-server': '10.64.0.7', 'boot-file-name': 'old.img' },
    {
      name: 'typed',
      test: 'pkt4.msgtype == 3 and option[53].exists',
      'option-data': [{ name: 'root-path', data: '/typed', 'always-send': true }],
    },
  ],
  subnet4: [
    {
      id: 1,
      subnet: '10.64.0.0/14',
      pools: [{ pool: '10.65.0.0 - 10.65.255.255' }],
      reservations: [{ 'hw-address': '02:00:00:00:07:ff', 'ip-address': '10.64.3.3', hostname: 'reserved' }],
    },
  ],
};

/** What comes of a BOOTP client, and what it says. */
function queries(server: ServerName): { what: string; datagram: Uint8Array }[] {
  let client = 0;
  const rows: { what: string; datagram: Uint8Array }[] = [];
  const add = (what: string, options: readonly Option[] = [], fields: PacketFields = {}): void => {
    client += 1;
    const mac = `02:00:00:00:07:${client.toString(16).padStart(2, '0')}`;
    const base = { type: null, xid: client, mac, giaddr: ADDRESS.load, ciaddr: `10.65.1.${client}`, options };
    rows.push({ what, datagram: packet({ ...base, ...fields }) });
  };
  const own: Option = [54, ip(ADDRESS[server])];
  add('nothing');
  add('no address', [], { ciaddr: '0.0.0.0' });
  add('a broadcast flag', [], { flags: 0x8000 });
  add('secs and hops', [], { secs: 77, hops: 3 });
  add('an identifier', [[61, [1, 2, 3, 4]]]);
  add('a lease time', [[51, [0, 0, 1, 0]]]);
  add('this server', [own]);
  add('another server', [[54, ip('10.64.0.5')]]);
  add('a list', [[55, [7, 51, 58, 12]]]);
  add('option 82', [[82, [1, 2, 97, 98]]]);
  add('a host name', [[12, [...Buffer.from('Old-Host')]]]);
  add('a domain name', [[81, [1, 0, 0, ...Buffer.from('old.example.org')]]]);
  add('subnet selection', [[118, ip('10.64.0.0')]]);
  add('a vendor class', [[60, [...Buffer.from('vendor')]]]);
  add('a message type of 0', [[53, [0]]]);
  add('a message type of no octets', [[53, []]]);
  add('padding', [[0, []]]);
  add('a reserved address', [], { mac: '02:00:00:00:07:ff', ciaddr: '0.0.0.0' });
  add('op 2', [], { op: 2 });
  add('no cookie', [], { cookie: 0 });
  add('an unknown link', [], { giaddr: '10.99.0.1', ciaddr: '0.0.0.0' });
  add('an address to reboot with', [[50, ip('10.65.1.99')]], { ciaddr: '0.0.0.0' });
  return rows;
}

/** Identity, lifetime, name and state of the leases in a file. */
function leasesOf({ leaseFile }: DhcpServer): Map<string, string> {
  const [header = '', ...rows] = readFileSync(leaseFile, 'latin1').trimEnd().split('\n');
  const columns = header.split(',');
  const kept = ['hwaddr', 'client_id', 'valid_lifetime', 'subnet_id', 'hostname', 'state'];
  return new Map(
    rows.map((row) => {
      const fields = row.split(',');
      return [fields[0] ?? '', kept.map((name) => fields[columns.indexOf(name)]).join(' ')];
    }),
  );
}

for (const version of KEAS_IN_TURN)
  t.test(`BOOTP clients have the answers and leases of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(network, 'server1', queries('server1'));
    const bySubject = await askAsRelay(network, 'server2', queries('server2'));
    for (const [index, { what, reply }] of bySubject.entries()) {
      const wanted = byKea[index]!.reply;
      t.same(comparable('server2', reply), comparable('server1', wanted), what);
      const boot = (of: typeof reply): unknown => of && [of.siaddr, of.file, of.hops, of.options.has(82)];
      t.same(boot(reply), boot(wanted), `${what}: header`);
      if (reply !== null) t.ok(reply.bytes.length >= 300, `${what}: ${reply.bytes.length} octets`);
    }
    const names = ['pkt4-request-received', 'pkt4-ack-sent', 'pkt4-nak-sent'];
    for (const name of names) t.equal(await statisticOf(own, name), await statisticOf(kea, name), name);
    await Promise.all([kea.stop(), own.stop()]);
    const wanted = leasesOf(kea);
    const found = leasesOf(own);
    for (const [address, lease] of wanted)
      if (address.startsWith('10.65.1.')) t.equal(found.get(address), lease);
    t.ok([...wanted.keys()].filter((address) => address.startsWith('10.65.1.')).length >= 12);
  });

for (const version of KEAS_IN_TURN)
  t.test(`the leases of BOOTP clients are known to ${version} as the partner`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const pair = createPair(t, {
      mode: 'hot-standby',
      server1: SUBJECT,
      server2: version,
      libraries: LIBRARIES,
      dhcp4: { 'cache-max-age': 0 },
    });
    await Promise.all([pair.server1.start(), pair.server2.start()]);
    await pair.normal();
    await askAsRelay(pair.network, 'server1', queries('server1').slice(0, 7));
    await pair.stop();
    const own = leasesOf(pair.server1);
    const partner = leasesOf(pair.server2);
    for (let client = 1; client <= 7; client++) {
      if (client === 2) continue;
      const address = `10.65.1.${client}`;
      t.match(own.get(address), / 4294967295 /);
      t.equal(partner.get(address), own.get(address));
    }
  });
