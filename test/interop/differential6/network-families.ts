/** Shared networks, and what leads to them. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, FAR, hexOf, interfaceId, ON_LINK } from './ways.ts';

export const networkFamilies6: readonly Family6[] = [
  {
    name: 'a network of guarded subnets, by its interface-id and its relay',
    dhcp6: {
      'client-classes': [
        { name: 'odd', test: 'substring(option[1].hex, 9, 1) == 0x01 or option[15].exists' },
      ],
      'shared-networks': [
        {
          name: 'by port',
          'interface-id': 'port 3',
          'rapid-commit': true,
          subnet6: [
            farSubnet6({
              id: 3,
              subnet: '2001:db8:3::/64',
              'client-class': 'odd',
              pools: [{ pool: '2001:db8:3::/80' }],
              'pd-pools': [],
            }),
            farSubnet6({
              id: 4,
              subnet: '2001:db8:4::/64',
              pools: [{ pool: '2001:db8:4::10 - 2001:db8:4::11' }],
            }),
          ],
        },
        {
          name: 'by relay',
          relay: { 'ip-addresses': ['2001:db8:ffff::4', '2001:db8:ffff::5'] },
          'client-class': 'odd',
          subnet6: [
            farSubnet6({
              id: 5,
              subnet: '2001:db8:5::/64',
              pools: [{ pool: '2001:db8:5::/112' }],
              'pd-pools': [],
            }),
          ],
        },
      ],
      subnet6: [nearSubnet6(), farSubnet6({ 'client-class': 'odd' })],
    },
    traffic: {
      ways: [
        ON_LINK,
        FAR,
        by('2001:db8:2::1', interfaceId('port 3')),
        by('2001:db8:ffff::5'),
        by('2001:db8:4::77'),
      ],
      options: [
        [14, ''],
        [15, `0004${hexOf('user')}`],
      ],
    },
  },
];
