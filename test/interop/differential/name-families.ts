/** Names of clients: options 12 and 81, and what DNS is told. Addresses are as long as each other where names are made of them. */
import type { Family } from './families.ts';
import { farSubnet, hexOf, nearSubnet } from './scene.ts';
import type { Client, Traffic } from './scripts.ts';

const NAMES: NonNullable<Traffic['options']> = [
  [12, hexOf('laptop')],
  [12, hexOf('Two.Labels')],
  [12, hexOf('a_b c')],
  [12, hexOf('inside.example.org')],
  [81, `000000${hexOf('plain')}`],
  [81, `010000${hexOf('plain.example.org')}`],
  [81, `040000${'046e616d65'}`],
  [81, `050000${'046e616d65076578616d706c65036f726700'}`],
  [81, `080000${hexOf('quiet')}`],
  [81, `0c0000${'0571756965740365787a00'}`],
  [81, '010000'],
];
/** With the names that the client behind every query is given, which tell where one query ends. */
const NEAR = {
  'ddns-send-updates': true,
  'ddns-replace-client-name': 'never',
  'ddns-override-no-update': false,
  'ddns-override-client-update': false,
};
const FAR_POOL = [{ pool: '10.65.1.100 - 10.65.1.199' }];
const UPDATES = { 'enable-updates': true };
const HOSTS: readonly Client[] = [{ mac: '02:00:00:04:00:01' }, { mac: '02:00:00:04:00:02' }];

function family(
  name: string,
  far: Record<string, unknown>,
  global: Record<string, unknown> = {},
  more: Partial<Family> = {},
): Family {
  return {
    name,
    dhcp4: {
      'dhcp-ddns': UPDATES,
      ...global,
      subnet4: [nearSubnet(NEAR), farSubnet({ pools: FAR_POOL, ...far })],
    },
    traffic: {
      relays: ['10.65.0.1'],
      addresses: ['10.65.1.150', '10.65.77.77'],
      options: NAMES,
      requested: [12, 15, 81],
    },
    isNamed: true,
    ...more,
  };
}

export const nameFamilies: readonly Family[] = [
  family('names', {}),
  family('names with a suffix', { 'ddns-qualifying-suffix': 'example.org' }),
  family('names without updates', { 'ddns-send-updates': false, 'ddns-qualifying-suffix': 'example.org' }),
  family('names that are always replaced', {
    'ddns-replace-client-name': 'always',
    'ddns-generated-prefix': 'gen',
    'ddns-qualifying-suffix': 'example.org',
  }),
  family(
    'names where there are none',
    { 'ddns-replace-client-name': 'when-not-present' },
    { 'ddns-qualifying-suffix': 'all.example.org' },
  ),
  family('names where there are some', {
    'ddns-replace-client-name': 'when-present',
    'ddns-qualifying-suffix': 'example.org.',
  }),
  family('names whatever the client wants', {
    'ddns-override-no-update': true,
    'ddns-override-client-update': true,
    'ddns-qualifying-suffix': 'example.org',
  }),
  family('names told again', { 'ddns-update-on-renew': true, 'ddns-qualifying-suffix': 'example.org' }),
  family('names without a check', { 'ddns-use-conflict-resolution': false }, {}, { only: 'kea 2.2' }),
  family(
    'names with another check',
    {
      'ddns-conflict-resolution-mode': 'check-exists-with-dhcid',
      'ddns-ttl-percent': 0.5,
      'ddns-update-on-renew': true,
    },
    {},
    { only: 'kea 3.0' },
  ),
  family('names for a while', { 'ddns-ttl': 300 }, {}, { only: 'kea 3.0' }),
  family(
    'names for some time',
    { 'ddns-ttl-percent': 0.25, 'ddns-ttl-min': 900, 'ddns-ttl-max': 950 },
    { 'valid-lifetime': 3000 },
    { only: 'kea 3.0' },
  ),
  family('names of other letters', {
    'hostname-char-set': '[^A-Za-z0-9.-]',
    'hostname-char-replacement': 'x',
    'ddns-qualifying-suffix': 'example.org',
  }),
  family(
    'names that are reserved',
    {
      'ddns-qualifying-suffix': 'example.org',
      reservations: HOSTS.map(({ mac }, i) => ({
        'hw-address': mac,
        hostname: ['reserved', 'reserved.elsewhere.org'][i],
        ...(i === 1 && { 'ip-address': '10.65.1.50' }),
      })),
    },
    {},
    {
      traffic: {
        relays: ['10.65.0.1'],
        addresses: ['10.65.1.150'],
        options: NAMES,
        clients: HOSTS,
        requested: [12, 15, 81],
      },
    },
  ),
  family(
    'names of a shared network',
    {},
    {
      'shared-networks': [
        {
          name: 'far',
          'ddns-qualifying-suffix': 'network.example.org',
          'ddns-override-no-update': true,
          subnet4: [
            {
              id: 3,
              subnet: '10.66.0.0/16',
              pools: [{ pool: '10.66.1.100 - 10.66.1.199' }],
              'ddns-generated-prefix': 'three',
              'ddns-replace-client-name': 'when-not-present',
            },
          ],
        },
      ],
    },
    {
      traffic: {
        relays: ['10.65.0.1', '10.66.0.1', '10.66.0.1'],
        addresses: ['10.66.1.150'],
        options: NAMES,
        requested: [12, 15, 81],
      },
    },
  ),
  family(
    'names in the words of older files',
    {},
    {
      'dhcp-ddns': {
        ...UPDATES,
        'server-ip': '127.0.0.1',
        'server-port': 53001,
        'sender-ip': '',
        'sender-port': 0,
        'max-queue-size': 1024,
        'ncr-protocol': 'UDP',
        'ncr-format': 'JSON',
        'override-no-update': true,
        'override-client-update': true,
        'replace-client-name': 'when-not-present',
        'generated-prefix': 'old',
        'qualifying-suffix': 'old.example.org',
        'hostname-char-set': '[^A-Za-z0-9.-]',
        'hostname-char-replacement': 'x',
      },
    },
    { only: 'kea 2.2' },
  ),
];
