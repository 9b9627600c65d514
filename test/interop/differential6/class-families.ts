/** Client classes: what they test, open, and bring. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, FAR, hexOf, interfaceId, ON_LINK } from './ways.ts';

export const classFamilies6: readonly Family6[] = [
  {
    name: 'classes with options and lifetimes',
    dhcp6: {
      'client-classes': [
        {
          name: 'users',
          test: 'option[15].hex == 0x000475736572',
          'valid-lifetime': 500,
          'preferred-lifetime': 300,
        },
        {
          name: 'long',
          test: 'substring(option[1].hex, -1, 1) == 0x03',
          'min-valid-lifetime': 2000,
          'valid-lifetime': 7000,
          'max-valid-lifetime': 9000,
        },
        {
          name: 'VENDOR_CLASS_text',
          'option-data': [{ name: 'dns-servers', data: '2001:db8::76', 'always-send': true }],
        },
        {
          name: 'asks',
          test: 'option[6].exists and not option[16].exists',
          'option-data': [{ name: 'domain-search', data: 'asks.example' }],
        },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: {
      options: [[16, `0000118b0004${hexOf('text')}`]],
      wishes: [
        [0, 0],
        [100, 200],
        [8000, 8500],
      ],
    },
  },
  {
    name: 'classes of relays, messages and vendors',
    dhcp6: {
      'client-classes': [
        {
          name: 'port',
          test: "relay6[0].option[18].hex == 'port 3'",
          'option-data': [{ name: 'dns-servers', data: '2001:db8::18' }],
        },
        {
          name: 'outer',
          test: 'relay6[1].peeraddr == fe80::1234:5678:9abc:def0',
          'option-data': [{ name: 'sntp-servers', data: '2001:db8::19' }],
        },
        {
          name: 'link',
          test: 'relay6[-1].linkaddr == 2001:db8:2::1',
          'option-data': [{ name: 'domain-search', data: 'link.example' }],
        },
        {
          name: 'cable',
          test: 'vendor.enterprise == 4491 or vendor-class.enterprise == 4491',
          'option-data': [{ name: 'nis-servers', data: '2001:db8::20', 'always-send': true }],
        },
        {
          name: 'renewing',
          test: 'pkt6.msgtype == 5',
          'option-data': [{ name: 'preference', data: '9', 'always-send': true }],
        },
        {
          name: 'prefixes',
          test: 'option[25].exists and not option[3].option[5].exists',
          'option-data': [{ name: 'nisp-servers', data: '2001:db8::21', 'always-send': true }],
        },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
    traffic: {
      ways: [
        ON_LINK,
        FAR,
        by('2001:db8:2::1', interfaceId('port 3')),
        [...by('2001:db8:2::1', interfaceId('port 3')), ...by('2001:db8:ffff::4')],
        [...by('2001:db8:ffff::4'), ...by('2001:db8:2::1', interfaceId('port 3'))],
      ],
      requested: [31],
      options: [[17, '0000118b00010002']],
    },
  },
  {
    name: 'classes that are evaluated late',
    only: 'kea 3.0',
    dhcp6: {
      'client-classes': [
        {
          name: 'late',
          test: "member('KNOWN') or option[15].exists",
          'only-if-required': true,
          'option-data': [{ name: 'dns-servers', data: '2001:db8::1a' }],
          'valid-lifetime': 900,
        },
        {
          name: 'later',
          test: "member('late')",
          'only-if-required': true,
          'option-data': [{ name: 'sntp-servers', data: '2001:db8::1b', 'always-send': true }],
        },
        {
          name: 'untested',
          'only-if-required': true,
          'option-data': [{ name: 'nis-servers', data: '2001:db8::1c', 'always-send': true }],
        },
      ],
      'shared-networks': [
        {
          name: 'net',
          'require-client-classes': ['later', 'untested'],
          subnet6: [farSubnet6({ 'require-client-classes': ['late'] })],
        },
      ],
      subnet6: [
        nearSubnet6({
          pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::1fff', 'require-client-classes': ['late'] }],
          'pd-pools': [
            {
              prefix: '2001:db8:8000::',
              'prefix-len': 40,
              'delegated-len': 56,
              'require-client-classes': ['untested'],
            },
          ],
          'require-client-classes': ['later'],
        }),
      ],
    },
    traffic: { requested: [27, 31] },
  },
  {
    name: 'a class that is dropped, and one that is refused',
    dhcp6: {
      'client-classes': [
        { name: 'DROP', test: 'option[20].exists and not option[15].exists' },
        { name: 'REJECT', test: 'option[1234].exists' },
      ],
      subnet6: [nearSubnet6(), farSubnet6()],
    },
  },
  {
    name: 'a class for which nothing is open',
    dhcp6: {
      'client-classes': [
        { name: 'users', test: 'option[15].exists' },
        { name: 'others', test: 'not option[15].exists' },
      ],
      subnet6: [
        nearSubnet6({ 'client-class': 'others' }),
        farSubnet6({
          pools: [{ pool: '2001:db8:2::/80', 'client-class': 'users' }],
          'pd-pools': [
            { prefix: '2001:db8:9000::', 'prefix-len': 40, 'delegated-len': 56, 'client-class': 'users' },
          ],
        }),
      ],
    },
  },
];
