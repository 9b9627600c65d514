/** Options of a site's own making, vendors' options, and queries and answers of unusual size. */
import type { Family } from './families.ts';
import { farSubnet, hexOf, nearSubnet } from './scene.ts';
import type { Traffic } from './scripts.ts';

const RELAYS = ['10.65.0.1', '10.65.0.1', '10.64.0.10'];

/** Type, data, and a record's fields. */
const TYPED: readonly (readonly [type: string, data: string, more?: Record<string, unknown>])[] = [
  ['empty', ''],
  ['binary', '00ff01'],
  ['boolean', 'true'],
  ['uint8', '200'],
  ['uint16', '60000'],
  ['uint32', '4000000000'],
  ['int8', '-100'],
  ['int16', '-30000'],
  ['int32', '-2000000000'],
  ['ipv4-address', '192.0.2.7'],
  ['ipv6-address', '2001:db8::7'],
  ['ipv6-prefix', '2001:db8:7::/48'],
  ['psid', '3/4'],
  ['string', 'a string'],
  ['tuple', 'a tuple'],
  ['fqdn', 'a.name.example.org'],
  ['uint16', '1, 2, 3', { array: true }],
  ['ipv4-address', '192.0.2.1, 192.0.2.2', { array: true }],
  ['fqdn', 'a.example.org, b.example.org', { array: true }],
  ['record', '1, 192.0.2.9, text', { 'record-types': 'uint8, ipv4-address, string' }],
  ['record', '7, 10.0.0.1, 10.0.0.2', { 'record-types': 'uint16, ipv4-address', array: true }],
];
/** Of the private ones. */
const FIRST_CODE = 224;
const DEFINITIONS = TYPED.map(([type, , more], i) => ({
  name: `own-${i}`,
  code: FIRST_CODE + i,
  type,
  space: 'dhcp4',
  ...more,
}));
const DATA = TYPED.map(([, data], i) => ({ name: `own-${i}`, data }));
const CODES = TYPED.map((_, i) => FIRST_CODE + i);

/** A space in a space. */
const SPACES = {
  'option-def': [
    { name: 'outer', code: 240, type: 'uint8', space: 'dhcp4', encapsulate: 'outer' },
    { name: 'inner', code: 1, type: 'ipv4-address', space: 'outer', encapsulate: 'inner' },
    { name: 'deep', code: 9, type: 'string', space: 'inner' },
  ],
  'option-data': [
    { name: 'outer', data: '5' },
    { name: 'inner', space: 'outer', data: '192.0.2.3' },
    { name: 'deep', space: 'inner', data: 'deep' },
    { code: 2, space: 'outer', data: '0xbeef', 'csv-format': false },
  ],
};

const CABLE = 4491;
const enterprise = (id: number, data: string): string =>
  id.toString(16).padStart(8, '0') + (data.length / 2).toString(16).padStart(2, '0') + data;
const VENDORS: NonNullable<Traffic['options']> = [
  [124, enterprise(CABLE, `05${hexOf('cable')}`)],
  [125, enterprise(CABLE, '0102' + '0102')],
  [125, enterprise(25_506, '')],
  [60, hexOf('docsis3.0')],
  [43, '0104c0000201'],
];

function family(
  name: string,
  global: Record<string, unknown>,
  traffic: Partial<Traffic>,
  far: Record<string, unknown> = {},
): Family {
  return {
    name,
    dhcp4: { ...global, subnet4: [nearSubnet(), farSubnet(far)] },
    traffic: { relays: RELAYS, ...traffic },
  };
}

const long = (code: number, octets: number) => ({
  code,
  data: 'ab'.repeat(octets),
  'csv-format': false,
  'always-send': true,
});

export const definitionFamilies: readonly Family[] = [
  family('options of every type', { 'option-def': DEFINITIONS, 'option-data': DATA }, { requested: CODES }),
  family(
    'options of every type, always sent',
    { 'option-def': DEFINITIONS, 'option-data': DATA.map((each) => ({ ...each, 'always-send': true })) },
    {},
  ),
  family('spaces of options', SPACES, { requested: [240] }),
  family(
    'vendor options',
    {
      'option-def': [
        { name: 'port', code: 1, type: 'uint16', space: 'vendor-encapsulated-options-space' },
        { name: 'tftp', code: 2, type: 'ipv4-address', space: `vendor-${CABLE}`, array: true },
      ],
      'option-data': [
        { name: 'port', space: 'vendor-encapsulated-options-space', data: '9000' },
        { name: 'vendor-encapsulated-options' },
        { name: 'tftp', space: `vendor-${CABLE}`, data: '192.0.2.1, 192.0.2.2' },
        { code: 7, space: `vendor-${CABLE}`, data: '01020304', 'csv-format': false, 'always-send': true },
      ],
    },
    { options: VENDORS, requested: [43, 125] },
  ),
  family(
    'enterprise numbers in answers',
    {
      'option-data': [
        { name: 'vivso-suboptions', data: `${CABLE}`, 'always-send': true },
        { name: 'vivco-suboptions', data: `${CABLE}, 020A0B`, 'always-send': true },
      ],
    },
    { options: VENDORS, requested: [124, 125] },
  ),
  family(
    'answers that are too long',
    { 'option-data': [long(224, 200), long(225, 200), long(226, 150)] },
    {
      options: [
        [57, '0240'],
        [57, '0044'],
        [57, '0200'],
        [57, 'ffff'],
        [57, '0320'],
      ],
    },
  ),
  family(
    'queries with overloaded fields',
    {},
    {
      options: [
        [52, '01'],
        [52, '02'],
        [52, '03'],
      ],
      fields: [
        { file: `0c04${hexOf('over')}ff` },
        { sname: `3204${'0a410163'}ff` },
        { file: `3d05${'0102030405'}ff`, sname: `0c05${hexOf('sname')}ff` },
        { file: hexOf('/asked.0'), sname: hexOf('asked.example.org') },
      ],
    },
  ),
  {
    ...family(
      'exceptions from the standards',
      {
        compatibility: { 'ignore-rai-link-selection': true, 'lenient-option-parsing': false },
      },
      {
        options: [
          [82, '05040a410000'],
          [82, '05040a430000'],
        ],
      },
    ),
    only: 'kea 3.0',
  },
  {
    ...family(
      'more exceptions from the standards',
      {
        'stash-agent-options': false,
        compatibility: { 'ignore-dhcp-server-identifier': true, 'exclude-first-last-24': true },
      },
      { addresses: ['10.65.1.0', '10.65.1.255', '10.65.1.#', '10.65.2.0'] },
      { pools: [{ pool: '10.65.1.0 - 10.65.2.255' }] },
    ),
    only: 'kea 3.0',
  },
  family(
    'what changes no answer',
    {
      'interfaces-config': {
        interfaces: ['servers'],
        'dhcp-socket-type': 'raw',
        'outbound-interface': 'same-as-inbound',
        're-detect': true,
        'service-sockets-require-all': false,
        'service-sockets-max-retries': 0,
        'service-sockets-retry-wait-time': 5000,
      },
      'statistic-default-sample-count': 5,
      'statistic-default-sample-age': 60,
      'parked-packet-limit': 64,
      'server-tag': 'one',
      'sanity-checks': { 'lease-checks': 'warn' },
      'expired-leases-processing': {
        'reclaim-timer-wait-time': 10,
        'hold-reclaimed-time': 3600,
        'flush-reclaimed-timer-wait-time': 25,
        'max-reclaim-leases': 100,
        'max-reclaim-time': 250,
        'unwarned-reclaim-cycles': 5,
      },
      'dhcp-queue-control': { 'enable-queue': false, 'queue-type': 'kea-ring4', capacity: 64 },
      'dhcp4o6-port': 0,
      'multi-threading': { 'enable-multi-threading': false, 'thread-pool-size': 0, 'packet-queue-size': 64 },
      'config-control': { 'config-fetch-wait-time': 30 },
      'hosts-databases': [],
      'store-extended-info': true,
    },
    {},
  ),
];
