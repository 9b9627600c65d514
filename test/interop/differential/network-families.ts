/** Subnets that share a link, and subnets that overlap. */
import type { Family } from './families.ts';
import { farSubnet, hexOf, nearSubnet } from './scene.ts';
import type { Traffic } from './scripts.ts';

const RELAYS = ['10.64.0.10', '10.65.0.1', '10.65.0.1', '10.66.0.1'];
const ADDRESSES = ['10.65.1.#', '10.66.1.#', '10.65.77.7', '10.66.77.7', '10.67.1.1'];
const VENDORS: NonNullable<Traffic['options']> = [
  [60, hexOf('Aastra 6739i')],
  [60, hexOf('PXEClient:Arch:00007')],
];
const PHONES = { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" };
const LAPTOPS = { name: 'laptops', test: "not member('phones')" };

const subnet = (id: number, prefix: string, more: Record<string, unknown> = {}) => ({
  id,
  subnet: `${prefix}.0.0/16`,
  pools: [{ pool: `${prefix}.1.0 - ${prefix}.1.255` }],
  ...more,
});

function network(
  name: string,
  far: Record<string, unknown>,
  global: Record<string, unknown> = {},
  traffic: Partial<Traffic> = {},
): Family {
  return {
    name,
    dhcp4: { ...global, subnet4: [nearSubnet()], 'shared-networks': [{ name: 'far', ...far }] },
    traffic: { relays: RELAYS, addresses: ADDRESSES, options: VENDORS, ...traffic },
  };
}

const option = (name: string, data: string) => ({ name, data });

export const networkFamilies: readonly Family[] = [
  network('a shared network', { subnet4: [subnet(2, '10.65'), subnet(3, '10.66')] }),
  network('a shared network whose first subnet is full', {
    subnet4: [
      subnet(2, '10.65', {
        pools: [{ pool: '10.65.1.0 - 10.65.1.3' }],
        'option-data': [option('routers', '10.65.0.1')],
      }),
      subnet(3, '10.66', { 'option-data': [option('routers', '10.66.0.1')] }),
    ],
  }),
  network('a shared network without a pool in its first subnet', {
    subnet4: [subnet(2, '10.65', { pools: [] }), subnet(3, '10.66', { 'valid-lifetime': 900 })],
  }),
  network(
    'a shared network with classes',
    {
      subnet4: [
        subnet(2, '10.65', { 'client-class': 'phones' }),
        subnet(3, '10.66', { 'client-class': 'laptops', 'valid-lifetime': 600 }),
      ],
    },
    { 'client-classes': [PHONES, LAPTOPS] },
  ),
  network(
    'a shared network for one class',
    { 'client-class': 'phones', subnet4: [subnet(2, '10.65'), subnet(3, '10.66')] },
    { 'client-classes': [PHONES] },
  ),
  network(
    'a relay by the address of its network',
    {
      relay: { 'ip-addresses': ['10.66.0.9'] },
      subnet4: [subnet(2, '10.65'), subnet(3, '10.67', { relay: { 'ip-addresses': ['10.66.0.1'] } })],
    },
    {},
    { relays: [...RELAYS, '10.66.0.9', '10.67.0.1'] },
  ),
  network(
    'the settings of a shared network',
    {
      'valid-lifetime': 700,
      'min-valid-lifetime': 100,
      'max-valid-lifetime': 900,
      'calculate-tee-times': true,
      't1-percent': 0.2,
      't2-percent': 0.7,
      'match-client-id': false,
      authoritative: true,
      'next-server': '10.64.0.6',
      'server-hostname': 'network.example.org',
      'boot-file-name': '/network.0',
      'reservations-global': false,
      'reservations-in-subnet': true,
      'reservations-out-of-pool': false,
      'cache-max-age': 0,
      'cache-threshold': 0.5,
      'store-extended-info': true,
      'option-data': [option('domain-name', 'network.example.org'), option('routers', '10.65.0.1')],
      subnet4: [
        subnet(2, '10.65', {
          'next-server': '10.64.0.7',
          'option-data': [option('domain-name', 'two.example.org')],
        }),
        subnet(3, '10.66', { 'valid-lifetime': 800, 'calculate-tee-times': false, 'renew-timer': 300 }),
      ],
    },
    {
      'boot-file-name': '/global.0',
      'option-data': [option('domain-name', 'all.example.org'), option('time-servers', '10.64.0.37')],
    },
  ),
  network('timers of a shared network', {
    'renew-timer': 200,
    'rebind-timer': 500,
    subnet4: [subnet(2, '10.65', { 'rebind-timer': 600 }), subnet(3, '10.66')],
  }),
  {
    name: 'a shared network of the interface',
    dhcp4: {
      'shared-networks': [
        {
          name: 'near',
          interface: 'servers',
          subnet4: [nearSubnet(), subnet(2, '10.65')],
        },
      ],
    },
    traffic: { relays: RELAYS, addresses: ADDRESSES },
  },
  {
    name: 'subnets that classes keep apart',
    dhcp4: {
      'client-classes': [PHONES, LAPTOPS],
      subnet4: [
        nearSubnet(),
        farSubnet({ 'client-class': 'phones' }),
        {
          id: 3,
          subnet: '10.65.0.0/17',
          pools: [{ pool: '10.65.2.0/24' }],
          'client-class': 'laptops',
          'option-data': [option('routers', '10.65.0.2')],
        },
      ],
    },
    traffic: { relays: RELAYS, addresses: [...ADDRESSES, '10.65.2.#'], options: VENDORS },
  },
  {
    name: 'subnets that share addresses',
    dhcp4: {
      'client-classes': [PHONES, LAPTOPS],
      subnet4: [
        nearSubnet(),
        farSubnet({ 'client-class': 'phones', pools: [{ pool: '10.65.1.0/24' }] }),
        {
          id: 3,
          subnet: '10.65.0.0/17',
          pools: [{ pool: '10.65.0.128 - 10.65.1.127' }],
          'client-class': 'laptops',
        },
      ],
    },
    traffic: { relays: RELAYS, addresses: ADDRESSES, options: VENDORS },
  },
  {
    name: 'subnets by the interface',
    dhcp4: {
      subnet4: [nearSubnet({ interface: 'servers' }), farSubnet()],
    },
    traffic: { relays: RELAYS, addresses: ADDRESSES },
  },
];
