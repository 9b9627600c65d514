/** What right files mean: every value of the resulting configuration. */
import t from 'tap';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS } from '../../src/config/ddns-model.ts';
import { NO_HOOKS } from '../../src/config/hook-model.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { OPEN_SOCKET } from '../control/harness.ts';
import { hotStandby, loadBalancing } from './fixtures/examples.ts';

const SKELETON = '"interfaces-config": { "interfaces": [ "eth0" ], "dhcp-socket-type": "udp" }';

function good(text: string): ServerConfig {
  const result = parseConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

t.test('a hot-standby file gives the complete configuration', async (t) => {
  const config = good(hotStandby);
  t.strictSame(config.interfaces, [
    { name: 'eth0', address: 0xc0000201 },
    { name: 'eth1', address: null },
  ]);
  t.strictSame(config.leaseDatabase, {
    persist: true,
    path: '/var/lib/kea/dhcp4.csv',
    leaseChecks: 'warn',
    extendedInfoChecks: 'fix',
    lfcIntervalSec: 1800,
    maxRowErrors: 0,
  });
  t.strictSame(config.multiThreading, { enabled: true, threadPoolSize: 4, packetQueueSize: 28 });
  t.strictSame(config.controlSockets, [{ kind: 'unix', path: '/run/kea/kea4-ctrl-socket' }]);
  t.strictSame(config.expiredLeases, {
    reclaimTimerWaitSec: 10,
    flushReclaimedTimerWaitSec: 25,
    holdReclaimedSec: 3600,
    maxReclaimLeases: 1000,
    maxReclaimMs: 250,
  });
  t.strictSame(config.loggers, [
    {
      name: 'kea-dhcp4',
      severity: 'DEBUG',
      debugLevel: 10,
      outputs: [{ target: { kind: 'stdout' }, pattern: '%m\n' }],
    },
  ]);
  t.strictSame(config.tandem, {
    fdatasync: false,
    offerHoldSec: 30,
    maxLeases: 100000,
    shutdownGraceSec: 2,
    subnetMetrics: false,
    joinReplies: 'auto',
    peerListenAddress: null,
  });
  t.match(config, {
    parkedPacketLimit: 512,
    declineProbationPeriodSec: 3600,
    echoClientId: false,
    authoritative: true,
    leaseCommands: true,
  });
  t.strictSame(
    config.options.map((option) => option.code),
    [6, 15, 119],
  );
});

t.test('subnets come in the order of their ids with every inherited value resolved', async (t) => {
  const [first, second] = good(hotStandby).subnets;
  t.strictSame(
    { ...first, pools: first?.pools.length },
    {
      id: 1,
      prefix: 0x0a010000,
      prefixLength: 16,
      networkName: null,
      clientClasses: [],
      additionalClasses: [],
      hostModes: { global: false, inSubnet: false, outOfPool: false },
      allocator: 'iterative',
      adaptiveThreshold: null,
      offerLifetimeSec: 0,
      storeExtendedInfo: false,
      ddns: DDNS_DEFAULTS,
      pools: 1,
      relayAddresses: [],
      interfaceName: 'eth1',
      userContext: null,
      haServerName: null,
      validLifetime: { minSec: 3000, defaultSec: 4000, maxSec: 86400 },
      renewTimerSec: 1000,
      rebindTimerSec: 2000,
      calculateTeeTimes: true,
      t1Percent: 0.4,
      t2Percent: 0.8,
      matchClientId: false,
      authoritative: false,
      nextServer: 0xc0000245,
      serverHostname: 'boot',
      bootFileName: 'pxelinux.0',
      cacheThreshold: null,
      cacheMaxAgeSec: 0,
      options: [],
      vendorOptions: [],
    },
  );
  t.match(second, {
    id: 2,
    relayAddresses: [0x0a020001, 0x0a020002],
    interfaceName: null,
    validLifetime: { minSec: 600, defaultSec: 600, maxSec: 5000 },
    authoritative: true,
    cacheThreshold: 0.5,
    cacheMaxAgeSec: 600,
    pools: [
      { first: 0x0a020100, last: 0x0a0201ff, poolId: 7, clientClasses: [] },
      { first: 0x0a020400, last: 0x0a0207ff, poolId: 0, clientClasses: [] },
    ],
  });
});

t.test('a subnet has the options of its own scope', async (t) => {
  const [first, second] = good(hotStandby).subnets;
  t.match(second?.options, [{ code: 3 }, { code: 15, alwaysSend: false }]);
  t.equal(Buffer.from(second?.options[1]?.data ?? []).toString(), 'floor2.example.org');
  t.match(first?.pools[0]?.options, [{ code: 3, neverSend: true }]);
});

t.test('the relationship is complete', async (t) => {
  t.strictSame(good(hotStandby).relationships[0], {
    thisServerName: 'server1',
    mode: 'hot-standby',
    heartbeatDelayMs: 5000,
    maxResponseDelayMs: 20000,
    maxAckDelayMs: 5000,
    maxUnackedClients: 0,
    maxRejectedLeaseUpdates: 10,
    delayedUpdatesLimit: 0,
    sendLeaseUpdates: true,
    syncLeases: true,
    syncTimeoutMs: 30000,
    syncPageLimit: 5000,
    waitBackupAck: false,
    requireClientCerts: true,
    restrictCommands: true,
    multiThreading: {
      enabled: true,
      httpDedicatedListener: true,
      httpListenerThreads: 4,
      httpClientThreads: 4,
    },
    pauses: { 'partner-down': 'once' },
    peers: [
      {
        name: 'server1',
        role: 'primary',
        url: { host: '192.0.2.1', port: 8001, ipv6: false },
        autoFailover: true,
        tls: null,
        basicAuth: null,
      },
      {
        name: 'server2',
        role: 'standby',
        url: { host: '192.0.2.2', port: 8001, ipv6: false },
        autoFailover: true,
        tls: null,
        basicAuth: null,
      },
      {
        name: 'server3',
        role: 'backup',
        url: { host: '2001:db8::3', port: 8001, ipv6: true },
        autoFailover: false,
        tls: null,
        basicAuth: { user: { text: 'tandem' }, password: { text: 'secret' } },
      },
    ],
  });
});

t.test('a load-balancing file has the defaults of its mode and guarded pools', async (t) => {
  const before = { ...process.env };
  t.teardown(() => Object.assign(process.env, before));
  process.env['KEA_DHCP_DATA_DIR'] = '/srv/leases';
  process.env['KEA_CONTROL_SOCKET_DIR'] = '/srv/run';
  const config = good(loadBalancing);
  t.equal(config.relationships[0]?.delayedUpdatesLimit, 100);
  t.equal(config.leaseDatabase.path, '/srv/leases/leases.csv');
  t.strictSame(config.controlSockets, [
    { kind: 'unix', path: '/srv/run/kea4.sock' },
    { kind: 'http', address: '127.0.0.1', port: 8000, ...OPEN_SOCKET },
    { kind: 'http', address: '::1', port: 8000, ...OPEN_SOCKET },
  ]);
  t.strictSame(
    config.subnets[0]?.pools.map((pool) => pool.clientClasses),
    [['HA_north'], ['HA_south']],
  );
  t.strictSame(config.subnets[0]?.relayAddresses, [0xac100001]);
  delete process.env['KEA_DHCP_DATA_DIR'];
  delete process.env['KEA_CONTROL_SOCKET_DIR'];
  const plain = good(loadBalancing);
  t.equal(plain.leaseDatabase.path, '/var/lib/kea/leases.csv');
  t.strictSame(plain.controlSockets[0], { kind: 'unix', path: '/run/kea/kea4.sock' });
});

/** A subnet of which nothing but prefix and id is said. */
const PLAIN_SUBNET = {
  id: 9,
  prefix: 0x0a000000,
  prefixLength: 8,
  networkName: null,
  clientClasses: [],
  additionalClasses: [],
  hostModes: { global: false, inSubnet: true, outOfPool: false },
  allocator: 'iterative',
  adaptiveThreshold: null,
  offerLifetimeSec: 0,
  storeExtendedInfo: false,
  ddns: DDNS_DEFAULTS,
  pools: [],
  relayAddresses: [],
  interfaceName: null,
  userContext: null,
  haServerName: null,
  validLifetime: { minSec: 7200, defaultSec: 7200, maxSec: 7200 },
  renewTimerSec: null,
  rebindTimerSec: null,
  calculateTeeTimes: false,
  t1Percent: 0.5,
  t2Percent: 0.875,
  matchClientId: true,
  authoritative: false,
  nextServer: 0,
  serverHostname: '',
  bootFileName: '',
  cacheThreshold: 0.25,
  cacheMaxAgeSec: null,
  options: [],
  vendorOptions: [],
};

const TANDEM_DEFAULTS: ServerConfig['tandem'] = {
  fdatasync: true,
  offerHoldSec: 10,
  maxLeases: 0,
  shutdownGraceSec: 2,
  peerListenAddress: null,
  subnetMetrics: false,
  joinReplies: 'auto',
};

t.test('the smallest file has the defaults of Kea', async (t) => {
  const config = good(`{ "Dhcp4": { ${SKELETON}, "subnet4": [ { "id": 9, "subnet": "10.0.0.0/8" } ] } }`);
  t.strictSame(config, {
    socketType: 'udp',
    interfaces: [{ name: 'eth0', address: null }],
    serviceSockets: { reDetect: true, requireAll: false, maxRetries: 0, retryWaitMs: 5000 },
    leaseDatabase: {
      persist: true,
      path: '/var/lib/kea/kea-leases4.csv',
      lfcIntervalSec: 3600,
      maxRowErrors: 0,
      leaseChecks: 'warn',
      extendedInfoChecks: 'fix',
    },
    multiThreading: { enabled: true, threadPoolSize: 0, packetQueueSize: 64 },
    parkedPacketLimit: null,
    declineProbationPeriodSec: 86400,
    echoClientId: true,
    expiredLeases: {
      reclaimTimerWaitSec: 10,
      flushReclaimedTimerWaitSec: 25,
      holdReclaimedSec: 3600,
      maxReclaimLeases: 100,
      maxReclaimMs: 250,
    },
    authoritative: false,
    options: [],
    vendorOptions: [],
    clientClasses: [],
    sharedNetworks: [],
    hosts: [],
    hostIdentifiers: ['hw-address', 'duid', 'circuit-id', 'client-id'],
    earlyGlobalHosts: false,
    uniqueHostAddresses: true,
    compatibility: {
      lenientOptionParsing: false,
      ignoreServerIdentifier: false,
      ignoreLinkSelection: false,
      excludeFirstLast24: false,
    },
    stashAgentOptions: false,
    ddns: DDNS_SERVER_DEFAULTS,
    subnets: [PLAIN_SUBNET],
    controlSockets: [],
    loggers: [],
    leaseCommands: false,
    hooks: NO_HOOKS,
    commandLibraries: [],
    statisticSamples: { count: 20, ageSec: 0 },
    relationships: [],
    tandem: TANDEM_DEFAULTS,
  });
});

t.test('lifetime bounds that are not given equal the lifetime', async (t) => {
  const lifetimes: readonly [string, readonly number[]][] = [
    ['"min-valid-lifetime": 5', [5, 7200, 7200]],
    ['"max-valid-lifetime": 9000', [7200, 7200, 9000]],
    ['"valid-lifetime": 7', [7, 7, 7]],
    ['"valid-lifetime": 7, "max-valid-lifetime": 9', [7, 7, 9]],
    ['"valid-lifetime": 7, "min-valid-lifetime": 3', [3, 7, 7]],
    ['"valid-lifetime": 4294967295', [4294967295, 4294967295, 4294967295]],
  ];
  for (const [keys, expected] of lifetimes) {
    const config = good(
      `{ "Dhcp4": { ${SKELETON}, ${keys}, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8" } ] } }`,
    );
    const { minSec, defaultSec, maxSec } = config.subnets[0]!.validLifetime;
    t.strictSame([minSec, defaultSec, maxSec], expected, keys);
  }
});

t.test('a subnet can switch on the cache that the global scope switches off', async (t) => {
  const config = good(`{ "Dhcp4": { ${SKELETON}, "cache-max-age": 0, "cache-threshold": 0.1, "subnet4": [
    { "id": 1, "subnet": "10.1.0.0/16", "cache-max-age": 60 },
    { "id": 2, "subnet": "10.2.0.0/16", "cache-max-age": 60, "cache-threshold": 0 },
    { "id": 3, "subnet": "10.3.0.0/16" } ] } }`);
  t.strictSame(
    config.subnets.map((subnet) => subnet.cacheThreshold),
    [0.1, null, null],
  );
});

t.test('spelled-out defaults of what is not implemented are accepted', async (t) => {
  const inert = `
    "ddns-send-updates": true, "ddns-override-no-update": false, "ddns-replace-client-name": "never", "ddns-generated-prefix":
    "myhost", "ddns-qualifying-suffix": "", "ddns-update-on-renew": false, "ddns-conflict-resolution-mode": "check-with-dhcid",
    "hostname-char-set": "[^A-Za-z0-9.-]", "hostname-char-replacement": "", "allocator": "iterative", "offer-lifetime": 0,
    "stash-agent-options": false, "reservation-mode": "all", "config-control": { },
    "dhcp-queue-control": { "enable-queue": false, "capacity": 100 }, "dhcp4o6-port": 0, "hosts-database": { },
    "early-global-reservations-lookup": true, "hosts-databases": [ ], "ip-reservations-unique": true, "server-tag": "a",
    "reservations-lookup-first": true, "statistic-default-sample-age": 0, "statistic-default-sample-count": 30,
    "compatibility": { "lenient-option-parsing": false, "exclude-first-last-24": false },
    "sanity-checks": { "lease-checks": "warn", "extended-info-checks": "fix" }`;
  const pool = `{ "pool": "10.0.0.0/24", "client-class": "", "evaluate-additional-classes": [ ] }`;
  const result = parseConfig(
    `{ "Dhcp4": { ${SKELETON}, ${inert}, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "pools": [ ${pool} ],
      "client-class": "ALL", "reservations": [ ], "4o6-interface": "", "4o6-subnet": "" } ] } }`,
    'kea.conf',
  );
  t.strictSame(result.ok ? result.warnings : result.problems, []);
});

t.test('each lifetime key is inherited by itself', async (t) => {
  const global = '"valid-lifetime": 4000, "min-valid-lifetime": 3000, "max-valid-lifetime": 5000';
  const rows: readonly [string, string, readonly number[]][] = [
    ['"valid-lifetime": 4000', '"min-valid-lifetime": 1000', [1000, 4000, 4000]],
    ['"valid-lifetime": 500', '"min-valid-lifetime": 100, "max-valid-lifetime": 900', [100, 500, 900]],
    ['"valid-lifetime": 500, "min-valid-lifetime": 100', '"max-valid-lifetime": 9000', [100, 500, 9000]],
    [global, '"valid-lifetime": 3500', [3000, 3500, 5000]],
    [global, '"comment": ""', [3000, 4000, 5000]],
  ];
  for (const [outer, inner, [minSec, defaultSec, maxSec]] of rows) {
    const text = `{ "Dhcp4": { ${SKELETON}, ${outer}, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", ${inner} } ] } }`;
    t.strictSame(good(text).subnets[0]?.validLifetime, { minSec, defaultSec, maxSec }, `${outer}; ${inner}`);
  }
});

t.test('an empty string says as much as no key at all', async (t) => {
  const text = `{ "Dhcp4": { ${SKELETON}, "lease-database": { "type": "memfile", "name": "" },
    "next-server": "192.0.2.9", "server-hostname": "boot", "boot-file-name": "pxe", "subnet4": [ { "id": 1,
    "subnet": "10.0.0.0 / 08", "next-server": "", "server-hostname": "", "boot-file-name": "", "interface": "",
    "pools": [ { "pool": "10.0.0.0 / 028", "client-class": "" } ] } ] } }`;
  const config = good(text);
  t.match(config.leaseDatabase.path, /\/kea-leases4\.csv$/);
  t.match(config.subnets[0], {
    nextServer: 0xc0000209,
    serverHostname: 'boot',
    bootFileName: 'pxe',
    interfaceName: null,
    pools: [{ first: 0x0a000000, last: 0x0a00000f, clientClasses: [] }],
  });
  const plain = good(
    `{ "Dhcp4": { ${SKELETON}, "next-server": "", "subnet4": [ { "id": 1, "subnet": "10.0.0.0/8" } ] } }`,
  );
  t.equal(plain.subnets[0]?.nextServer, 0);
});
