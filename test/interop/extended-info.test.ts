/**
 * What leases keep of the relay (`store-extended-info`): the same octets in the lease files of Kea and Tandem, at the partner
 * and after a restart on either file; and renewals past the relay (`stash-agent-options`) have the same answers.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { createPair } from './pair.ts';
import { type DhcpServer, SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

type Option = readonly [number, readonly number[]];

const agent = (...octets: readonly number[]): Option => [82, octets];
const repeated = (count: number, octet: number): number[] => new Array(count).fill(octet);

/** Kea 2.2 reads an option 82 in parts otherwise; see docs/kea-compatibility.md. */
const IN_PARTS: readonly (readonly Option[])[] = [
  [agent(1, 1, 97, 2, 1), agent(98)],
  [agent(2, 200, ...repeated(200, 97)), agent(12, 200, ...repeated(200, 98))],
];
const FORMS: readonly (readonly Option[])[] = [
  [],
  [agent()],
  [agent(1, 3, 99, 49, 33)],
  [agent(1, 3, 99, 49, 33, 2, 3, 0x72, 0x2c, 0x26, 12, 2, 0xab, 0xcd)],
  [agent(12, 2, 0xab, 0xcd, 2, 1, 0, 1, 1, 255)],
  [agent(2, 2, 97, 98, 2, 1, 99, 12, 1, 90)],
  [agent(1, 0, 2, 0, 12, 0)],
  [agent(1, 1, 97, 2, 9, 122, 122)],
  [agent(1, 1, 97, 2)],
  [agent(0, 1, 97, 255, 1, 98, 1, 1, 99)],
  [agent(151, 4, 0, 97, 98, 99, 5, 4, ...ip('10.64.0.0'))],
];

/** The asker's own address is one of the pool, for renewals that come past the relay. */
const OWN_ADDRESS = ADDRESS.load;
const DHCP4 = {
  ...ORDERLY,
  'store-extended-info': true,
  'client-classes': [
    {
      name: 'via',
      test: "relay4[1].hex == 'c1!' and option[82].exists",
      'option-data': [{ name: 'domain-name', data: 'via.relay', 'always-send': true }],
    },
  ],
  'host-reservation-identifiers': ['circuit-id'],
  subnet4: [
    {
      id: 1,
      subnet: '10.64.0.0/14',
      pools: [{ pool: `${OWN_ADDRESS} - ${OWN_ADDRESS}` }, { pool: '10.65.0.0 - 10.65.255.255' }],
      reservations: [{ 'circuit-id': "'c1!'", hostname: 'by-circuit' }],
    },
    { id: 2, subnet: '10.80.0.0/24', pools: [{ pool: '10.80.0.100 - 10.80.0.199' }] },
  ],
};

let transaction = 1;

function request(server: ServerName, mac: string, address: string, options: readonly Option[]): Uint8Array {
  const selecting: Option[] = [
    [50, ip(address)],
    [54, ip(ADDRESS[server])],
  ];
  const xid = transaction++;
  return packet({
    type: MessageType.request,
    xid,
    mac,
    giaddr: ADDRESS.load,
    options: [...selecting, ...options],
  });
}

function renewal(options: readonly Option[], mac = MAC): Uint8Array {
  const xid = transaction++;
  return packet({ type: MessageType.request, xid, mac, ciaddr: OWN_ADDRESS, giaddr: '0.0.0.0', options });
}

const MAC = '02:00:00:00:09:01';
const addressOf = (index: number): string => `10.65.1.${index + 1}`;

function grants(server: ServerName, forms: readonly (readonly Option[])[]): { datagram: Uint8Array }[] {
  return forms.map((options, index) => {
    const mac = `02:00:00:00:08:${(index + 1).toString(16).padStart(2, '0')}`;
    return { datagram: request(server, mac, addressOf(index), options) };
  });
}

const DECLINED = '10.65.2.1';

/** A lease that its client declines. */
function declined(server: ServerName): { datagram: Uint8Array }[] {
  const mac = '02:00:00:00:0a:09';
  const options = [[50, ip(DECLINED)] as const, [54, ip(ADDRESS[server])] as const, ...FORMS[3]!];
  const xid = transaction++;
  const decline = packet({ type: MessageType.decline, xid, mac, giaddr: ADDRESS.load, options });
  return [{ datagram: request(server, mac, DECLINED, FORMS[3]!) }, { datagram: decline }];
}

/** Column user_context of the last row of each address, as it stands in the file. */
function contextsOf({ leaseFile }: DhcpServer): Map<string, string> {
  const [header = '', ...rows] = readFileSync(leaseFile, 'latin1').trimEnd().split('\n');
  const column = header.split(',').indexOf('user_context');
  return new Map(rows.map((row) => [row.split(',')[0] ?? '', row.split(',')[column] ?? '']));
}

/** The octets of option 82, which Kea 2.2 writes flat. */
function flat(context: string): string {
  return /"(0x[0-9A-F]+|)"( })+$/.exec(context)?.[1] ?? 'none';
}

for (const version of KEAS_IN_TURN)
  t.test(`the lease file says of each relay what that of ${version} says`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const forms = version === 'kea 2.2' ? FORMS : [...FORMS, ...IN_PARTS];
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    await askAsRelay(network, 'server1', [...grants('server1', forms), ...declined('server1')]);
    await askAsRelay(network, 'server2', [...grants('server2', forms), ...declined('server2')]);
    await Promise.all([kea.stop(), own.stop()]);
    const wanted = contextsOf(kea);
    const found = contextsOf(own);
    for (const [index, options] of forms.entries()) {
      const address = addressOf(index);
      const of = version === 'kea 2.2' ? flat : (text: string): string => text;
      t.equal(
        of(found.get(address) ?? ''),
        of(wanted.get(address) ?? '?'),
        JSON.stringify(options).slice(0, 99),
      );
    }
    t.equal(found.get(DECLINED), '', 'a declined lease keeps nothing');
    t.equal(wanted.get(DECLINED) === '', version === 'kea 3.0', 'as of Kea 3.0');
    await exchangeFiles(t, kea, own, forms.length);
  });

/** Each goes on with the other's file, and tells the same of its leases as before. */
async function exchangeFiles(t: Test, kea: DhcpServer, own: DhcpServer, count: number): Promise<void> {
  const before = contextsOf(kea);
  copyFileSync(kea.leaseFile, `${own.leaseFile}.kea`);
  copyFileSync(own.leaseFile, kea.leaseFile);
  copyFileSync(`${own.leaseFile}.kea`, own.leaseFile);
  await Promise.all([kea.start(), own.start()]);
  const told = async (server: DhcpServer): Promise<Map<string, string>> => {
    const { arguments: args } = await server.command('lease4-get-all');
    const { leases } = args as { leases: readonly Record<string, unknown>[] };
    return new Map(
      leases.map((lease) => [
        String(lease['ip-address']),
        lease['user-context'] === undefined ? '' : JSON.stringify(lease['user-context']),
      ]),
    );
  };
  const [byKea, bySubject] = [await told(kea), await told(own)];
  for (let index = 0; index < count; index++) {
    const address = addressOf(index);
    const wanted = flat(before.get(address) ?? '');
    const compact = (text: string): string => /"(0x[0-9A-F]+|)"}+$/.exec(text)?.[1] ?? 'none';
    t.equal(compact(bySubject.get(address) ?? ''), wanted, `${own.kind} on the file of ${kea.kind}`);
    t.equal(compact(byKea.get(address) ?? ''), wanted, `${kea.kind} on the file of ${own.kind}`);
  }
  await Promise.all([kea.stop(), own.stop()]);
}

/** How a lease is given is other tests' business. */
const LEASE = 'lease';

/** Leases through a relay, and after each of them renewals past it. */
function renewals(server: ServerName): { what: string; datagram: Uint8Array }[] {
  const relayed: readonly (readonly Option[])[] = [
    [agent(1, 3, 99, 49, 33)],
    [agent(5, 4, ...ip('10.64.0.0'), 1, 3, 99, 49, 33)],
    [agent(5, 4, ...ip('10.80.0.0'), 1, 3, 99, 49, 33)],
    [agent(11, 4, ...ip('10.64.0.99'), 1, 3, 99, 49, 33)],
    [agent(1, 3, 99, 49, 34)],
    [agent()],
    [],
  ];
  const past: readonly (readonly Option[])[] = [
    [],
    [agent()],
    [[55, [12, 15, 82]]],
    [[61, [1, 2, 3]]],
    [[54, ip(ADDRESS[server])]],
    [[50, ip(OWN_ADDRESS)]],
  ];
  return relayed.flatMap((options) => [
    { what: LEASE, datagram: request(server, MAC, OWN_ADDRESS, options) },
    ...past.map((more) => ({
      what: `${JSON.stringify(options)}, renewed with ${JSON.stringify(more)}`,
      datagram: renewal(more),
    })),
    { what: 'another client', datagram: renewal([], '02:00:00:00:09:02') },
    { what: 'its own option', datagram: renewal([agent(1, 1, 7)]) },
    { what: 'after its own option', datagram: renewal([]) },
  ]);
}

t.test('renewals past the relay are answered as by Kea 3.0', async (t) => {
  if (!needServers(t, ['kea 3.0'], ['ip'])) return;
  const { network, kea, own } = besideKea(t, 'kea 3.0', { ...DHCP4, 'stash-agent-options': true });
  await Promise.all([kea.start(), own.start()]);
  const byKea = await askAsRelay(network, 'server1', renewals('server1'));
  const bySubject = await askAsRelay(network, 'server2', renewals('server2'));
  const withAgent = (reply: Reply | null): boolean => reply?.options.has(82) ?? false;
  for (const [index, { what, reply }] of bySubject.entries()) {
    const wanted = byKea[index]!.reply;
    if (what === LEASE) continue;
    t.same(comparable('server2', reply), comparable('server1', wanted), what);
    t.equal(withAgent(reply), withAgent(wanted), `${what}: option 82`);
  }
  t.ok(bySubject.length > 60, `${bySubject.length} answers`);
});

for (const version of KEAS_IN_TURN)
  t.test(`what a lease keeps of the relay is known to ${version} as the partner`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const dhcp4 = { 'cache-max-age': 0, 'store-extended-info': true };
    const pair = createPair(t, { mode: 'hot-standby', server1: SUBJECT, server2: version, dhcp4 });
    await Promise.all([pair.server1.start(), pair.server2.start()]);
    await pair.normal();
    await askAsRelay(pair.network, 'server1', grants('server1', FORMS));
    await pair.stop();
    const own = contextsOf(pair.server1);
    const partner = contextsOf(pair.server2);
    for (let index = 0; index < FORMS.length; index++)
      t.equal(
        partner.get(addressOf(index)),
        own.get(addressOf(index)) ?? 'no lease',
        JSON.stringify(FORMS[index]),
      );
  });
