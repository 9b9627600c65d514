/** Who is in which class, and what a class opens, gives and takes away. */
import type { Family } from './families.ts';
import { farSubnet, hexOf, nearSubnet } from './scene.ts';
import type { Client, Traffic } from './scripts.ts';

const KINDS: NonNullable<Traffic['options']> = [
  [60, hexOf('Aastra 6739i')],
  [60, hexOf('Aastra')],
  [60, hexOf('PXEClient:Arch:00007:UNDI:003016')],
  [60, hexOf('docsis3.0')],
  [77, hexOf('user')],
  [93, '0007'],
  [93, '0000'],
];
const PHONES = { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" };
const LAPTOPS = { name: 'laptops', test: "not member('phones')" };
const OFFICE: readonly Client[] = [{ mac: '02:00:00:03:00:01' }, { mac: '02:00:00:03:00:02' }];

const option = (name: string, data: string, more: Record<string, unknown> = {}) => ({ name, data, ...more });

function family(
  name: string,
  classes: readonly Record<string, unknown>[],
  far: Record<string, unknown> = {},
  more: Partial<Family> = {},
  global: Record<string, unknown> = {},
): Family {
  return {
    name,
    dhcp4: { 'client-classes': classes, ...global, subnet4: [nearSubnet(), farSubnet(far)] },
    traffic: {
      relays: ['10.65.0.1', '10.65.0.1', '10.64.0.10'],
      options: KINDS,
      requested: [4, 5, 7, 9, 43, 224, 225],
    },
    ...more,
  };
}

export const classFamilies: readonly Family[] = [
  family('pools for classes', [PHONES, LAPTOPS], {
    pools: [
      { pool: '10.65.1.0/24', 'client-class': 'phones' },
      { pool: '10.65.2.0/24', 'client-class': 'laptops' },
    ],
  }),
  family('a pool for one class, and one for all', [PHONES], {
    pools: [
      {
        pool: '10.65.1.0 - 10.65.1.3',
        'client-class': 'phones',
        'option-data': [option('time-servers', '10.64.0.1')],
      },
      { pool: '10.65.2.0/24' },
    ],
  }),
  family('a subnet for one class', [PHONES], { 'client-class': 'phones' }),
  family('what classes give', [
    {
      ...PHONES,
      'option-data': [
        option('domain-name', 'phones.example.org'),
        option('time-servers', '10.64.0.37', { 'always-send': true }),
        { code: 224, data: '0102', 'csv-format': false },
      ],
      'next-server': '10.64.0.66',
      'server-hostname': 'phones.boot',
      'boot-file-name': '/phones.cfg',
      'valid-lifetime': 500,
      'min-valid-lifetime': 50,
      'max-valid-lifetime': 5000,
    },
    {
      name: 'users',
      test: "option[77].hex == 'user'",
      'option-data': [option('domain-name', 'users.example.org'), option('name-servers', '10.64.0.5')],
      'boot-file-name': '/users.cfg',
      'valid-lifetime': 600,
    },
    { name: 'uefi', test: 'option[93].hex == 0x0007', 'next-server': '10.64.0.77' },
  ]),
  family('classes of classes', [
    PHONES,
    LAPTOPS,
    {
      name: 'both',
      test: "member('phones') and option[77].exists",
      'option-data': [option('log-servers', '10.64.0.7')],
    },
    { name: 'everybody', test: "member('ALL')", 'option-data': [option('lpr-servers', '10.64.0.9')] },
    { name: 'strangers', test: "member('UNKNOWN')", 'option-data': [option('time-servers', '10.64.0.4')] },
    {
      name: 'guests',
      test: "member('KNOWN') and not member('phones')",
      'option-data': [option('name-servers', '10.64.0.5')],
    },
  ]),
  family('what is known of the query', [
    { name: 'discovers', test: 'pkt4.msgtype == 1', 'option-data': [option('time-servers', '10.64.0.4')] },
    { name: 'relayed', test: 'relay4[1].exists', 'option-data': [option('name-servers', '10.64.0.5')] },
    { name: 'port', test: "relay4[1].hex == 'eth7'", 'option-data': [option('log-servers', '10.64.0.7')] },
    { name: 'own', test: 'pkt4.giaddr == 10.65.0.1', 'boot-file-name': '/own.0' },
    {
      name: 'made',
      test: 'substring(pkt4.mac,0,4) == 0x02000001',
      'option-data': [option('lpr-servers', '10.64.0.9')],
    },
    { name: 'card', test: 'pkt4.hlen == 6 and pkt4.htype == 1', 'server-hostname': 'ethernet' },
    { name: 'way', test: "pkt.iface == 'servers'", 'next-server': '10.64.0.99' },
  ]),
  family(
    'vendor classes',
    [
      { name: 'VENDOR_CLASS_Aastra', 'option-data': [option('time-servers', '10.64.0.4')] },
      { name: 'VENDOR_CLASS_MSFT 5.0', 'boot-file-name': '/windows' },
      {
        name: 'cable',
        test: "member('VENDOR_CLASS_docsis3.0')",
        'option-data': [option('name-servers', '10.64.0.5')],
      },
    ],
    { pools: [{ pool: '10.65.1.0/24' }, { pool: '10.65.2.0/24', 'client-class': 'VENDOR_CLASS_docsis3.0' }] },
  ),
  family('classes that are dropped', [
    PHONES,
    { name: 'DROP', test: "member('phones') and option[77].exists" },
  ]),
  family(
    'hosts that are dropped',
    [
      { name: 'inner', test: 'option[77].exists' },
      { name: 'DROP', test: "member('KNOWN') and member('inner')" },
    ],
    { reservations: OFFICE.map(({ mac }) => ({ 'hw-address': mac, hostname: 'office' })) },
    { traffic: { relays: ['10.65.0.1', '10.64.0.10'], options: KINDS, clients: OFFICE } },
  ),
  family(
    'classes that are looked at late',
    [
      PHONES,
      {
        name: 'late',
        test: "member('phones')",
        'only-if-required': true,
        'option-data': [option('time-servers', '10.64.0.4')],
      },
      {
        name: 'later',
        test: "member('late') or member('KNOWN')",
        'only-if-required': true,
        'boot-file-name': '/later',
      },
      {
        name: 'network',
        test: 'option[77].exists',
        'only-if-required': true,
        'option-data': [option('name-servers', '10.64.0.5')],
      },
    ],
    {
      'require-client-classes': ['late', 'network'],
      pools: [
        { pool: '10.65.1.0 - 10.65.1.127', 'require-client-classes': ['later'] },
        { pool: '10.65.1.128/25' },
      ],
      reservations: OFFICE.map(({ mac }) => ({ 'hw-address': mac, hostname: 'office' })),
    },
    {
      traffic: {
        relays: ['10.65.0.1', '10.64.0.10'],
        options: KINDS,
        clients: OFFICE,
        requested: [4, 5, 7, 9],
      },
    },
  ),
  family(
    'what private codes mean to a class',
    [
      {
        ...PHONES,
        'option-def': [
          { name: 'phone-port', code: 224, type: 'uint16', space: 'dhcp4' },
          {
            name: 'vendor-encapsulated-options',
            code: 43,
            type: 'empty',
            encapsulate: 'phones',
            space: 'dhcp4',
          },
        ],
        'option-data': [
          option('phone-port', '8080', { 'always-send': true }),
          option('vendor-encapsulated-options', ''),
          { code: 1, space: 'phones', data: '0a0b', 'csv-format': false },
        ],
      },
    ],
    {},
    {},
    { 'option-def': [{ name: 'server', code: 2, type: 'ipv4-address', space: 'phones' }] },
  ),
  family(
    'templates of classes',
    [
      {
        name: 'vendor',
        'template-test': 'substring(option[60].hex,0,6)',
        'option-data': [option('time-servers', '10.64.0.4')],
      },
      {
        name: 'SPAWN_vendor_Aastra',
        'option-data': [option('name-servers', '10.64.0.5'), option('time-servers', '10.64.0.6')],
      },
      { name: 'SPAWN_vendor_PXECli' },
      { name: 'pxe', test: "member('SPAWN_vendor_PXECli')", 'boot-file-name': '/pxe' },
    ],
    { pools: [{ pool: '10.65.1.0/24', 'client-class': 'SPAWN_vendor_Aastra' }, { pool: '10.65.2.0/24' }] },
    { only: 'kea 3.0' },
  ),
  family(
    'several classes',
    [
      PHONES,
      { name: 'users', test: "option[77].hex == 'user'", 'offer-lifetime': 30 },
      { name: 'late', 'only-in-additional-list': true, 'option-data': [option('time-servers', '10.64.0.4')] },
      {
        name: 'tested',
        test: "member('users')",
        'only-in-additional-list': true,
        'option-data': [option('name-servers', '10.64.0.5')],
      },
    ],
    {
      'client-classes': ['phones', 'users'],
      'evaluate-additional-classes': ['tested'],
      'option-data': [
        option('log-servers', '10.64.0.7', { 'client-classes': ['phones'] }),
        option('lpr-servers', '10.64.0.9', { 'client-classes': ['users', 'nobody'], 'always-send': true }),
        option('domain-name', 'never.example.org', { 'never-send': true }),
      ],
      pools: [
        {
          pool: '10.65.1.0 - 10.65.1.127',
          'client-classes': ['users', 'phones'],
          'evaluate-additional-classes': ['late'],
          'pool-id': 7,
        },
        { pool: '10.65.1.128/25', 'pool-id': 8 },
      ],
    },
    { only: 'kea 3.0' },
    {
      'option-data': [
        option('domain-name', 'all.example.org', { 'always-send': true }),
        option('log-servers', '10.64.0.70'),
      ],
    },
  ),
];
