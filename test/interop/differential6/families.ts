/** Configurations of DHCPv6 that both servers are asked with; each is about a few keys. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import { type Relay, type Traffic, UNKNOWN_LINK } from './steps.ts';

export interface Family6 {
  readonly name: string;
  /** Keys of the Dhcp6 map. */
  readonly dhcp6: Readonly<Record<string, unknown>>;
  readonly traffic?: Partial<Traffic>;
}

const PEER = 'fe80::1234:5678:9abc:def0';
const ON_LINK: readonly Relay[] = [];
const interfaceId = (text: string) => [18, Buffer.from(text).toString('hex')] as const;
const by = (link: string, ...options: Relay['options']): readonly Relay[] => [{ link, peer: PEER, options }];
const FAR = by('2001:db8:2::1');

/** Clients whose DUID holds the hardware address 02:00:00:00:07:0n. */
const KNOWN = [1, 2, 3].map((number) => `000300010200000007${`0${number}`}`);
const colons = (hex: string): string => hex.replace(/..(?=.)/g, '$&:');

export const USUAL: Traffic = {
  ways: [ON_LINK, ON_LINK, FAR, FAR, by(UNKNOWN_LINK)],
  clients: [],
  hints: {
    na: ['2001:db8:1::1500', '2001:db8:2::1600', '2001:db8:1::ffff', '2001:db8:99::1', '::'],
    pd: ['2001:db8:8000:4200::/56', '2001:db8:9000:4200::/56', '2001:db8:99::/56', '::/56', '::/48', '::/64'],
  },
  options: [],
  requested: [],
};

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

export const FAMILIES_6: readonly Family6[] = [
  { name: 'pools', dhcp6: { subnet6: [nearSubnet6(), farSubnet6()] } },
  {
    name: 'lifetimes between limits',
    dhcp6: {
      'min-valid-lifetime': 100,
      'valid-lifetime': 1000,
      'max-valid-lifetime': 5000,
      'min-preferred-lifetime': 50,
      'preferred-lifetime': 700,
      'max-preferred-lifetime': 3000,
      subnet6: [
        nearSubnet6({ 'renew-timer': 100, 'rebind-timer': 300 }),
        farSubnet6({ 't1-percent': 0.4, 't2-percent': 0.7, 'calculate-tee-times': true }),
      ],
    },
  },
  {
    name: 'a shared network with a small pool first',
    dhcp6: {
      'shared-networks': [
        {
          name: 'net',
          interface: 'servers',
          subnet6: [
            nearSubnet6({ pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::13' }], 'pd-pools': [] }),
            farSubnet6({
              id: 3,
              subnet: '2001:db8:3::/64',
              pools: [{ pool: '2001:db8:3::/80' }],
              'pd-pools': [{ prefix: '2001:db8:a000::', 'prefix-len': 40, 'delegated-len': 56 }],
            }),
          ],
        },
      ],
      subnet6: [farSubnet6()],
    },
  },
  {
    name: 'relays by link address, interface-id and their own address',
    dhcp6: {
      subnet6: [
        nearSubnet6(),
        farSubnet6(),
        farSubnet6({
          id: 3,
          subnet: '2001:db8:3::/64',
          'interface-id': 'port 3',
          pools: [{ pool: '2001:db8:3::/80' }],
          'pd-pools': [],
        }),
        farSubnet6({
          id: 4,
          subnet: '2001:db8:4::/64',
          relay: { 'ip-addresses': ['2001:db8:ffff::4'] },
          pools: [{ pool: '2001:db8:4::/80' }],
          'pd-pools': [],
        }),
      ],
    },
    traffic: {
      ways: [
        FAR,
        // Without a global link address only Kea 3.2 looks at it.
        by('2001:db8:2::1', interfaceId('port 3')),
        by('2001:db8:2::1', interfaceId('port 9')),
        by('2001:db8:ffff::4'),
        [...by('2001:db8:2::1'), ...by('2001:db8:4::1', interfaceId('outer'))],
        [...by('::', interfaceId('port 3')), ...by('2001:db8:ffff::4', [37, '000009bf0102'])],
        by('fe80::1'),
      ],
    },
  },
  {
    name: 'reservations by DUID and by hardware address',
    dhcp6: {
      'host-reservation-identifiers': ['duid', 'hw-address'],
      'mac-sources': ['duid'],
      subnet6: [
        nearSubnet6({
          reservations: [
            { duid: colons(KNOWN[0]!), 'ip-addresses': ['2001:db8:1::1005'], hostname: 'one' },
            {
              'hw-address': '02:00:00:00:07:02',
              'ip-addresses': ['2001:db8:1::abcd'],
              prefixes: ['2001:db8:8000:700::/56'],
              'option-data': [{ name: 'dns-servers', data: '2001:db8::99' }],
            },
          ],
        }),
        farSubnet6({
          reservations: [{ duid: colons(KNOWN[2]!), 'ip-addresses': ['2001:db8:2::5', '2001:db8:2::6'] }],
        }),
      ],
    },
    traffic: {
      clients: KNOWN,
      hints: {
        na: ['2001:db8:1::1005', '2001:db8:1::abcd', '2001:db8:2::5', '2001:db8:1::1700'],
        pd: ['2001:db8:8000:700::/56', '::/56'],
      },
    },
  },
  {
    name: 'prefixes of several lengths, and an excluded one',
    dhcp6: {
      subnet6: [
        nearSubnet6({
          'pd-pools': [
            { prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 64 },
            {
              prefix: '2001:db8:8100::',
              'prefix-len': 40,
              'delegated-len': 56,
              'excluded-prefix': '2001:db8:8100:0:80::',
              'excluded-prefix-len': 72,
            },
            { prefix: '2001:db8:8200::', 'prefix-len': 40, 'delegated-len': 48 },
          ],
        }),
        farSubnet6({ 'pd-pools': [] }),
      ],
    },
    traffic: {
      ways: [ON_LINK, ON_LINK, FAR],
      requested: [67],
      hints: {
        na: ['::'],
        pd: [
          '::/48',
          '::/52',
          '::/56',
          '::/60',
          '::/64',
          '::/0',
          '2001:db8:8100:4200::/56',
          '2001:db8:8000:5::/64',
        ],
      },
    },
  },
  {
    name: 'rapid commit',
    dhcp6: { subnet6: [nearSubnet6({ 'rapid-commit': true }), farSubnet6()] },
    traffic: { options: [[14, '']] },
  },
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
    name: 'pools that run out',
    dhcp6: {
      subnet6: [
        nearSubnet6({
          pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::15' }],
          'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 54, 'delegated-len': 56 }],
        }),
        farSubnet6({ pools: [{ pool: '2001:db8:2::10 - 2001:db8:2::13' }], 'pd-pools': [] }),
      ],
    },
  },
];
