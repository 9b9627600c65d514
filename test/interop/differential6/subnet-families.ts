/** Subnets, their pools, and what leads to them. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, FAR, hexOf, interfaceId, ON_LINK } from './ways.ts';

export const subnetFamilies6: readonly Family6[] = [
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
  {
    name: 'lifetimes that clients wish for',
    dhcp6: {
      'min-valid-lifetime': 1000,
      'max-valid-lifetime': 8000,
      'min-preferred-lifetime': 500,
      'max-preferred-lifetime': 6000,
      subnet6: [
        nearSubnet6({ 'calculate-tee-times': true, 't1-percent': 0.3, 't2-percent': 0.9 }),
        farSubnet6({ 'min-valid-lifetime': 2000, 'valid-lifetime': 2000, 'renew-timer': 700 }),
      ],
    },
    traffic: {
      wishes: [
        [0, 0],
        [100, 200],
        [3000, 4000],
        [7000, 9000],
        [9000, 3000],
        [0xffff_ffff, 0xffff_ffff],
        [0, 1500],
        [1500, 0],
      ],
    },
  },
  {
    name: 'lifetimes without an end, and leases that are not written again',
    only: 'kea 3.0',
    isCached: true,
    dhcp6: {
      subnet6: [
        nearSubnet6({ 'calculate-tee-times': true }),
        farSubnet6({ 'valid-lifetime': 0xffff_ffff, 'preferred-lifetime': 0xffff_ffff, 'rebind-timer': 500 }),
        farSubnet6({
          id: 3,
          subnet: '2001:db8:3::/64',
          pools: [{ pool: '2001:db8:3::/80' }],
          'pd-pools': [],
          'valid-lifetime': 800,
          'preferred-lifetime': 600,
          'cache-threshold': 0.5,
          'cache-max-age': 100,
        }),
      ],
    },
    traffic: {
      ways: [ON_LINK, FAR, by('2001:db8:3::1'), by('2001:db8:3::1')],
      wishes: [
        [0, 0],
        [100, 200],
      ],
    },
  },
  {
    name: 'timers of all kinds',
    dhcp6: {
      'renew-timer': 1000,
      'rebind-timer': 1500,
      'shared-networks': [
        { name: 'net', 'renew-timer': 50, 'calculate-tee-times': false, subnet6: [farSubnet6()] },
      ],
      subnet6: [nearSubnet6({ 'rebind-timer': 2000 })],
    },
  },
  {
    name: 'prefixes in classes',
    dhcp6: {
      'client-classes': [{ name: 'users', test: 'option[15].exists' }],
      subnet6: [
        nearSubnet6({
          pools: [
            { pool: '2001:db8:1::1000 - 2001:db8:1::1001' },
            { pool: '2001:db8:1::2000 - 2001:db8:1::2fff', 'client-class': 'users' },
            { pool: '2001:db8:1::3000 - 2001:db8:1::3fff' },
          ],
          'pd-pools': [
            { prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56, 'client-class': 'users' },
            { prefix: '2001:db8:8100::', 'prefix-len': 54, 'delegated-len': 56 },
            {
              prefix: '2001:db8:8200::',
              'prefix-len': 48,
              'delegated-len': 56,
            },
          ],
        }),
        farSubnet6(),
      ],
    },
    traffic: {
      options: [[15, `0004${hexOf('user')}`]],
      hints: {
        na: ['2001:db8:1::2005', '2001:db8:1::3005', '2001:db8:1::1001'],
        pd: ['2001:db8:8000:4200::/56', '2001:db8:8200:4200::/56', '::/48', '2001:db8:8100:100::/56'],
      },
    },
  },
  {
    name: 'allocators, and pools with numbers',
    only: 'kea 3.0',
    dhcp6: {
      subnet6: [
        nearSubnet6({
          allocator: 'iterative',
          pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::12', 'pool-id': 7 }],
        }),
        farSubnet6({
          allocator: 'iterative',
          'pd-allocator': 'iterative',
          pools: [{ pool: '2001:db8:2::10 - 2001:db8:2::10' }],
          'pd-pools': [{ prefix: '2001:db8:9000::', 'prefix-len': 56, 'delegated-len': 56 }],
        }),
      ],
    },
  },
  {
    name: 'subnets of addresses alone, of prefixes alone, of nothing',
    dhcp6: {
      subnet6: [
        nearSubnet6({ 'pd-pools': [] }),
        farSubnet6({ pools: [] }),
        farSubnet6({ id: 3, subnet: '2001:db8:3::/64', pools: [], 'pd-pools': [] }),
      ],
    },
    traffic: { ways: [ON_LINK, FAR, by('2001:db8:3::1')] },
  },
];
