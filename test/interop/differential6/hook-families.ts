/** What hook libraries make of queries and replies. Kea 2.2 has no free library of flexible identifiers. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, colons, hexOf, interfaceId, KNOWN, ON_LINK } from './ways.ts';

type Entries = Readonly<Record<string, unknown>>;

const PORT = 'relay6[0].option[18].hex';
const PORTS = ['port1', 'port2', 'kept'].map((port) => by('2001:db8:2::1', interfaceId(port)));
const REPLACED = `0x0000${hexOf('port1')}`;

const flexId = (parameters: Entries): Entries => ({
  'hooks-libraries': [
    { library: 'libdhcp_flex_id.so', parameters: { 'identifier-expression': PORT, ...parameters } },
  ],
});
const always = (name: string, data: string): Entries => ({ name, data, 'always-send': true });

/** Reserved by port, by the DUID of such a port, and by that which a client sends. */
const RESERVATIONS = [
  {
    'flex-id': "'kept'",
    'ip-addresses': ['2001:db8:2::77'],
    prefixes: ['2001:db8:9000:7700::/56'],
    hostname: 'kept',
  },
  { duid: colons(REPLACED.slice(2)), 'ip-addresses': ['2001:db8:2::78'] },
  { duid: colons(KNOWN[0]!), 'ip-addresses': ['2001:db8:2::79'] },
];

/** They tell the octets that option 1 has at the moment at which they are evaluated. */
const MOMENTS = [
  {
    name: 'early',
    test: `option[1].hex == ${REPLACED}`,
    'option-data': [always('dns-servers', '2001:db8::1')],
  },
  {
    name: 'late',
    test: `member('UNKNOWN') and option[1].hex == ${REPLACED}`,
    'option-data': [always('sntp-servers', '2001:db8::2')],
  },
  {
    name: 'later',
    test: `member('KNOWN') and option[1].hex == ${REPLACED}`,
    'option-data': [always('nis-servers', '2001:db8::3')],
  },
  {
    name: 'last',
    test: `option[1].hex == ${REPLACED}`,
    'only-in-additional-list': true,
    'option-data': [always('nisp-servers', '2001:db8::4')],
  },
];

function flexFamily(name: string, parameters: Entries, reservations: readonly Entries[] = []): Family6 {
  return {
    name,
    only: 'kea 3.0',
    dhcp6: {
      ...flexId(parameters),
      'host-reservation-identifiers': ['flex-id', 'duid'],
      'client-classes': MOMENTS,
      subnet6: [nearSubnet6(), farSubnet6({ reservations, 'evaluate-additional-classes': ['last'] })],
    },
    traffic: {
      clients: KNOWN,
      ways: [ON_LINK, ...PORTS, [...PORTS[0]!, ...by('2001:db8:ffff::4')]],
      hints: {
        na: ['2001:db8:2::77', '2001:db8:2::78', '2001:db8:2::79', '2001:db8:2::1600'],
        pd: ['2001:db8:9000:7700::/56', '::/56'],
      },
    },
  };
}

const inside = (code: number, ...subOptions: Entries[]): Entries => ({ code, 'sub-options': subOptions });
const YES = 'not option[250].exists';
/** What some clients send, and relays. */
const SOME = 'option[15].exists';

/** Entries, those of a configuration that replies are changed by. */
function changingFamily(name: string, ...options: Entries[]): Family6 {
  return {
    name: `replies that are changed: ${name}`,
    dhcp6: {
      'hooks-libraries': [{ library: 'libdhcp_flex_option.so', parameters: { options } }],
      'client-classes': [{ name: 'users', test: SOME }],
      'option-def': [
        { name: 'headed', code: 240, type: 'uint16', encapsulate: 'inner' },
        { name: 'first', code: 1, type: 'string', space: 'inner' },
        { name: 'numbers', code: 241, type: 'uint16', array: true },
        { name: 'own', code: 7, type: 'string', space: 'vendor-9' },
      ],
      'option-data': [
        always('dns-servers', '2001:db8::1'),
        always('domain-search', 'example'),
        always('vendor-opts', '4491'),
        { ...always('tftp-servers', '2001:db8::69'), space: 'vendor-4491' },
        { ...always('own', 'seven'), space: 'vendor-9' },
        always('headed', '7'),
        { ...always('first', 'one'), space: 'inner' },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: { options: [[17, '00000009']] },
  };
}

const CHANGING: readonly Family6[] = [
  changingFamily(
    'options',
    { code: 23, add: "'no'" },
    { name: 'domain-search', supersede: 'option[15].hex' },
    { code: 59, add: "ifelse(option[16].exists, concat('http://', option[16].hex), '')" },
    { code: 17, remove: SOME },
    { code: 60_000, add: 'relay6[0].peeraddr' },
    { code: 60_001, add: "'users'", 'client-class': 'users' },
    { code: 241, add: "'1,2,3'", 'csv-format': true },
    { code: 27, supersede: "concat(addrtotext(relay6[0].linkaddr), ', 2001:db8::5')", 'csv-format': true },
    { code: 1, remove: SOME },
    { code: 2, supersede: 'option[16].hex' },
    { code: 7, add: '0x07' },
    { code: 13, remove: 'option[20].exists' },
    { code: 25, remove: 'option[1234].exists' },
    { code: 60_002, add: 'hexstring(pkt6.msgtype, 0x2d)' },
  ),
  changingFamily(
    'options inside of others',
    inside(
      17,
      { code: 32, space: 'vendor-4491', add: "'no'" },
      { code: 33, space: 'vendor-4491', add: 'option[15].hex' },
      { code: 1, space: 'vendor-4491', supersede: "'one'", 'client-class': 'users' },
    ),
    inside(
      240,
      { name: 'first', supersede: "'other'", 'csv-format': true },
      { code: 2, add: 'option[16].hex' },
    ),
    inside(3, { code: 99, space: 'dhcp6', add: "'far'", 'container-add': false }),
    inside(241, { code: 1, space: 'inner', add: "'a'", 'container-add': false }),
    inside(242, { code: 1, space: 'inner', add: "'a'" }),
  ),
  changingFamily(
    'containers that become empty',
    inside(17, { code: 32, space: 'vendor-4491', remove: YES }),
    inside(240, { code: 1, remove: SOME, 'container-remove': false }),
    inside(241, { code: 1, space: 'inner', add: 'addrtotext(option[15].hex)' }),
    inside(242, { code: 1, space: 'inner', add: "'behind what cannot be followed'" }),
  ),
];

const rate = (text: string): Entries => ({ 'user-context': { limits: { 'rate-limit': text } } });

/** Of a month, so that none of it is over while the servers are asked; the client that is always answered has no limit. */
const RATED: Family6 = {
  name: 'rates of subnets, of classes and of what templates make',
  only: 'kea 3.0',
  dhcp6: {
    'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
    'client-classes': [
      { name: 'users', test: SOME, ...rate('12 packets per month') },
      { name: 'known', test: "option[20].exists and member('KNOWN')", ...rate('0 packets per day') },
      { name: 'kind', 'template-test': 'option[16].hex', ...rate('9 packets per month') },
    ],
    subnet6: [
      nearSubnet6(),
      farSubnet6({ reservations: RESERVATIONS.slice(1), ...rate('25 packets per month') }),
    ],
  },
  traffic: { clients: KNOWN },
};

const REPLACING = { 'replace-client-id': true };

export const hookFamilies6: readonly Family6[] = [
  ...CHANGING,
  RATED,
  flexFamily('flexible identifiers', {}, RESERVATIONS),
  flexFamily('leases of flexible identifiers', REPLACING, RESERVATIONS),
  flexFamily('leases of flexible identifiers and no IAID', { ...REPLACING, 'ignore-iaid': true }),
];
