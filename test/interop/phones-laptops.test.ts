/**
 * Two kinds of clients in a load-balancing pair, with the classes as Kea's manual has them: each kind has a pool of its own on
 * each server. The pairs are two Tandems, and a Tandem with either Kea.
 */
import t from 'tap';
import { ADDRESS, type ServerName } from './configuration.ts';
import { askWithFleet, type FleetClient, type Granted, holding } from './fleet.ts';
import { needServers, type ServerKind } from './kea.ts';
import { startPair } from './pair.ts';
import { type DhcpServer, SUBJECT } from './server.ts';

const KINDS = ['phones', 'laptops'] as const;
type Kind = (typeof KINDS)[number];
const SERVERS = ['server1', 'server2'] as const;
const EACH = 24;
const SURVIVOR_MS = 20_000;

const POOLS = KINDS.flatMap((kind, k) =>
  SERVERS.map((server, s) => ({ kind, server, start: `10.65.${2 * k + s}.` })),
);
const DHCP4 = {
  'client-classes': [
    { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" },
    { name: 'laptops', test: "not member('phones')" },
    ...POOLS.map(({ kind, server }) => ({
      name: `${kind}_${server}`,
      test: `member('${kind}') and member('HA_${server}')`,
    })),
  ],
  subnet4: [
    {
      id: 1,
      subnet: '10.64.0.0/14',
      pools: POOLS.map(({ kind, server, start }) => ({
        pool: `${start}0/24`,
        'client-class': `${kind}_${server}`,
      })),
    },
  ],
};

/** Who has which pool. */
function placeOf(address: string): { readonly kind: Kind; readonly server: ServerName } | undefined {
  return POOLS.find(({ start }) => address.startsWith(start));
}

/** As many clients of each kind. @param group so that no two groups have a client in common */
function clientsOf(group: number): (FleetClient & { readonly kind: Kind })[] {
  const vendor = { phones: 'Aastra 6739i', laptops: 'MSFT 5.0' };
  return KINDS.flatMap((kind, k) =>
    Array.from({ length: EACH }, (_, i) => ({
      kind,
      mac: `02:00:0${group}:0${k}:00:${i.toString(16).padStart(2, '0')}`,
      options: [[60, Buffer.from(vendor[kind]).toString('hex')]] as const,
    })),
  );
}

/** Broken promises as sentences: an address of the other kind, or one that two have. */
function wrong(
  clients: readonly { readonly mac: string; readonly kind: Kind }[],
  granted: readonly Granted[],
): string[] {
  const owners = new Map<string, string>();
  return clients.flatMap(({ mac, kind }, index) => {
    const { address } = granted[index]!;
    const other = owners.get(address);
    owners.set(address, mac);
    const faults = placeOf(address)?.kind === kind ? [] : [`${mac} of the ${kind} has ${address}`];
    return other === undefined ? faults : [...faults, `${mac} and ${other} have ${address}`];
  });
}

/** The pools of which somebody has an address. */
function poolsOf(granted: readonly Granted[]): string[] {
  const names = granted.map(({ address }) => `${placeOf(address)?.kind} ${placeOf(address)?.server}`);
  return [...new Set(names)].sort();
}

const ALL_POOLS = POOLS.map(({ kind, server }) => `${kind} ${server}`).sort();

/** Hardware addresses that have more than one lease in force. */
function withSeveral(server: DhcpServer): string[] {
  const macs = [...server.leases().leases.values()].filter(({ state }) => state === 0).map(({ mac }) => mac);
  return macs.filter((mac, index) => macs.indexOf(mac) !== index);
}

const PAIRS: readonly (readonly [ServerKind, ServerKind, victim: ServerName])[] = [
  [SUBJECT, SUBJECT, 'server1'],
  [SUBJECT, SUBJECT, 'server2'],
  [SUBJECT, 'kea 2.2', 'server2'],
  ['kea 3.0', SUBJECT, 'server1'],
  ['kea 3.0', SUBJECT, 'server2'],
];

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const [server1, server2, victim] of PAIRS)
  t.test(
    `phones and laptops with ${server1} and ${server2}, ${victim} dies`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip'])) return;
      const pair = await startPair(t, { mode: 'load-balancing', server1, server2, dhcp4: DHCP4 });
      const addresses = new Map(SERVERS.map((name) => [ADDRESS[name] as string, name]));
      const first = clientsOf(1);
      const bound = await askWithFleet(pair.network, first);
      t.same(wrong(first, bound), [], 'each kind has addresses of its own pools');
      t.same(poolsOf(bound), ALL_POOLS, 'of both servers');
      const strangers = bound.filter(
        ({ address, server }) => placeOf(address)?.server !== addresses.get(server),
      );
      t.same(strangers, [], 'each from the server that has the pool');

      const [dead, survivor] =
        victim === 'server1' ? [pair.server1, pair.server2] : [pair.server2, pair.server1];
      await dead.crash();
      await survivor.reaches(['partner-down'], SURVIVOR_MS);
      const kept = await askWithFleet(pair.network, holding(first, bound));
      t.same(
        kept.map(({ address }) => address),
        bound.map(({ address }) => address),
        'the survivor extends every lease',
      );
      const second = clientsOf(2);
      const more = await askWithFleet(pair.network, second);
      t.same(
        wrong([...first, ...second], [...kept, ...more]),
        [],
        'new clients get addresses of their kind, and nobody another one’s',
      );
      t.same(
        [...new Set(more.map(({ server }) => addresses.get(server)))],
        [survivor.name],
        'all from the survivor',
      );
      t.same(poolsOf(more), ALL_POOLS, 'of all four pools');

      await dead.start();
      await pair.normal();
      const all = [...first, ...second];
      const had = [...kept, ...more];
      const again = await askWithFleet(pair.network, holding(all, had));
      t.same(
        again.map(({ address }) => address),
        had.map(({ address }) => address),
        'after the return all keep theirs',
      );
      await pair.stop();
      for (const server of [pair.server1, pair.server2])
        t.same(withSeveral(server), [], `${server.name} has one lease a client`);
    },
  );
