/** What right files of DHCPv6 mean: every value of the resulting configuration. */
import t from 'tap';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS } from '../../../src/config/ddns-model.ts';
import type { OptionConfig } from '../../../src/config/model.ts';
import { dhcp6, subnet6 } from '../fixtures/marked-file.ts';
import { good6, warnings6 } from './right-files.ts';

const octets = (...bytes: number[]): Uint8Array => Uint8Array.of(...bytes);
const texts = (addresses: readonly Uint8Array[]): string[] => addresses.map((each) => formatIpv6(each));
const hex = ({ data }: OptionConfig): string => Buffer.from(data).toString('hex');

const TANDEM_DEFAULTS = {
  fdatasync: true,
  offerHoldSec: 10,
  maxLeases: 0,
  shutdownGraceSec: 2,
  subnetMetrics: false,
  joinReplies: 'auto',
  peerListenAddress: null,
};

t.test('an empty map has the defaults of Kea', async (t) => {
  const { leaseDatabase, hooks, ...config } = good6('{ "Dhcp6": {} }');
  t.match(leaseDatabase, { persist: true, path: '/var/lib/kea/kea-leases6.csv', lfcIntervalSec: 3600 });
  t.match(hooks, {
    flexId: null,
    flexOption: null,
    bootp: false,
    limits: null,
    pingCheck: null,
    perfmon: null,
  });
  t.strictSame(config, {
    interfaces: [],
    serviceSockets: { reDetect: true, requireAll: false, maxRetries: 0, retryWaitMs: 5000 },
    multiThreading: { enabled: true, threadPoolSize: 0, packetQueueSize: 64 },
    parkedPacketLimit: null,
    declineProbationPeriodSec: 86_400,
    expiredLeases: {
      reclaimTimerWaitSec: 10,
      flushReclaimedTimerWaitSec: 25,
      holdReclaimedSec: 3600,
      maxReclaimLeases: 100,
      maxReclaimMs: 250,
    },
    earlyGlobalHosts: false,
    uniqueHostAddresses: true,
    ddns: DDNS_SERVER_DEFAULTS,
    controlSockets: [],
    loggers: [],
    leaseCommands: false,
    commandLibraries: [],
    statisticSamples: { count: 20, ageSec: 0 },
    relationships: [],
    tandem: TANDEM_DEFAULTS,
    options: [],
    vendorOptions: [],
    clientClasses: [],
    sharedNetworks: [],
    subnets: [],
    hosts: [],
    hostIdentifiers: ['hw-address', 'duid'],
    serverId: {
      type: 'LLT',
      htype: 0,
      identifier: octets(),
      time: 0,
      enterpriseId: 0,
      persist: true,
    },
    relaySuppliedOptions: [],
    macSources: ['any'],
    allowAddressRegistration: true,
    lenientOptionParsing: false,
  });
});

t.test('a subnet has the defaults of Kea for DHCPv6', async (t) => {
  const [subnet] = good6(dhcp6('"subnet6": [ { "id": 7, "subnet": "2001:db8::9/64" } ]')).subnets;
  t.strictSame(subnet, {
    id: 7,
    prefix: octets(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    prefixLength: 64,
    networkName: null,
    pools: [],
    pdPools: [],
    relayAddresses: [],
    interfaceName: null,
    interfaceId: null,
    rapidCommit: false,
    clientClasses: [],
    additionalClasses: [],
    userContext: null,
    haServerName: null,
    renewTimerSec: null,
    rebindTimerSec: null,
    calculateTeeTimes: true,
    t1Percent: 0.5,
    t2Percent: 0.8,
    cacheThreshold: 0.25,
    cacheMaxAgeSec: null,
    ddns: DDNS_DEFAULTS,
    hostModes: { global: false, inSubnet: true, outOfPool: false },
    allocator: 'iterative',
    storeExtendedInfo: false,
    options: [],
    vendorOptions: [],
    pdAllocator: 'iterative',
    preferredLifetime: { minSec: 0, defaultSec: 0, maxSec: 0 },
    validLifetime: { minSec: 7200, defaultSec: 7200, maxSec: 7200 },
  });
});

t.test('preferred lifetimes are as in the file: one alone stands for all, none is 0', async (t) => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['"valid-lifetime": 1000', [0, 0, 0]],
    ['"valid-lifetime": 1000, "preferred-lifetime": 900', [900, 900, 900]],
    ['"valid-lifetime": 1000, "preferred-lifetime": 1001', [1001, 1001, 1001]],
    [
      '"valid-lifetime": 1000, "min-preferred-lifetime": 10, "preferred-lifetime": 20, "max-preferred-lifetime": 30',
      [10, 20, 30],
    ],
    ['"valid-lifetime": 1000, "min-preferred-lifetime": 10', [10, 10, 10]],
    ['"valid-lifetime": 1000, "max-preferred-lifetime": 10', [10, 10, 10]],
    ['"min-valid-lifetime": 10, "valid-lifetime": 1000, "preferred-lifetime": 60', [60, 60, 60]],
  ];
  for (const [keys, [minSec, defaultSec, maxSec]] of rows) {
    t.strictSame(good6(subnet6(keys)).subnets[0]?.preferredLifetime, { minSec, defaultSec, maxSec }, keys);
    const inherited = good6(dhcp6(keys, '"subnet6": [ { "id": 1, "subnet": "2001:db8::/64" } ]'));
    t.strictSame(
      inherited.subnets[0]?.preferredLifetime,
      { minSec, defaultSec, maxSec },
      `inherited ${keys}`,
    );
  }
});

t.test('pools of addresses and of prefixes', async (t) => {
  const [subnet] = good6(
    subnet6(
      '"pools": [ { "pool": "2001:db8::10 - 2001:db8::1f", "pool-id": 3 }, { "pool": "2001:db8::1:0/112", "client-class": "a" } ]',
      '"pd-pools": [ { "prefix": "2001:db8:1::", "prefix-len": 48, "delegated-len": 64, "excluded-prefix": "2001:db8:1::8000:0:0:0", "excluded-prefix-len": 72 }, { "prefix": "2001:db8:2::", "prefix-len": 56, "delegated-len": 56, "pool-id": 9, "option-data": [ { "name": "preference", "data": "7" } ] } ]',
    ),
  ).subnets;
  t.strictSame(
    subnet?.pools.map((pool) => [...texts([pool.first, pool.last]), pool.poolId, pool.clientClasses]),
    [
      ['2001:db8::10', '2001:db8::1f', 3, []],
      ['2001:db8::1:0', '2001:db8::1:ffff', 0, ['a']],
    ],
  );
  const [first, second] = subnet?.pdPools ?? [];
  t.strictSame(
    [
      formatIpv6(first!.prefix),
      first?.prefixLength,
      first?.delegatedLength,
      formatIpv6(first!.excluded!.prefix),
    ],
    ['2001:db8:1::', 48, 64, '2001:db8:1:0:8000::'],
  );
  t.equal(first?.excluded?.prefixLength, 72);
  t.match(second, { prefixLength: 56, delegatedLength: 56, excluded: null, poolId: 9 });
  t.strictSame(second?.options.map(hex), ['07']);
});

t.test('pools are in the order of their addresses, however they stand in the file', async (t) => {
  const pools = ['2', '1', 'ffff', '3'].map((at) => `{ "pool": "2001:db8::${at}:0/112" }`);
  const pdPools = [7, 5, 9].map(
    (at) => `{ "prefix": "2001:db8:${at}::", "prefix-len": 48, "delegated-len": 64 }`,
  );
  const [subnet] = good6(
    subnet6(`"pools": [ ${pools.join()} ]`, `"pd-pools": [ ${pdPools.join()} ]`),
  ).subnets;
  t.strictSame(texts(subnet!.pools.map(({ first }) => first)), [
    '2001:db8::1:0',
    '2001:db8::2:0',
    '2001:db8::3:0',
    '2001:db8::ffff:0',
  ]);
  t.strictSame(texts(subnet!.pdPools.map(({ prefix }) => prefix)), [
    '2001:db8:5::',
    '2001:db8:7::',
    '2001:db8:9::',
  ]);
});

t.test('bits behind the length of a delegated prefix count for nothing, and that is said', async (t) => {
  const file = subnet6(
    '"pd-pools": [ { "prefix": "2001:db8:1::1", "prefix-len": 48, "delegated-len": 64 } ]',
  );
  t.equal(formatIpv6(good6(file).subnets[0]!.pdPools[0]!.prefix), '2001:db8:1::');
  t.match(warnings6(file), [/2001:db8:1::1 with "prefix-len": 48/]);
});

t.test('what a network says of its place holds for its subnets, until they say otherwise', async (t) => {
  const { subnets, sharedNetworks } = good6(
    dhcp6(`"shared-networks": [ { "name": "n", "interface-id": "0x6162", "rapid-commit": true, "pd-allocator": "random",
      "relay": { "ip-addresses": [ "2001:db8::1" ] }, "preferred-lifetime": 60,
      "option-data": [ { "name": "preference", "data": "9" } ],
      "subnet6": [ { "id": 2, "subnet": "2001:db8::/64" },
        { "id": 1, "subnet": "2001:db9::/64", "interface-id": "port 7", "pd-allocator": "flq",
          "relay": { "ip-address": "2001:db8::2" } } ] } ]`),
  );
  t.strictSame(
    subnets.map(({ id, networkName, interfaceId, rapidCommit, pdAllocator, relayAddresses }) => [
      id,
      networkName,
      Buffer.from(interfaceId ?? []).toString(),
      rapidCommit,
      pdAllocator,
      texts(relayAddresses),
    ]),
    [
      [1, 'n', 'port 7', true, 'flq', ['2001:db8::2']],
      [2, 'n', 'ab', true, 'random', ['2001:db8::1']],
    ],
  );
  t.strictSame(
    subnets.map(({ preferredLifetime }) => preferredLifetime.defaultSec),
    [60, 60],
  );
  t.strictSame(
    sharedNetworks.map(({ name, options }) => [name, options.map(hex)]),
    [['n', ['09']]],
  );
});

t.test('subnets without an id are numbered as Kea 2.2 does it', async (t) => {
  const file = dhcp6('"subnet6": [ { "subnet": "2001:db8::/64" }, { "subnet": "2001:db9::/64" } ]');
  t.strictSame(
    good6(file).subnets.map(({ id }) => id),
    [1, 2],
  );
  t.equal(warnings6(file).length, 2);
});

t.test('reservations have addresses, prefixes and what is left out of them', async (t) => {
  const { hosts } = good6(
    dhcp6(
      '"reservations": [ { "flex-id": "\'port1\'", "hostname": "far" } ]',
      `"subnet6": [ { "id": 5, "subnet": "2001:db8::/64", "reservations": [
        { "duid": "01:02:03", "ip-addresses": [ "2001:db8::1", "2001:db8::2" ], "client-classes": [ "c" ],
          "prefixes": [ "2001:db8:1::/56", "2001:db8:2::/56" ], "excluded-prefixes": [ "", "2001:db8:2::/64" ] },
        { "hw-address": "00:01:02:03:04:05", "option-data": [ { "name": "preference", "data": "1" } ] } ] } ]`,
    ),
  );
  t.strictSame(
    hosts.map(({ subnetId, identifier, identifierBytes, hostname }) => [
      subnetId,
      identifier,
      Buffer.from(identifierBytes).toString('hex'),
      hostname,
    ]),
    [
      [0, 'flex-id', '706f727431', 'far'],
      [5, 'duid', '010203', ''],
      [5, 'hw-address', '000102030405', ''],
    ],
  );
  t.strictSame(texts(hosts[1]!.addresses), ['2001:db8::1', '2001:db8::2']);
  t.strictSame(
    hosts[1]!.prefixes.map(({ prefix, prefixLength, excluded }) => [
      formatIpv6(prefix),
      prefixLength,
      excluded && [formatIpv6(excluded.prefix), excluded.prefixLength],
    ]),
    [
      ['2001:db8:1::', 56, null],
      ['2001:db8:2::', 56, ['2001:db8:2::', 64]],
    ],
  );
  t.strictSame(hosts[1]!.clientClasses, ['c']);
  t.strictSame(hosts[2]!.options.map(hex), ['01']);
});

t.test('the same address may be reserved twice where the file says so', async (t) => {
  const host = (duid: string): string => `{ "duid": "${duid}", "ip-addresses": [ "2001:db8::1" ] }`;
  const file = dhcp6(
    '"ip-reservations-unique": false',
    `"subnet6": [ { "id": 1, "subnet": "2001:db8::/64", "reservations": [ ${host('01')}, ${host('02')} ] } ]`,
  );
  t.equal(good6(file).hosts.length, 2);
});

t.test('options: standard, defined, of vendors, inside of each other, and long', async (t) => {
  const config = good6(
    dhcp6(
      '"option-def": [ { "name": "mine", "code": 1234, "type": "tuple", "array": true }, { "name": "inner", "code": 300, "space": "box", "type": "uint8" }, { "name": "box", "code": 1235, "type": "uint16", "encapsulate": "box" } ]',
      `"option-data": [ { "name": "mine", "data": "ab, c" }, { "name": "box", "data": "258" },
        { "name": "inner", "space": "box", "data": "5" },
        { "name": "ntp-server" }, { "name": "ntp-server-address", "space": "v6-ntp-server-suboptions", "data": "2001:db8::7" },
        { "name": "s46-cont-mape" },
        { "name": "s46-rule", "space": "s46-cont-mape-options", "data": "1, 24, 16, 192.0.2.0, 2001:db8::/32" },
        { "name": "s46-portparams", "space": "s46-rule-options", "data": "6, 3/4" },
        { "name": "vendor-opts", "data": "4491" },
        { "name": "tftp-servers", "space": "vendor-4491", "data": "2001:db8::8" },
        { "code": 4000, "csv-format": false, "data": "${'ab'.repeat(1000)}" } ]`,
    ),
  );
  t.strictSame(
    config.options.map((option) => [option.code, option.parts, hex(option).slice(0, 100)]),
    [
      [17, null, '0000118b'],
      [56, null, `00010010${'20010db8000000000000000000000007'}`],
      [94, null, '00590014011810c0000200' + '2020010db8' + '005d0004' + '06043000'],
      [1234, null, '00026162000163'],
      [1235, null, '0102' + '012c0001' + '05'],
      [4000, null, 'ab'.repeat(50)],
    ],
  );
  t.equal(config.options.at(-1)?.data.length, 1000);
  t.strictSame(
    config.vendorOptions.map((option) => [option.enterprise, option.code, hex(option)]),
    [[4491, 32, '20010db8000000000000000000000008']],
  );
});

t.test(
  'the server: its DUID, what relays may supply, sources of hardware addresses, interfaces',
  async (t) => {
    const config = good6(`{ "Dhcp6": {
    "interfaces-config": { "interfaces": [ "eth0", "eth0/2001:db8::1", "*" ], "re-detect": false },
    "server-id": { "type": "EN", "enterprise-id": 2495, "identifier": "87ab", "persist": false },
    "relay-supplied-options": [ "110", "dns-servers", "65", "110" ],
    "mac-sources": [ "duid", "rfc4580", "rfc4649", "client-link-addr-option" ],
    "host-reservation-identifiers": [ "flex-id", "duid" ],
    "allow-address-registration": false, "data-directory": "/var/lib/kea",
    "compatibility": { "lenient-option-parsing": true },
    "loggers": [ { "name": "kea-dhcp6.dhcp6", "severity": "WARN" } ]
  } }`);
    t.strictSame(
      config.interfaces.map(({ name, address }) => [name, address && formatIpv6(address)]),
      [
        ['eth0', null],
        ['eth0', '2001:db8::1'],
        ['*', null],
      ],
    );
    t.strictSame(config.serverId, {
      type: 'EN',
      htype: 0,
      identifier: octets(0x87, 0xab),
      time: 0,
      enterpriseId: 2495,
      persist: false,
    });
    t.strictSame(config.relaySuppliedOptions, [23, 110]);
    t.strictSame(config.macSources, ['duid', 'subscriber-id', 'remote-id', 'client-link-addr-option']);
    t.strictSame(config.hostIdentifiers, ['flex-id', 'duid']);
    t.equal(config.allowAddressRegistration, false);
    t.equal(config.lenientOptionParsing, true);
    t.equal(config.loggers[0]?.severity, 'WARN');
  },
);

t.test('classes ask for options of DHCPv6 and have lifetimes of their own', async (t) => {
  const { clientClasses } = good6(
    dhcp6(
      '"client-classes": [ { "name": "a", "test": "option[dns-servers].exists and option[1234].hex == 0x01", "preferred-lifetime": 60, "valid-lifetime": 90 }, { "name": "b", "test": "member(\'a\') and pkt.iface == \'eth0\'" } ]',
    ),
  );
  t.match(clientClasses[0], {
    name: 'a',
    test: {
      kind: 'and',
      terms: [{ of: { space: 'message', path: [23] } }, { left: { of: { path: [1234] } } }],
    },
    preferredLifetime: { minSec: 60, defaultSec: 60, maxSec: 60 },
    validLifetime: { minSec: 90, defaultSec: 90, maxSec: 90 },
  });
  t.equal(clientClasses[1]?.preferredLifetime, null);
});

t.test('hooks: a relationship, commands and an identifier of one’s own', async (t) => {
  const config = good6(
    dhcp6(
      `"hooks-libraries": [ { "library": "libdhcp_lease_cmds.so" }, { "library": "libdhcp_stat_cmds.so" },
      { "library": "libdhcp_flex_id.so", "parameters": { "identifier-expression": "option[37].hex" } },
      { "library": "libdhcp_ha.so", "parameters": { "high-availability": [ { "this-server-name": "a", "mode": "hot-standby",
        "peers": [ { "name": "a", "url": "http://192.0.2.1:8001/", "role": "primary" },
                   { "name": "b", "url": "http://192.0.2.2:8001/", "role": "standby" } ] } ] } } ]`,
      '"subnet6": [ { "id": 1, "subnet": "2001:db8::/64", "client-class": "HA_a" } ]',
    ),
  );
  t.equal(config.leaseCommands, true);
  t.strictSame(config.commandLibraries, ['stat_cmds']);
  t.equal(config.relationships[0]?.thisServerName, 'a');
  t.match(config.hooks.flexId, { identifier: { kind: 'option', of: { path: [37] } } });
});

t.test('the configuration is frozen to its depths', async (t) => {
  const [subnet] = good6(subnet6('"pools": [ { "pool": "2001:db8::/80" } ]')).subnets;
  t.ok(Object.isFrozen(subnet) && Object.isFrozen(subnet?.pools[0]));
});
