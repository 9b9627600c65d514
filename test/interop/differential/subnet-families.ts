/** Which subnet and which pool a query gets, and whose leases are whose. */
import type { Family } from './families.ts';
import { farSubnet, nearSubnet } from './scene.ts';

const NEAR_AND_FAR = [nearSubnet(), farSubnet()];

export const subnetFamilies: readonly Family[] = [
  { name: 'one subnet', dhcp4: { subnet4: [nearSubnet()] } },
  { name: 'two subnets', dhcp4: { subnet4: NEAR_AND_FAR } },
  { name: 'authoritative', dhcp4: { subnet4: NEAR_AND_FAR, authoritative: true } },
  {
    name: 'authoritative in one subnet',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ authoritative: true })] },
  },
  {
    name: 'a relay by its address',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ relay: { 'ip-addresses': ['10.66.0.9', '10.66.0.1'] } })] },
    traffic: { relays: ['10.64.0.10', '10.65.0.1', '10.66.0.1', '10.66.0.9'] },
  },
  {
    name: 'a relay by its only address',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ relay: { 'ip-address': '10.66.0.1' } })] },
    traffic: { relays: ['10.64.0.10', '10.65.0.1', '10.66.0.1'] },
    only: 'kea 2.2',
  },
  {
    name: 'several pools',
    dhcp4: {
      subnet4: [
        nearSubnet(),
        farSubnet({
          pools: [{ pool: '10.65.1.0 - 10.65.1.1' }, { pool: '10.65.2.0/28' }, { pool: '10.65.3.0/24' }],
        }),
      ],
    },
    traffic: { addresses: ['10.65.1.1', '10.65.2.0', '10.65.2.15', '10.65.2.16', '10.65.9.9'] },
  },
  {
    name: 'a subnet without a pool',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ pools: [] })] },
  },
  {
    name: 'a pool that is full',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ pools: [{ pool: '10.65.1.0 - 10.65.1.1' }] })] },
  },
  {
    name: 'match-client-id false',
    dhcp4: { subnet4: [nearSubnet(), farSubnet({ 'match-client-id': false })] },
    traffic: {
      options: [
        [61, 'ff0102'],
        [61, '01'],
      ],
    },
  },
  {
    name: 'link selection and subnet selection',
    dhcp4: { subnet4: NEAR_AND_FAR },
    traffic: {
      options: [
        [82, '05040a410000'],
        [82, '05040a410000010161'],
        [82, '05040a430000'],
        [82, '05020a41'],
        [82, '010270311300'],
        [118, '0a410000'],
        [118, '0a430000'],
      ],
    },
  },
  {
    name: 'the server of a relay',
    dhcp4: { subnet4: NEAR_AND_FAR },
    traffic: {
      options: [
        [82, '0b040a410001'],
        [82, '0b040a40000a0103616263'],
      ],
    },
  },
];
