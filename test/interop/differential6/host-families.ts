/** What is reserved for clients, by each identifier and in each scope. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, colons, interfaceId, KNOWN, ON_LINK } from './ways.ts';

const MAC = '02:00:00:00:07:02';

export const hostFamilies6: readonly Family6[] = [
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
    name: 'reservations in and out of pools, for several associations',
    dhcp6: {
      'reservations-out-of-pool': true,
      subnet6: [
        nearSubnet6({
          reservations: [
            {
              duid: colons(KNOWN[0]!),
              'ip-addresses': ['2001:db8:1::1f05', '2001:db8:1::abcd', '2001:db8:1::abce'],
            },
            {
              duid: colons(KNOWN[1]!),
              prefixes: ['2001:db8:7000:700::/56', '2001:db8:7000:800::/60'],
              'ip-addresses': ['2001:db8:1::5'],
            },
          ],
        }),
        farSubnet6({
          'reservations-in-subnet': false,
          reservations: [{ duid: colons(KNOWN[2]!), 'ip-addresses': ['2001:db8:2::5'] }],
        }),
      ],
    },
    traffic: {
      clients: KNOWN,
      hints: {
        na: ['2001:db8:1::abce', '2001:db8:1::abcd', '2001:db8:1::1700'],
        pd: ['2001:db8:7000:700::/56', '::/60'],
      },
    },
  },
  {
    name: 'global reservations',
    // Kea 2.2 gives global addresses on links that they do not lie in.
    only: 'kea 3.0',
    dhcp6: {
      'reservations-global': true,
      'reservations-in-subnet': false,
      reservations: [
        { duid: colons(KNOWN[0]!), 'ip-addresses': ['2001:db8:1::abcd'], hostname: 'one' },
        {
          'hw-address': MAC,
          'option-data': [{ name: 'dns-servers', data: '2001:db8::99', 'always-send': true }],
        },
        { duid: colons(KNOWN[2]!), prefixes: ['2001:db8:7000:700::/56'], 'ip-addresses': ['2001:db8:2::5'] },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: {
      clients: KNOWN,
      hints: { na: ['2001:db8:1::abcd', '2001:db8:2::5'], pd: ['2001:db8:7000:700::/56'] },
    },
  },
  {
    name: 'global reservations looked up early, with classes that choose the subnet',
    dhcp6: {
      'reservations-global': true,
      'early-global-reservations-lookup': true,
      'client-classes': [
        { name: 'chosen' },
        {
          name: 'guests',
          test: "not member('KNOWN')",
          'option-data': [{ name: 'dns-servers', data: '2001:db8::66' }],
        },
      ],
      reservations: [
        { duid: colons(KNOWN[0]!), 'client-classes': ['chosen'] },
        { duid: colons(KNOWN[1]!), 'client-classes': ['chosen'], 'ip-addresses': ['2001:db8:3::77'] },
      ],
      'shared-networks': [
        {
          name: 'net',
          subnet6: [
            farSubnet6({ 'client-class': 'guests' }),
            farSubnet6({
              id: 3,
              subnet: '2001:db8:3::/64',
              'client-class': 'chosen',
              pools: [{ pool: '2001:db8:3::/80' }],
              'pd-pools': [],
            }),
          ],
        },
      ],
      subnet6: [nearSubnet6()],
    },
    traffic: { clients: KNOWN },
  },
  {
    name: 'pools of known and unknown clients',
    dhcp6: {
      subnet6: [
        nearSubnet6({
          pools: [
            { pool: '2001:db8:1::1000 - 2001:db8:1::1fff', 'client-class': 'UNKNOWN' },
            { pool: '2001:db8:1::2000 - 2001:db8:1::2fff', 'client-class': 'KNOWN' },
          ],
          'pd-pools': [
            { prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56, 'client-class': 'KNOWN' },
          ],
          reservations: [
            { duid: colons(KNOWN[0]!), hostname: 'one' },
            { 'hw-address': MAC, hostname: 'two' },
          ],
        }),
        farSubnet6({
          reservations: [{ duid: colons(KNOWN[2]!), hostname: 'three', 'client-classes': ['DROP'] }],
        }),
      ],
    },
    traffic: {
      clients: KNOWN,
      hints: { na: ['2001:db8:1::2005', '2001:db8:1::1005'], pd: ['2001:db8:8000:4200::/56'] },
    },
  },
  {
    name: 'hardware addresses that relays and links tell',
    dhcp6: {
      'host-reservation-identifiers': ['hw-address'],
      'mac-sources': ['client-link-addr-option', 'ipv6-link-local', 'remote-id', 'subscriber-id'],
      subnet6: [
        nearSubnet6({
          reservations: [{ 'hw-address': '02:00:00:00:0a:02', 'ip-addresses': ['2001:db8:1::aa'] }],
        }),
        farSubnet6({
          reservations: [
            { 'hw-address': '02:00:00:00:07:01', 'ip-addresses': ['2001:db8:2::71'] },
            { 'hw-address': '02:00:00:00:07:02', 'ip-addresses': ['2001:db8:2::72'] },
            { 'hw-address': '02:00:00:00:07:03', 'ip-addresses': ['2001:db8:2::73'] },
            { 'hw-address': '02:00:00:00:07:04', 'ip-addresses': ['2001:db8:2::74'] },
            { 'hw-address': '00:00:00:00:07:04', 'ip-addresses': ['2001:db8:2::75'] },
          ],
        }),
      ],
    },
    traffic: {
      ways: [
        ON_LINK,
        by('2001:db8:2::1', [79, '0001020000000701']),
        by('2001:db8:2::1', [37, '000009bf020000000702']),
        by('2001:db8:2::1', [38, '020000000703']),
        [{ link: '2001:db8:2::1', peer: 'fe80::ff:fe00:704', options: [] }],
        [{ link: '2001:db8:2::1', peer: 'fe80::200:ff:fe00:704', options: [] }],
        [...by('2001:db8:2::1', interfaceId('near')), ...by('2001:db8:2::2', [37, '000009bf020000000702'])],
      ],
    },
  },
  {
    name: 'hosts with options, classes, and a prefix with a hole',
    dhcp6: {
      'client-classes': [
        {
          name: 'special',
          'option-data': [{ name: 'domain-search', data: 'special.example' }],
          'valid-lifetime': 5000,
        },
      ],
      subnet6: [
        nearSubnet6({
          'option-data': [{ name: 'dns-servers', data: '2001:db8::1' }],
          reservations: [
            {
              duid: colons(KNOWN[0]!),
              'client-classes': ['special'],
              prefixes: ['2001:db8:7000:700::/56'],
              'option-data': [
                { name: 'dns-servers', data: '2001:db8::99' },
                { name: 'tftp-servers', space: 'vendor-4491', data: '2001:db8::69' },
              ],
            },
            {
              'hw-address': MAC,
              'option-data': [
                { name: 'bootfile-url', data: 'http://[2001:db8::1]/boot', 'always-send': true },
              ],
            },
          ],
        }),
        farSubnet6(),
      ],
    },
    traffic: { clients: KNOWN, requested: [67, 59], options: [[17, '0000118b0001000204d2']] },
  },
];
