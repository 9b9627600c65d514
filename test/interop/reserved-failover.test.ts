/**
 * A pair whose clients have reservations and whose subnets share a network: whichever server is killed, the other one gives
 * the same clients the same addresses, names and options.
 */
import t from 'tap';
import type { HaMode, ServerName } from './configuration.ts';
import { askWithFleet, type FleetClient, type Granted, holding } from './fleet.ts';
import { needServers, type ServerKind } from './kea.ts';
import { startPair } from './pair.ts';
import { SUBJECT } from './server.ts';

const RESERVED = 12;
const DYNAMIC = 40;
const SURVIVOR_MS = 20_000;
/** Name, domain, time servers, a private option. */
const SHOWN = [12, 15, 4, 224];

const macOf = (group: number, index: number): string =>
  `02:00:0${group}:00:00:${index.toString(16).padStart(2, '0')}`;
/** [RFC4361 6.1] An IAID and a DUID. */
const duidOf = (index: number): string => `00030001aabbccddee${index.toString(16).padStart(2, '0')}`;

/** Known by their hardware address or their DUID, in either subnet, inside of the pools and out of them. */
const HOSTS = Array.from({ length: RESERVED }, (_, i) => ({
  ...(i % 2 === 0 ? { 'hw-address': macOf(1, i) } : { duid: duidOf(i) }),
  'ip-address': `10.${65 + (i % 2)}.${i % 3 === 0 ? 0 : 9}.${20 + i}`,
  hostname: `host-${i}`,
  'option-data': [{ name: 'domain-name', data: `of-${i}.example.org` }],
  ...(i % 4 === 0 && { 'client-classes': ['special'] }),
}));

/** The first subnet is full before half of the clients have come. */
function dhcp4Of(mode: HaMode): Record<string, unknown> {
  const poolsOf = (prefix: string, count: number): unknown[] => {
    const half = count / 2;
    const range = (from: number, to: number): string => `${prefix}.0.${from} - ${prefix}.0.${to}`;
    if (mode === 'hot-standby') return [{ pool: range(20, 19 + count) }];
    return [
      { pool: range(20, 19 + half), 'client-class': 'HA_server1' },
      { pool: range(20 + half, 19 + count), 'client-class': 'HA_server2' },
    ];
  };
  const subnetOf = (id: number, prefix: string, count: number): Record<string, unknown> => ({
    id,
    subnet: `${prefix}.0.0/16`,
    pools: poolsOf(prefix, count),
    reservations: HOSTS.filter((host) => host['ip-address'].startsWith(`${prefix}.`)),
    'option-data': [{ name: 'time-servers', data: `${prefix}.0.37` }],
  });
  return {
    'host-reservation-identifiers': ['hw-address', 'duid'],
    'client-classes': [
      {
        name: 'special',
        'option-data': [{ code: 224, data: 'c0ffee', 'csv-format': false, 'always-send': true }],
      },
    ],
    subnet4: [],
    'shared-networks': [
      {
        name: 'floor',
        relay: { 'ip-addresses': ['10.64.0.10'] },
        subnet4: [subnetOf(1, '10.65', 32), subnetOf(2, '10.66', 100)],
      },
    ],
  };
}

function clients(): FleetClient[] {
  const asked = [55, Buffer.from([1, 3, ...SHOWN]).toString('hex')] as const;
  const reserved = HOSTS.map((_, i) => ({
    mac: macOf(1, i),
    options: i % 2 === 0 ? [asked] : [asked, [61, `ff00000001${duidOf(i)}`] as const],
  }));
  const dynamic = Array.from({ length: DYNAMIC }, (_, i) => ({ mac: macOf(2, i), options: [asked] }));
  return [...reserved, ...dynamic];
}

/** Everything but who has said it. */
function told(granted: readonly Granted[]): unknown[] {
  return granted.map(({ address, options }) => ({ address, ...options }));
}

const PAIRS: readonly (readonly [HaMode, ServerKind, ServerKind, victim: ServerName])[] = [
  ['hot-standby', SUBJECT, SUBJECT, 'server1'],
  ['hot-standby', SUBJECT, SUBJECT, 'server2'],
  ['load-balancing', SUBJECT, SUBJECT, 'server1'],
  ['load-balancing', SUBJECT, SUBJECT, 'server2'],
  ['hot-standby', 'kea 3.0', SUBJECT, 'server1'],
  ['load-balancing', SUBJECT, 'kea 2.2', 'server2'],
];

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const [mode, server1, server2, victim] of PAIRS)
  t.test(
    `reservations and a shared network, ${mode} of ${server1} and ${server2}, ${victim} dies`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip'])) return;
      const pair = await startPair(t, { mode, server1, server2, dhcp4: dhcp4Of(mode) });
      const all = clients();
      const bound = await askWithFleet(pair.network, all, { shown: SHOWN });
      for (const [i, host] of HOSTS.entries()) {
        const { address, options } = bound[i]!;
        t.equal(address, host['ip-address'], `host ${i} has its address`);
        t.same([options[12], options[15]], [host.hostname, `of-${i}.example.org`], `host ${i} has its name`);
        t.equal(options[224] !== '', i % 4 === 0, `host ${i} is of its classes`);
      }
      const dynamic = bound.slice(RESERVED).map(({ address }) => address);
      t.equal(new Set(bound.map(({ address }) => address)).size, all.length, 'nobody shares an address');
      t.ok(
        dynamic.some((each) => each.startsWith('10.66.')),
        'the second subnet takes whom the first one has no room for',
      );

      const [dead, survivor] =
        victim === 'server1' ? [pair.server1, pair.server2] : [pair.server2, pair.server1];
      await dead.crash();
      await survivor.reaches(['partner-down'], SURVIVOR_MS);
      const kept = await askWithFleet(pair.network, holding(all, bound), { shown: SHOWN });
      t.same(told(kept), told(bound), 'the survivor extends all leases, with the same names and options');
      const anew = await askWithFleet(pair.network, all, { shown: SHOWN });
      t.same(told(anew), told(bound), 'and offers the same to those who start again');

      await dead.start();
      await pair.normal();
      const again = await askWithFleet(pair.network, holding(all, bound), { shown: SHOWN });
      t.same(told(again), told(bound), 'the same when it is back');
      await pair.stop();
    },
  );
