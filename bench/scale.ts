/** End to end: what the size of a configuration, of a lease table and of a pool's filling bears on one exchange. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, createLocalServer, type ServerKind } from '../src/demo/local-server.ts';
import { createRelay, type PairSite } from '../src/demo/pair.ts';
import { type ServerConfiguration, singleConfig } from '../src/demo/pair-config.ts';
import { kindsOf } from './contenders.ts';
import { formatNumber, median } from './harness.ts';
import { KEA_2 } from './kea.ts';
import { createRows, writeLeaseFile } from './lease-rows.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchOptions, BenchTable } from './model.ts';
import { ALL_POINTS, parsePoints } from './points.ts';
import { createRival, type Rival } from './rivals.ts';
import { pools, type Size, sizes } from './sizes.ts';

const LEASE_TIME_SEC = 86_400;
/** Every exchange is written. Kea wants a point in the number. */
const NEVER_CACHED = { 'cache-threshold': 0.000_001 };
/** One client waits at a time, what an ordinary site has, and the flood. */
const POINTS = parsePoints('1,500/s,256');

export const scale: Bench = {
  name: 'scale',
  question:
    'What does much of everything add to a whole exchange: subnets, reservations, classes, leases, and a pool that is nearly full?',
  run: async (options) => [
    { title: 'sizes', ...(await compareSizes(sizes(options.scale), options)) },
    { title: 'pools', ...(await compareSizes(pools(options.scale), options)) },
  ],
};

async function compareSizes(
  all: readonly Size[],
  { contenders, points, scale, site }: BenchOptions,
): Promise<BenchTable> {
  const kinds = kindsOf(contenders);
  const makers = kinds.flatMap((kind) =>
    all.map((size) => () => createSized(kind, size, site, kinds.length > 1)),
  );
  const table = await loadRivals(makers, points === ALL_POINTS ? POINTS : points, 'new', scale);
  return withRatios(table, all.length);
}

/** Adds to each row its processor time against that of the first size, of the same program under the same load. */
function withRatios(table: BenchTable, count: number): BenchTable {
  const costs = (table.records as readonly Record[]).map(({ runs }) =>
    median(runs.map(({ userUs, kernelUs }) => userUs + kernelUs)),
  );
  const ratio = (row: number): number => costs[row]! / costs[row - (row % count)]!;
  return {
    ...table,
    columns: [...table.columns, 'CPU against the first'],
    rows: table.rows.map((cells, row) => [...cells, formatNumber(ratio(row))]),
  };
}

interface Record {
  readonly runs: readonly { readonly userUs: number; readonly kernelUs: number }[];
}

async function createSized(kind: ServerKind, size: Size, site: PairSite, isNamed: boolean): Promise<Rival> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const relay = await createRelay(site);
  const identity = await createIdentity('single', site.identifiers[0], directory, site.places[0]);
  const { Dhcp4 } = singleConfig({
    ...identity,
    relayAddress: site.relay.address,
    leaseTimeSec: LEASE_TIME_SEC,
    pools: [],
  });
  const configuration: ServerConfiguration = { Dhcp4: { ...Dhcp4, ...NEVER_CACHED, ...size.dhcp4 } };
  const server = await createLocalServer(kind, identity, configuration, directory, relay.port);
  return createRival(isNamed ? `${kind.name}: ${size.name}` : size.name, [server], {
    relay,
    link: null,
    enterRelay: site.relay.enter,
    load: size.load,
    start: async () => {
      const rows = createRows(size.leases, Math.floor(Date.now() / 1000), LEASE_TIME_SEC);
      if (rows.length > 0) writeLeaseFile(identity.leaseFile, rows, kind === KEA_2);
      await server.process.start();
    },
    close: async () => {
      await server.process.kill();
      await server.commands.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}
