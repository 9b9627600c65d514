/** `shared-networks`: what subnets get from their network, and what is refused. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

const N = 'Dhcp4/shared-networks[0]';

/** A file with one network, right apart from these members of it. */
function network(...members: readonly string[]): string {
  return dhcp4(`"shared-networks": [ { "name": "x", ${members.join(', ')} } ]`);
}

function good(text: string): ServerConfig {
  const result = parseConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

const INHERITANCE = dhcp4(
  `"valid-lifetime": 1000, "renew-timer": 100, "t1-percent": 0.4, "match-client-id": false, "boot-file-name": "g",
        "server-hostname": "g", "store-extended-info": true, "allocator": "random", "reservations-global": true,
        "offer-lifetime": 5, "option-data": [ { "name": "routers", "data": "10.0.0.1" } ]`,
  `"shared-networks": [ { "name": "lan", "valid-lifetime": 2000, "max-valid-lifetime": 3000, "boot-file-name": "n",
        "relay": { "ip-addresses": [ "10.9.9.9" ] }, "interface": "eth0", "client-class": "wired", "allocator": "flq",
        "reservations-in-subnet": false, "evaluate-additional-classes": [ "late", "later", "late" ],
        "option-data": [ { "name": "domain-name", "data": "n" } ], "subnet4": [
          { "id": 1, "subnet": "10.1.0.0/16", "valid-lifetime": 2500, "store-extended-info": false,
            "relay": { "ip-addresses": [ "10.1.0.1" ] }, "client-classes": [ "a", "b" ], "interface": "eth0",
            "require-client-classes": [ "s" ], "reservation-mode": "all" },
          { "id": 2, "subnet": "10.2.0.0/16", "relay": { "ip-addresses": [ ] }, "boot-file-name": "s" } ] } ]`,
  '"subnet4": [ { "id": 3, "subnet": "10.3.0.0/16" } ]',
  '"client-classes": [ { "name": "wired" }, { "name": "a" }, { "name": "b" } ]',
);

t.test('each key comes from the subnet, else from its network, else from the Dhcp4 map', async (t) => {
  const { subnets, sharedNetworks } = good(INHERITANCE);
  t.match(sharedNetworks, [
    {
      name: 'lan',
      clientClasses: ['wired'],
      additionalClasses: ['late', 'later'],
      options: [{ code: 15 }],
      vendorOptions: [],
    },
  ]);
  const common = {
    matchClientId: false,
    renewTimerSec: 100,
    t1Percent: 0.4,
    offerLifetimeSec: 5,
    options: [],
  };
  const inNetwork = { ...common, networkName: 'lan', serverHostname: 'g', interfaceName: 'eth0' };
  t.match(subnets, [
    {
      ...inNetwork,
      id: 1,
      validLifetime: { minSec: 2500, defaultSec: 2500, maxSec: 3000 },
      bootFileName: 'n',
      storeExtendedInfo: false,
      allocator: 'flq',
      relayAddresses: [0x0a010001],
      clientClasses: ['a', 'b'],
      additionalClasses: ['s'],
      hostModes: { global: false, inSubnet: true, outOfPool: false },
    },
    {
      ...inNetwork,
      id: 2,
      validLifetime: { minSec: 2000, defaultSec: 2000, maxSec: 3000 },
      bootFileName: 's',
      storeExtendedInfo: true,
      relayAddresses: [0x0a090909],
      clientClasses: [],
      hostModes: { global: true, inSubnet: false, outOfPool: false },
    },
    {
      ...common,
      id: 3,
      networkName: null,
      validLifetime: { minSec: 1000, defaultSec: 1000, maxSec: 1000 },
      bootFileName: 'g',
      allocator: 'random',
      relayAddresses: [],
      interfaceName: null,
      hostModes: { global: true, inSubnet: true, outOfPool: false },
    },
  ]);
});

t.test('the old word for the modes of reservations sets what it says and leaves the rest', async (t) => {
  const rows: readonly [string, string, readonly boolean[]][] = [
    ['"reservation-mode": "disabled"', '"comment": ""', [false, false, false]],
    ['"reservation-mode": "out-of-pool"', '"reservation-mode": "disabled"', [false, false, true]],
    ['"reservation-mode": "global"', '"reservations-in-subnet": true', [true, true, false]],
    ['"reservations-out-of-pool": true', '"reservation-mode": "all"', [false, true, false]],
    ['"reservations-out-of-pool": true', '"reservations-global": true', [true, true, true]],
  ];
  for (const [outer, inner, [global, inSubnet, outOfPool]] of rows) {
    const config = good(dhcp4(outer, `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", ${inner} } ]`));
    t.strictSame(config.subnets[0]?.hostModes, { global, inSubnet, outOfPool }, `${outer}; ${inner}`);
  }
});

t.test(
  'subnets with common addresses are taken, and warned of where no class keeps them apart',
  async (t) => {
    const warnings = (guard: string): string[] => {
      const subnets = `{ "id": 1, "subnet": "10.0.0.0/16" ${guard} }, { "id": 2, "subnet": "10.0.1.0/24" }`;
      const text = dhcp4(`"subnet4": [ ${subnets} ]`, '"client-classes": [ { "name": "x" } ]');
      return parseConfig(text, 'kea.conf').warnings.map(formatProblem);
    };
    t.match(warnings(''), [
      /4:\d+: Dhcp4\/subnet4\[1\]\/subnet: found 10.0.1.0\/24, which has addresses in common with 10.0.0.0\/16/,
    ]);
    t.strictSame(warnings(', "client-class": "x"'), []);
  },
);

checkRefused({
  'shared networks': [
    [dhcp4('"shared-networks": [ §1 ]'), `${N}`, '1', 'a map'],
    [dhcp4('"shared-networks": [ §{} ]'), `${N}/name`, 'nothing', 'a string that is not empty'],
    [dhcp4('"shared-networks": [ { "name": §"" } ]'), `${N}/name`, '""', 'a string that is not empty'],
    [
      dhcp4('"shared-networks": [ { "name": "x" }, { "name": §"x" } ]'),
      'Dhcp4/shared-networks[1]/name',
      '"x"',
      'a name that no other network has',
    ],
    [
      network(
        '"interface": "eth0"',
        '"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "interface": §"eth1" } ]',
      ),
      `${N}/subnet4[0]/interface`,
      '"eth1" for 10.0.0.0/8',
      '"eth0", as for the rest of the network',
    ],
    [
      network(
        '"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "interface": "eth0" }, { "id": 2, "subnet": "11.0.0.0/8", "interface": §"eth1" } ]',
      ),
      `${N}/subnet4[1]/interface`,
      '"eth1" for 11.0.0.0/8',
      '"eth0", as for the rest of the network',
    ],
    [
      network('"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "authoritative": §true } ]'),
      `${N}/subnet4[0]/authoritative`,
      'true',
      'false, as the network itself has it',
    ],
    [
      network('"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8" }, { "id": §1, "subnet": "11.0.0.0/8" } ]'),
      `${N}/subnet4[1]/id`,
      '1',
      'an id that no other subnet has; 10.0.0.0/8 has it',
    ],
    [
      dhcp4(
        '"shared-networks": [ { "name": "x", "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8" } ] } ]',
        '"subnet4": [ { "id": 2, "subnet": §"10.0.0.0/8" } ]',
      ),
      'Dhcp4/subnet4[0]/subnet',
      '10.0.0.0/8',
      'a prefix that no other subnet has; that of id 1 has it',
    ],
    [
      network('"valid-lifetime": 3', '"min-valid-lifetime": §4'),
      `${N}/min-valid-lifetime`,
      '4',
      'at most "valid-lifetime", which is 3',
    ],
    [
      network('"renew-timer": 9', '"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "rebind-timer": §4 } ]'),
      `${N}/subnet4[0]/rebind-timer`,
      '4',
      'at least "renew-timer", which is 9',
    ],
    [
      network('"option-data": [ { "code": 3, "data": §"x" } ]'),
      `${N}/option-data[0]/data`,
      '"x"',
      'an IPv4 address',
    ],
    [
      network('§"reservations": [ ]'),
      `${N}/reservations`,
      'the unknown key "reservations"',
      'a key of shared-networks[]',
    ],
    [
      network('"reservations-global": true', '§"reservation-mode": "all"'),
      `${N}/reservation-mode`,
      '"reservation-mode" beside "reservations-global"',
      'the old key or the new ones',
    ],
    [
      network('§"require-client-classes": [ ]', '"evaluate-additional-classes": [ ]'),
      `${N}/require-client-classes`,
      '"require-client-classes" beside "evaluate-additional-classes"',
      'one of the two',
    ],
  ],
});
