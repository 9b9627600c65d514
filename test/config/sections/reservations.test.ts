/** `reservations`: what hosts are made of, and what is refused. */
import t from 'tap';
import { formatHex } from '../../../src/base/hex.ts';
import type { HostConfig } from '../../../src/config/host-model.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4, subnet } from '../fixtures/marked-file.ts';

const R = 'Dhcp4/subnet4[0]/reservations[0]';
const MAC = '"hw-address": "01:02:03:04:05:06"';

/** A file whose subnet 192.0.2.0/24 has these reservations. */
function hosts(...maps: readonly string[]): string {
  return subnet(`"reservations": [ ${maps.map((map) => `{ ${map} }`).join(', ')} ]`);
}

function hostsOf(text: string): readonly HostConfig[] {
  const result = parseConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config.hosts;
}

t.test('identifiers come in every spelling', async (t) => {
  const rows: readonly [string, string][] = [
    ['1:2:a', '01:02:0a'],
    ['01:02:0A', '01:02:0a'],
    ['01 02 0a', '01:02:0a'],
    ['01020a', '01:02:0a'],
    ['1020a', '01:02:0a'],
    ['0x01020a', '01:02:0a'],
    ["'ab'", '61:62'],
    [" 'ab' ", '61:62'],
  ];
  for (const key of ['hw-address', 'duid', 'circuit-id', 'client-id', 'flex-id'])
    for (const [text, hex] of rows) {
      const [host] = hostsOf(hosts(`"${key}": "${text}", "hostname": "x"`));
      t.equal(host?.identifier, key);
      t.equal(formatHex(host?.identifierBytes ?? new Uint8Array(0)), hex, `${key} ${text}`);
    }
});

t.test('a host has all that its reservation says; what it does not say is nothing', async (t) => {
  const text = dhcp4(
    `"reservations": [ { "duid": "0a0b", "hostname": "Global" } ]`,
    `"subnet4": [ { "subnet": "192.0.2.0/24", "reservations": [ { ${MAC}, "ip-address": "192.0.2.7", "hostname": "a.b",
      "client-classes": [ "x", "y" ], "option-data": [ { "name": "routers", "data": "192.0.2.1" } ],
      "next-server": "192.0.2.3", "server-hostname": "s", "boot-file-name": "f", "user-context": { "a": 1 } },
      { "client-id": "01", "next-server": "0.0.0.0", "boot-file-name": "f", "server-hostname": "" } ] } ]`,
  );
  const nothing = {
    address: null,
    hostname: '',
    clientClasses: [],
    options: [],
    vendorOptions: [],
    nextServer: null,
    serverHostname: null,
    bootFileName: null,
  };
  t.strictSame(hostsOf(text), [
    {
      ...nothing,
      subnetId: 0,
      identifier: 'duid',
      identifierBytes: Uint8Array.of(10, 11),
      hostname: 'Global',
    },
    {
      subnetId: 1,
      identifier: 'hw-address',
      identifierBytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
      address: 0xc0000207,
      hostname: 'a.b',
      clientClasses: ['x', 'y'],
      options: [
        {
          code: 3,
          data: Uint8Array.of(192, 0, 2, 1),
          alwaysSend: false,
          neverSend: false,
          parts: null,
          clientClasses: [],
        },
      ],
      vendorOptions: [],
      nextServer: 0xc0000203,
      serverHostname: 's',
      bootFileName: 'f',
    },
    {
      ...nothing,
      subnetId: 1,
      identifier: 'client-id',
      identifierBytes: Uint8Array.of(1),
      bootFileName: 'f',
    },
  ]);
});

t.test(
  'one client may be reserved in several subnets, and one address for several when the file says so',
  async (t) => {
    const twice = hosts(
      `${MAC}, "ip-address": "192.0.2.7"`,
      `"duid": "010203040506", "ip-address": "192.0.2.7"`,
    );
    t.equal(hostsOf(twice.replace('"subnet4"', '"ip-reservations-unique": false, "subnet4"')).length, 2);
    const text = dhcp4(
      `"reservations": [ { ${MAC}, "ip-address": "10.0.0.1" } ]`,
      `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "reservations": [ { ${MAC}, "ip-address": "192.0.2.7" } ] },
      { "id": 2, "subnet": "192.0.2.0/25", "reservations": [ { ${MAC}, "ip-address": "192.0.2.7" } ] } ]`,
    );
    t.strictSame(
      hostsOf(text).map(({ subnetId }) => subnetId),
      [0, 1, 2],
    );
  },
);

const OCTETS = (most: number): string =>
  `1 to ${most} octets such as "0x0102", "01:02", "01 02", "0102", or "'text'"`;
const name = '"hostname": "x"';

checkRefused({
  reservations: [
    [subnet('"reservations": §{}'), 'Dhcp4/subnet4[0]/reservations', 'a map', 'a list'],
    [
      subnet('"reservations": [ §{} ]'),
      R,
      'no identifier',
      'one of "hw-address", "duid", "circuit-id", "client-id", "flex-id"',
    ],
    [
      hosts(`"hw-address": "01", §"duid": "01", ${name}`),
      `${R}/duid`,
      '"duid" beside "hw-address"',
      'one identifier for each reservation',
    ],
    ...[
      '',
      '0x',
      '0X01',
      '01:',
      ':01',
      '01::02',
      '0102:03',
      '01-02',
      ' 01',
      'zz',
      "'",
      "''",
      `${'01'.repeat(21)}`,
    ].map(
      (text) =>
        [
          hosts(`"hw-address": §"${text}", ${name}`),
          `${R}/hw-address`,
          JSON.stringify(text),
          OCTETS(20),
        ] as const,
    ),
    [hosts(`"duid": §"${'01'.repeat(129)}", ${name}`), `${R}/duid`, `"${'01'.repeat(30)}..."`, OCTETS(128)],
    [
      hosts(`${MAC}, "ip-address": §"192.0.3.1"`),
      `${R}/ip-address`,
      '192.0.3.1',
      'an address of the subnet 192.0.2.0/24',
    ],
    [hosts(`${MAC}, "ip-address": §"0.0.0.0"`), `${R}/ip-address`, '0.0.0.0', 'the address of a host'],
    [hosts(`${MAC}, "ip-address": §"::1"`), `${R}/ip-address`, '"::1"', 'an IPv4 address'],
    [hosts(`${MAC}, "ip-address": §""`), `${R}/ip-address`, '""', 'an IPv4 address'],
    [
      subnet(`"reservations": [ §{ ${MAC} } ]`),
      R,
      'a reservation of nothing',
      'an address, a name, classes, options or boot fields',
    ],
    [
      subnet(`"reservations": [ §{ ${MAC}, "next-server": "0.0.0.0", "hostname": "" } ]`),
      R,
      'a reservation of nothing',
      'an address, a name, classes, options or boot fields',
    ],
    [
      hosts(`${MAC}, "next-server": §"255.255.255.255"`),
      `${R}/next-server`,
      '255.255.255.255',
      'the address of a server',
    ],
    [hosts(`${MAC}, "client-classes": [ §1 ]`), `${R}/client-classes[0]`, '1', 'a string'],
    [
      hosts(`${MAC}, "option-data": [ { "code": 3, "data": §"x" } ]`),
      `${R}/option-data[0]/data`,
      '"x"',
      'an IPv4 address',
    ],
    [
      hosts(`${MAC}, §"ip-addresses": [ ]`),
      `${R}/ip-addresses`,
      'the unknown key "ip-addresses"',
      'a key of reservations[], perhaps "ip-address"',
    ],
    [
      hosts(`${MAC}, ${name}`, `"hw-address": §"010203040506", ${name}`),
      'Dhcp4/subnet4[0]/reservations[1]/hw-address',
      'an identifier a second time',
      'each client once in a subnet',
    ],
    [
      hosts(`${MAC}, "ip-address": "192.0.2.1"`, `"duid": "01", "ip-address": §"192.0.2.1"`),
      'Dhcp4/subnet4[0]/reservations[1]/ip-address',
      '192.0.2.1 a second time',
      'each address once in a subnet, or "ip-reservations-unique": false',
    ],
  ],
});
