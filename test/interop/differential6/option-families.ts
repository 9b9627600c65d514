/** Options of every scope and space. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, FAR, hexOf, interfaceId, ON_LINK } from './ways.ts';

/** Its DHCPv6 options, some sent by themselves. */
const OPTIONS = [
  { name: 'dns-servers', data: '2001:db8::53, 2001:db8::54' },
  { name: 'domain-search', data: 'example.org, a.example.net' },
  { name: 'preference', data: '7', 'always-send': true },
  { name: 'information-refresh-time', data: '3600' },
  { code: 1234, data: '0102', 'csv-format': false, 'always-send': true },
  { name: 'tftp-servers', space: 'vendor-4491', data: '2001:db8::69' },
  { name: 'config-file', space: 'vendor-4491', data: 'modem.cfg', 'always-send': true },
];

/** What routers of an access network are told of IPv4 (RFC 7598). */
const SOFTWIRES = [
  { name: 's46-cont-mape', 'always-send': true },
  { name: 's46-cont-mapt' },
  { name: 's46-rule', space: 's46-cont-mape-options', data: '1, 24, 16, 192.0.2.0, 2001:db8:f00::/40' },
  { name: 's46-br', space: 's46-cont-mape-options', data: '2001:db8::b' },
  { name: 's46-rule', space: 's46-cont-mapt-options', data: '0, 20, 16, 198.51.100.0, 2001:db8:f000::/44' },
  { name: 's46-dmr', space: 's46-cont-mapt-options', data: '2001:db8:ffff::/64' },
  { name: 's46-portparams', space: 's46-rule-options', data: '4, 3/4' },
];

const BOOT = [
  { name: 'bootfile-url', data: 'tftp://[2001:db8::69]/boot.efi' },
  { name: 'bootfile-param', data: 'root=/dev/nfs, quiet' },
  { name: 'client-arch-type', data: '7, 9' },
  { name: 'nii', data: '1, 3, 16' },
  { name: 'ntp-server' },
  {
    code: 1,
    space: 'v6-ntp-server-suboptions',
    'csv-format': false,
    data: '20010db8000000000000000000000123',
  },
  { name: 'aftr-name', data: 'aftr.example.org' },
  { name: 'new-posix-timezone', data: 'EST5EDT4\\,M3.2.0/02:00\\,M11.1.0/02:00' },
  { name: 'new-tzdb-timezone', data: 'Europe/Zurich' },
  { name: 'rdnss-selection', data: '2001:db8::53, 1, example.org' },
  { name: 'sip-server-dns', data: 'sip.example.org, sip2.example.org' },
  { name: 'solmax-rt', data: '3600' },
  { name: 'inf-max-rt', data: '7200' },
  { name: 'v6-captive-portal', data: 'https://portal.example.org/' },
  { name: 'unicast', data: '2001:db8:1::1' },
];

/** A list of no address, and vendor options without an enterprise, from which on Kea reads nothing. */
const FAULTY = [
  [23, ''],
  [17, '00'],
] as const;

/** A pool with an option that all pools have, and one that not all of them have. */
const pooled = (pool: Readonly<Record<string, unknown>>, digit: string, name: string) => ({
  ...pool,
  'option-data': [
    { name: 'dns-servers', data: `2001:db8::${digit}1` },
    { name, data: `2001:db8::${digit}2` },
  ],
});
const prefixes = (prefix: string) => ({ prefix, 'prefix-len': 48, 'delegated-len': 56 });

export const optionFamilies6: readonly Family6[] = [
  {
    name: 'options asked for and always sent',
    dhcp6: {
      'option-data': OPTIONS,
      subnet6: [
        nearSubnet6({
          'option-data': [{ name: 'dns-servers', data: '2001:db8:1::53', 'always-send': true }],
        }),
        farSubnet6({
          pools: [
            {
              pool: '2001:db8:2::/80',
              'option-data': [{ name: 'sntp-servers', data: '2001:db8::123' }],
            },
          ],
        }),
      ],
    },
    traffic: {
      requested: [1234, 31, 25, 3, 1, 2],
      options: [
        [17, '0000118b00010004002000210'.slice(0, 24)],
        [17, '000009bf'],
        [16, '000009bf0003616263'],
      ],
    },
  },
  {
    name: 'softwires',
    dhcp6: {
      'option-data': SOFTWIRES,
      subnet6: [
        nearSubnet6(),
        farSubnet6({ 'option-data': [{ name: 's46-cont-mapt', 'always-send': true }] }),
      ],
    },
    traffic: { requested: [94, 95, 96, 89, 90, 91] },
  },
  {
    name: 'options of clients that boot, and of all kinds',
    only: 'kea 3.0',
    dhcp6: { 'option-data': BOOT, subnet6: [nearSubnet6(), farSubnet6()] },
    traffic: {
      requested: [12, 21, 41, 42, 56, 59, 60, 61, 62, 64, 74, 103],
      options: [
        [61, '0007'],
        [62, '010310'],
      ],
    },
  },
  {
    name: 'definitions of our own',
    dhcp6: {
      'option-def': [
        { name: 'mast', code: 3000, type: 'record', 'record-types': 'uint16, ipv6-address, string' },
        { name: 'sails', code: 3001, type: 'uint8', array: true },
        { name: 'ship', code: 3002, type: 'empty', encapsulate: 'hold' },
        { name: 'crate', code: 1, space: 'hold', type: 'ipv6-prefix' },
        { name: 'flag', code: 2, space: 'hold', type: 'boolean' },
        { name: 'parrot', code: 7, space: 'vendor-9999', type: 'fqdn' },
        { name: 'rum', code: 9, space: 'vendor-9999', type: 'uint32', array: true },
      ],
      'option-data': [
        { name: 'mast', data: '7, 2001:db8::7, tall' },
        { name: 'sails', data: '1, 2, 3', 'always-send': true },
        { name: 'ship' },
        { name: 'crate', space: 'hold', data: '2001:db8:7::/48' },
        { name: 'flag', space: 'hold', data: 'true' },
        { name: 'parrot', space: 'vendor-9999', data: 'polly.example.org' },
        { name: 'rum', space: 'vendor-9999', data: '100000, 7' },
      ],
      subnet6: [
        nearSubnet6(),
        farSubnet6({
          'option-data': [{ name: 'rum', space: 'vendor-9999', data: '8', 'always-send': true }],
        }),
      ],
    },
    traffic: {
      requested: [3000, 3001, 3002],
      options: [
        [16, '0000270f0003616263'],
        [17, '0000270f00070000'],
        [17, '000009bf'],
      ],
    },
  },
  {
    name: 'options of every scope, and some that are never sent',
    only: 'kea 3.0',
    dhcp6: {
      'client-classes': [
        {
          name: 'users',
          test: 'option[15].exists',
          'option-data': [
            { name: 'dns-servers', data: '2001:db8::c' },
            { name: 'sntp-servers', data: '2001:db8::c1' },
          ],
        },
        {
          name: 'all',
          test: 'not (pkt6.msgtype == 100)',
          'option-data': [
            { name: 'dns-servers', data: '2001:db8::d' },
            { name: 'nis-servers', data: '2001:db8::d1', 'always-send': true },
          ],
        },
      ],
      'option-data': [
        { name: 'dns-servers', data: '2001:db8::a' },
        { name: 'domain-search', data: 'example.org' },
        { name: 'nis-servers', data: '2001:db8::a1' },
        { name: 'nisp-servers', data: '2001:db8::a2', 'always-send': true },
      ],
      'shared-networks': [
        {
          name: 'net',
          'option-data': [
            { name: 'domain-search', data: 'net.example' },
            { name: 'nisp-servers', data: '2001:db8::b2' },
          ],
          subnet6: [farSubnet6({ 'option-data': [{ name: 'sntp-servers', data: '2001:db8::e' }] })],
        },
      ],
      subnet6: [
        nearSubnet6({
          'option-data': [
            { name: 'dns-servers', data: '2001:db8::f' },
            { name: 'nisp-servers', data: '2001:db8::f2', 'never-send': true },
          ],
          pools: [
            {
              pool: '2001:db8:1::1000 - 2001:db8:1::1fff',
              'option-data': [{ name: 'domain-search', data: 'pool.example' }],
            },
          ],
          'pd-pools': [
            {
              prefix: '2001:db8:8000::',
              'prefix-len': 40,
              'delegated-len': 56,
              'option-data': [{ name: 'domain-search', data: 'pd.example' }],
            },
          ],
        }),
      ],
    },
    traffic: { requested: [27, 28, 31], options: [[15, `0004${hexOf('user')}`]] },
  },
  {
    name: 'options of several pools',
    dhcp6: {
      subnet6: [
        nearSubnet6({
          'option-data': [{ name: 'nisp-servers', data: '2001:db8::f' }],
          pools: [
            pooled({ pool: '2001:db8:1::1000 - 2001:db8:1::1003' }, 'a', 'sntp-servers'),
            pooled({ pool: '2001:db8:1::1500 - 2001:db8:1::15ff' }, 'b', 'nis-servers'),
          ],
          'pd-pools': [pooled(prefixes('2001:db8:8000::'), 'c', 'nisp-servers')],
        }),
        // What stands in front is what the client gets at the lower address: here the prefix.
        farSubnet6({
          pools: [pooled({ pool: '2001:db8:2::1000 - 2001:db8:2::1fff' }, 'd', 'sntp-servers')],
          'pd-pools': [pooled(prefixes('2001:db8:0::'), 'e', 'nis-servers')],
        }),
      ],
    },
    traffic: { requested: [27, 28, 31] },
  },
  {
    name: 'vendors of several numbers, and a container of one',
    dhcp6: {
      'option-data': [
        { name: 'vendor-opts', data: '4491' },
        { code: 2, space: 'vendor-4491', 'csv-format': false, data: '0102' },
        { code: 99, space: 'vendor-4491', 'csv-format': false, data: '0304', 'always-send': true },
        { code: 5, space: 'vendor-2495', 'csv-format': false, data: 'aa' },
        { code: 6, space: 'vendor-2495', 'csv-format': false, data: 'bb', 'always-send': true },
        { name: 'vendor-class', data: '4491, 00036d6f64' },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: {
      requested: [16, 17],
      options: [
        [17, '0000118b0001000200200002'.slice(0, 20)],
        [17, '000009bf'],
        [17, '00001234'],
        [16, '000009bf0003616263'],
      ],
    },
  },
  {
    name: 'what relays supply',
    dhcp6: {
      'relay-supplied-options': ['110', '120', 'erp-local-domain-name', '23'],
      'option-data': [
        { name: 'dns-servers', data: '2001:db8::53' },
        { code: 120, data: '0102', 'csv-format': false, 'always-send': true },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: {
      ways: [
        ON_LINK,
        FAR,
        by('2001:db8:2::1', [66, '006e0002aaaa007800020bad']),
        by('2001:db8:2::1', [66, '004100056265616e00006f0001ff00170010'.padEnd(68, '0')]),
        [
          ...by('2001:db8:2::1', [66, '006e0001aa006e0001ab']),
          ...by('2001:db8:2::9', [66, '006e0001bb00410003026f6b'], interfaceId('far')),
        ],
        by('2001:db8:2::1', [66, '006e0002aaaa006e0099']),
        by('2001:db8:2::1', [66, '']),
      ],
    },
  },
  {
    name: 'a domain name that is none, and is forgiven',
    only: 'kea 3.0',
    dhcp6: {
      compatibility: { 'lenient-option-parsing': true },
      'dhcp-ddns': { 'enable-updates': true },
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: { options: [[39, '0105616263'], ...FAULTY] },
  },
  {
    name: 'options that are cut short',
    dhcp6: { subnet6: [nearSubnet6(), farSubnet6()] },
    traffic: { options: FAULTY },
  },
];
