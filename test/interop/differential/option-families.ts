/** What stands in an answer: options by their scope, and the fields of the header. */
import type { Family } from './families.ts';
import { farSubnet, nearSubnet } from './scene.ts';

const octets = (code: number, data: string, more: Record<string, unknown> = {}) => ({
  code,
  data,
  'csv-format': false,
  ...more,
});
const named = (name: string, data: string, more: Record<string, unknown> = {}) => ({ name, data, ...more });

/** Of every type that the standard options have. */
const STANDARD = [
  named('time-offset', '-3600'),
  named('routers', '10.65.0.1, 10.65.0.2'),
  named('domain-name-servers', '10.64.0.53'),
  named('domain-name', 'example.org'),
  named('boot-size', '4096'),
  named('path-mtu-plateau-table', '68, 296, 1500'),
  named('default-ip-ttl', '64'),
  named('ip-forwarding', 'true'),
  named('interface-mtu', '1400'),
  named('static-routes', '10.0.0.0, 10.65.0.1'),
  named('ntp-servers', '10.64.0.42, 10.64.0.43'),
  named('netbios-node-type', '8'),
  named('slp-directory-agent', 'true, 10.64.0.78'),
  named('bcms-controller-names', 'a.example.org, b.example.org'),
  named('client-ndi', '1, 2, 3'),
  named('uuid-guid', '0, 00112233445566778899aabbccddeeff'),
  named('pcode', 'EST5EDT'),
  named('tcode', 'Europe/Zurich'),
  named('domain-search', 'example.org, deep.example.org'),
  named('sip-ua-cs-domains', 'sip.example.org'),
  named('v4-lost', 'lost.example.org'),
  named('v4-portparams', '4, 3/4'),
  named('rdnss-selection', '1, 10.64.0.1, 10.64.0.2, example.org'),
];
const STANDARD_CODES = [
  2, 3, 6, 15, 13, 25, 23, 19, 26, 33, 42, 46, 78, 88, 94, 97, 100, 101, 119, 141, 137, 159, 146,
];

/** Codes that the server makes or echoes itself, and some that mean something to it in queries. */
const OWN_DATA: Readonly<Record<number, string>> = {
  1: 'ff000000',
  12: '737276',
  50: '0a000001',
  51: '0000004d',
  52: '03',
  53: '04',
  55: '01',
  56: '6d7367',
  57: '0500',
  58: '00000058',
  59: '00000063',
  60: '7663',
  61: '01020304',
  66: '7466747070',
  67: '66696c65',
  82: '01024142',
  118: '08080808',
};
const OWN = Object.entries(OWN_DATA).map(([code, data]) => octets(Number(code), data));
const ALL_CODES = Array.from({ length: 254 }, (_, index) => index + 1);

function scoped(name: string, global: unknown[], far: unknown[], pool: unknown[]): Family {
  return {
    name,
    dhcp4: {
      'option-data': global,
      subnet4: [
        nearSubnet(),
        farSubnet({
          'option-data': far,
          pools: [{ pool: '10.65.1.0 - 10.65.1.127', 'option-data': pool }, { pool: '10.65.1.128/25' }],
        }),
      ],
    },
    traffic: { requested: ALL_CODES, addresses: ['10.65.1.77', '10.65.1.200'] },
  };
}

export const optionFamilies: readonly Family[] = [
  {
    name: 'standard options',
    dhcp4: { 'option-data': STANDARD, subnet4: [nearSubnet(), farSubnet()] },
    traffic: { requested: STANDARD_CODES },
  },
  {
    name: 'standard options, always sent',
    dhcp4: {
      'option-data': STANDARD.map((each) => ({ ...each, 'always-send': true })),
      subnet4: [nearSubnet(), farSubnet()],
    },
  },
  scoped(
    'options of three scopes',
    [
      named('domain-name', 'global'),
      named('tftp-server-name', 'global'),
      octets(224, '01'),
      octets(226, '01'),
    ],
    [
      named('domain-name', 'subnet'),
      named('boot-file-name', 'subnet'),
      octets(225, '02', { 'always-send': true }),
    ],
    [named('domain-name', 'pool'), named('tftp-server-name', 'pool'), octets(225, '03'), octets(226, '03')],
  ),
  scoped(
    'always-send of a scope that is overridden',
    [octets(224, '01', { 'always-send': true }), named('routers', '10.0.0.1')],
    [octets(224, '02'), named('routers', '10.0.0.2')],
    [octets(230, '03', { 'always-send': true })],
  ),
  scoped('what a server makes itself', OWN, [], []),
  scoped(
    'what a server makes itself, always sent',
    [],
    OWN.map((each) => ({ ...each, 'always-send': true })),
    [],
  ),
  scoped('the server identifier of all', [named('dhcp-server-identifier', '10.64.0.1')], [], []),
  scoped('the server identifier of a subnet', [], [named('dhcp-server-identifier', '10.64.0.99')], []),
  scoped(
    'long options',
    [octets(224, '5a'.repeat(250), { 'always-send': true }), octets(225, '5b'.repeat(255))],
    [octets(225, '5c'.repeat(253))],
    [],
  ),
  scoped(
    'options without a definition',
    [octets(160, '0102'), octets(175, 'b0:0b'), octets(252, '687474703a2f2f77706164')],
    [octets(252, "'http://wpad.subnet/'")],
    [],
  ),
  {
    name: 'boot fields',
    dhcp4: {
      'next-server': '10.64.0.5',
      'server-hostname': 'boot.example.org',
      'boot-file-name': '/pxelinux.0',
      subnet4: [nearSubnet(), farSubnet({ 'next-server': '10.65.0.5', 'boot-file-name': '/far.0' })],
    },
    traffic: { requested: [66, 67] },
  },
  {
    name: 'echo-client-id false',
    dhcp4: { 'echo-client-id': false, subnet4: [nearSubnet(), farSubnet()] },
    traffic: {
      options: [
        [61, '01020304'],
        [118, '0a410000'],
      ],
    },
  },
];
