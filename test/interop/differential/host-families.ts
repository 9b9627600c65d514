/** What is reserved for clients, by each identifier and in each scope. */
import type { Family } from './families.ts';
import { farSubnet, hexOf, nearSubnet } from './scene.ts';
import type { Client, Traffic } from './scripts.ts';

const macs = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `02:00:00:02:00:${(from + i).toString(16).padStart(2, '0')}`);
const CLIENTS = macs(0, 16);
const UNKNOWN = macs(16, 8);

/** What a reservation may have besides an address. */
const BELONGINGS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { hostname: 'printer' },
  { hostname: 'printer.example.org' },
  {
    'option-data': [
      { name: 'domain-name', data: 'host.example.org' },
      { code: 224, data: '0badcafe', 'csv-format': false, 'always-send': true },
    ],
  },
  { 'next-server': '10.64.0.9', 'server-hostname': 'tftp.host', 'boot-file-name': '/host.0' },
  { 'client-classes': ['special'] },
  { 'client-classes': ['special', 'other'], hostname: 'both', 'next-server': '10.64.0.8' },
];
const CLASSES = [
  { name: 'special', 'option-data': [{ name: 'domain-name', data: 'special.example.org' }] },
  { name: 'other', 'next-server': '10.64.0.11', 'boot-file-name': '/other.0' },
  {
    name: 'guests',
    test: "not member('KNOWN')",
    'option-data': [{ name: 'time-servers', data: '10.64.0.37' }],
  },
];
/** Each with an identifier of its own, so that nobody has two leases in one subnet. */
const KNOWN: readonly Client[] = [...CLIENTS, ...UNKNOWN].map((mac) => ({
  mac,
  options: [[61, `01${mac.replaceAll(':', '')}`]],
}));
/** Each with identifiers of its own, and that of another one of the port where it is now and then. */
const OF_PORTS: NonNullable<Traffic['options']> = [
  [82, `0104${hexOf('eth7')}`],
  [82, `0105${hexOf('port2')}0202${hexOf('r1')}`],
  [77, hexOf('stiff')],
];
const BY_IDENTIFIERS: readonly Client[] = [
  { mac: CLIENTS[0]! },
  { mac: CLIENTS[1]!, options: [[61, '01aabbcc']] },
  { mac: CLIENTS[2]!, options: [[61, '010200000002']] },
  { mac: CLIENTS[3]!, options: [[61, 'ff0102030400030001aabbccddee01']] },
  { mac: CLIENTS[4]!, options: [[61, 'ff0102030400030001aabbccddee02']] },
  { mac: CLIENTS[5]!, options: [[77, hexOf('flexible')]] },
  { mac: UNKNOWN[0]! },
];

/** Belongings in turn, addresses from outside of the pools, from inside, and none. */
function byHardware(prefix: string, list: readonly string[] = CLIENTS) {
  return list.map((mac, i) => {
    const address = [`${prefix}.9.${i + 1}`, `${prefix}.1.${100 + i}`, null][i % 3];
    const more = BELONGINGS[i % BELONGINGS.length]!;
    const isEmpty = address === null && Object.keys(more).length === 0;
    return {
      'hw-address': mac,
      ...(address && { 'ip-address': address }),
      ...more,
      ...(isEmpty && { hostname: 'alone' }),
    };
  });
}

function family(
  name: string,
  global: Record<string, unknown>,
  far: Record<string, unknown>,
  { clients = KNOWN, ...more }: Partial<Family> & { clients?: readonly Client[] } = {},
): Family {
  return {
    name,
    dhcp4: { 'client-classes': CLASSES, ...global, subnet4: [nearSubnet(), farSubnet(far)] },
    traffic: {
      relays: ['10.65.0.1', '10.65.0.1', '10.64.0.10'],
      clients,
      options: OF_PORTS,
      requested: [4, 15, 224],
    },
    scripts: 48,
    ...more,
  };
}

const byIdentifier = (
  identifier: string,
  value: string,
  last: number,
  more: Record<string, unknown> = {},
) => ({
  [identifier]: value,
  'ip-address': `10.65.9.${last}`,
  ...more,
});

/** One of each kind; the longest list of what they can have. */
const OF_EVERY_KIND = [
  byIdentifier('hw-address', CLIENTS[0]!, 1, { hostname: 'by-mac' }),
  byIdentifier('client-id', '01:aa:bb:cc', 2, { hostname: 'by-id' }),
  byIdentifier('client-id', '010200000002', 3, { 'client-classes': ['special'] }),
  byIdentifier('duid', '00:03:00:01:aa:bb:cc:dd:ee:01', 4, { 'boot-file-name': '/duid.0' }),
  byIdentifier('circuit-id', "'port2'", 5, { 'option-data': [{ name: 'routers', data: '10.65.0.254' }] }),
  byIdentifier('flex-id', "'flexible'", 6, { 'server-hostname': 'flexible' }),
];
const FLEX_ID = [
  { library: 'libdhcp_flex_id.so', parameters: { 'identifier-expression': 'option[77].hex' } },
];

const shared = (id: number, prefix: string, more: Record<string, unknown>) => ({
  id,
  subnet: `${prefix}.0.0/16`,
  pools: [{ pool: `${prefix}.1.0 - ${prefix}.1.255` }],
  ...more,
});

export const hostFamilies: readonly Family[] = [
  family('hosts of a subnet', {}, { reservations: byHardware('10.65') }),
  family(
    'hosts of all identifiers',
    {
      'hooks-libraries': FLEX_ID,
      'host-reservation-identifiers': ['circuit-id', 'hw-address', 'duid', 'client-id', 'flex-id'],
    },
    { reservations: OF_EVERY_KIND },
    { clients: BY_IDENTIFIERS, only: 'kea 3.0' },
  ),
  family(
    'hosts of some identifiers',
    { 'host-reservation-identifiers': ['client-id', 'duid'] },
    { reservations: OF_EVERY_KIND },
    { clients: BY_IDENTIFIERS },
  ),
  family(
    'global hosts',
    { 'reservations-global': true, 'reservations-in-subnet': false, reservations: byHardware('10.65') },
    { reservations: byHardware('10.65', CLIENTS.slice(8)) },
  ),
  family(
    'global hosts and those of a subnet',
    { 'reservations-global': true, reservations: byHardware('10.65') },
    { 'reservations-in-subnet': true, reservations: byHardware('10.65', CLIENTS.slice(8)) },
  ),
  family(
    'hosts outside of the pools',
    { 'reservations-lookup-first': true },
    { 'reservations-out-of-pool': true, reservations: byHardware('10.65') },
  ),
  family(
    'hosts of a subnet that does not look for them',
    {},
    { 'reservations-in-subnet': false, reservations: byHardware('10.65') },
  ),
  family(
    'global hosts that are looked up early',
    {
      'early-global-reservations-lookup': true,
      'reservations-global': true,
      'client-classes': [...CLASSES, { name: 'near', test: "member('special')" }],
      reservations: byHardware('10.65').map(({ 'ip-address': _, ...rest }) => ({
        hostname: 'early',
        ...rest,
      })),
    },
    { 'client-class': 'special' },
  ),
  family(
    'an address for two hosts',
    { 'ip-reservations-unique': false },
    {
      reservations: [
        { 'hw-address': CLIENTS[0], 'ip-address': '10.65.9.1', hostname: 'one' },
        { 'hw-address': CLIENTS[1], 'ip-address': '10.65.9.1', hostname: 'two' },
        { 'client-id': '01aabbcc', 'ip-address': '10.65.1.44' },
      ],
    },
  ),
  family(
    'an older word for where hosts are',
    {},
    { 'reservation-mode': 'all', reservations: byHardware('10.65') },
    { only: 'kea 2.2' },
  ),
  {
    ...family('hosts of a shared network', {}, {}),
    dhcp4: {
      'client-classes': CLASSES,
      subnet4: [nearSubnet()],
      'shared-networks': [
        {
          name: 'far',
          subnet4: [
            shared(2, '10.65', { reservations: byHardware('10.65', CLIENTS.slice(0, 9)) }),
            shared(3, '10.66', { reservations: byHardware('10.66', CLIENTS.slice(7)) }),
          ],
        },
      ],
    },
  },
  family(
    'the only address is that of a host',
    {},
    { pools: [{ pool: '10.65.1.100 - 10.65.1.102' }], reservations: byHardware('10.65') },
  ),
  family(
    'hosts that are on the way',
    { 'match-client-id': false },
    {
      reservations: [
        { 'hw-address': CLIENTS[0], 'ip-address': '10.65.1.1' },
        { 'hw-address': CLIENTS[1], 'ip-address': '10.65.1.2' },
        { 'hw-address': CLIENTS[2], 'ip-address': '10.65.1.3' },
      ],
    },
    {
      leases: [
        { address: '10.65.1.1', mac: UNKNOWN[0]!, subnetId: 2, lifetimeSec: 4000, endsSec: 3000 },
        { address: '10.65.1.2', mac: CLIENTS[2]!, subnetId: 2, lifetimeSec: 4000, endsSec: 3000 },
        { address: '10.65.1.77', mac: CLIENTS[1]!, subnetId: 2, lifetimeSec: 4000, endsSec: 3000 },
        { address: '10.65.1.78', mac: CLIENTS[0]!, subnetId: 2, lifetimeSec: 4000, endsSec: -3000 },
      ],
    },
  ),
];
