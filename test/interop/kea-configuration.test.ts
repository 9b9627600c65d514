/** Files that a real Kea takes or refuses: `tandem check --ignore-unsupported` says the same of each. */
import { compareVerdicts } from './configuration-verdicts.ts';
import { FILES } from './kea-files.ts';

const INTERFACES = '"interfaces-config": { "interfaces": [ "lo/127.0.0.1" ], "dhcp-socket-type": "udp" }';

const dhcp4 = (members: string): string => `{ "Dhcp4": { ${INTERFACES}${members} } }`;
const global = (members: string): string => dhcp4(`, ${members}`);
const subnet = (members: string): string =>
  global(`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24", ${members} } ]`);
const option = (name: string, data: string): string =>
  global(`"option-data": [ { "name": "${name}", "data": "${data}" } ]`);
const numbered = (ids: readonly (number | null)[]): string => {
  const maps = ids.map((id, net) => `{ ${id === null ? '' : `"id": ${id}, `}"subnet": "10.${net}.0.0/24" }`);
  return global(`"subnet4": [ ${maps.join(', ')} ]`);
};
const each = (make: (value: string) => string, values: string): string[] => values.split(' ').map(make);

const files: Readonly<Record<string, readonly string[]>> = {
  integers: [
    ...each(
      (data) => option('default-ip-ttl', data),
      '0xf0 0XF0 f0 010 08 +5 -0 255 256 0x 0b11 0x1ff -1 0x-1 -0x1 1e1 5.0 x10 99999999999999999999',
    ),
    ...each(
      (data) => option('time-offset', data),
      '-18000 0x12 ffffffff -0x10 -f +f 80000000 0x80000000 -2147483648 -2147483649 -- + 0xg fffffffffffffffff',
    ),
    ...each((data) => option('interface-mtu', data), '5dc ffff 10000 65536 -ffff'),
    ...each((data) => option('path-mtu-plateau-table', data), '0x44,296 44, ,44 44,,55 44;55'),
    ...each((data) => option('client-ndi', data), '0x1,2,a 1,2 1,2,0x100'),
    ...each((data) => option('v4-portparams', data), '8,0x3/4 8,3/0x4 8,+3/4 8,-1/4'),
  ],
  booleans: each(
    (data) => option('ip-forwarding', data),
    'True TRUE tRuE FALSE false 1 0 01 00 +1 -0 -1 2 yes on t 0x1 1.0',
  ),
  'subnets without an id': [
    [null, null],
    [null, 1],
    [1, null],
    [2, null, null],
    [null, null, 2],
    [5, null],
    [10, null, 3, null],
    [0, 0],
    [0, 1],
    [-1],
    [4294967294],
    [4294967295],
  ].map(numbered),
  'empty strings': [
    global('"lease-database": { "type": "memfile", "name": "" }'),
    global('"lease-database": { "type": "memfile", "user": "", "password": "", "host": "", "port": 0 }'),
    global('"next-server": ""'),
    ...['next-server', 'server-hostname', 'boot-file-name', 'interface', 'client-class'].map((key) =>
      subnet(`"${key}": ""`),
    ),
    subnet('"relay": { "ip-address": "" }'),
    subnet('"next-server": " "'),
    subnet('"pools": [ { "pool": "" } ]'),
    subnet('"pools": [ { "pool": "10.0.0.0 / 028", "client-class": "" } ]'),
    global('"server-tag": ""'),
    global('"option-data": [ { "name": "", "code": 3, "data": "10.0.0.1" } ]'),
  ],
  numbers: [
    ...each(
      (text) => subnet(`"t1-percent": ${text}`),
      '.5 0.5e0 5e-1 +.5 00 01 1 0x1 NaN true null "0.5" .5.',
    ),
    ...each(
      (text) => global(`"renew-timer": ${text}`),
      '100 +100 0100 -0 100.0 1e2 100. 0x64 true null "100"',
    ),
    ...each(
      (text) => global(`"user-context": { "x": ${text} }`),
      '. - + e5 1. +1 1e 1e+ 1.e5 007 -007 1a 1- 0.1.2 1e400 9223372036854775807 9223372036854775808 -9223372036854775809',
    ),
  ],
  'commas, comments and words': [
    ',',
    ',, "valid-lifetime": 1',
    ', "subnet4": [,]',
    ', "user-context": { "a": [1,,2,] }',
    ', "user-context": {,}',
    ', "user-context": { "a": 1, "a": 2 }',
    ' /* x /* y */ // z\n # end\n',
    ' /* x',
    ' ; x\n',
    ', "authoritative": TRUE',
    ', "authoritative": "true"',
    ', "user-context": null',
    ', "user-context": { "x": null }',
    ', "user-context": { "x": NULL }',
    ', "comment": "a\\u0041\\u00e9"',
    ', "comment": "a\\u0100"',
    ', "comment": "a\tb"',
    ", 'comment': 'a'",
  ].map(dhcp4),
  'the file as a whole': [
    `${dhcp4('')} # end`,
    `${dhcp4('')} x`,
    `{ "Dhcp4": { ${INTERFACES} }, }`,
    `{ "Dhcp4": { ${INTERFACES} }, "Dhcp6": {} }`,
    `{ "comment": "x", "Dhcp4": { ${INTERFACES} } }`,
    '{}',
    '',
    '[]',
  ],
  lifetimes: [
    global('"min-valid-lifetime": 3, "max-valid-lifetime": 9'),
    global('"min-valid-lifetime": 3, "max-valid-lifetime": 9000'),
    global(
      '"min-valid-lifetime": 3000, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "valid-lifetime": 600 } ]',
    ),
    subnet('"min-valid-lifetime": 1000'),
    subnet('"min-valid-lifetime": 8000'),
    subnet('"t1-percent": .9'),
    subnet('"t1-percent": .9, "calculate-tee-times": true'),
  ],
  'what has no effect': [
    '',
    ', "foo": 1',
    ', "server-port": "x"',
    ', "server-port": 65535',
    ', "server-port": -1',
    ', "server-ip": ""',
    ', "server-ip": "::1"',
    ', "sender-ip": ""',
    ', "ncr-protocol": "HTTP"',
    ', "ncr-protocol": "UDP"',
    ', "ncr-protocol": "TCP"',
    ', "ncr-format": "json"',
    ', "ncr-format": "XML"',
    ', "replace-client-name": "x"',
    ', "replace-client-name": "always"',
    ', "override-no-update": "x"',
    ', "comment": 1',
  ].map((more) => global(`"dhcp-ddns": { "enable-updates": false${more} }`)),
  'what is ignored': [
    '"dhcp-ddns": {}',
    '"dhcp-ddns": { "enable-updates": true }',
    '"dhcp-queue-control": { "queue-type": "x" }',
    '"dhcp-queue-control": { "enable-queue": false, "foo": { "bar": [ 1 ] } }',
    '"config-control": { "config-fetch-wait-time": 65536 }',
    '"config-control": { "config-databases": [ {} ] }',
    '"hosts-databases": [ { "type": "x" } ]',
    '"hosts-databases": [ { "type": "mysql" } ]',
    '"client-classes": [ { "name": "x" } ]',
    '"client-classes": [ { "test": "member(\'ALL\')" } ]',
    '"client-classes": [ { "name": "x", "tets": "1" } ]',
    '"option-def": [ { "name": "x", "code": 222, "type": "uint8" } ]',
    '"option-def": [ { "name": "x", "code": 222 } ]',
    '"shared-networks": [ { "name": "x", "subnet4": [ { "subnet": "10.9.0.0/24" } ] } ]',
    '"shared-networks": [ { "name": "x", "authoritative": 1 } ]',
    '"shared-networks": [ 1 ]',
    '"sanity-checks": { "lease-checks": "fix" }',
    '"sanity-checks": { "lease-checks": "Warn" }',
    '"sanity-checks": { "lease-checks": "warn", "user-context": {} }',
    '"host-reservation-identifiers": [ "hw-address", "hw-address" ]',
    '"host-reservation-identifiers": [ "mac" ]',
    '"reservation-mode": "off"',
    '"reservation-mode": "x"',
    '"ddns-replace-client-name": "NEVER"',
    '"store-extended-info": 1',
    '"store-extended-info": true',
    '"dhcp4o6-port": 65536',
    '"expired-leases-processing": { "max-reclaim-time": 10001 }',
    '"lease-database": { "type": "memfile", "user-context": {} }',
    '"lease-database": { "type": "memfile", "port": 65536 }',
  ].map(global),
};

const many = Object.entries(FILES).map(([kind, members]) => [kind, members.map(global)] as const);

compareVerdicts('kea-dhcp4', [...Object.entries(files), ...many]);
