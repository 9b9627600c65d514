/**
 * Servers that have just been started: their code is not compiled, and a server that takes over from another one meets its
 * load like that. The load has been compiled before, by a reflector in the place of the server.
 */
import type { PairSite } from '../src/demo/pair.ts';
import { kindsOf, REFLECTOR } from './contenders.ts';
import { cellsOf, FIGURE_COLUMNS, type Figures, figuresOf } from './load-figures.ts';
import type { LoadOrder } from './load-order.ts';
import { orderOf, startLoad, waitForLoad } from './load-run.ts';
import type { Bench, BenchOptions, BenchTable, Scale } from './model.ts';
import { describePoint, type Point } from './points.ts';
import { createPair, createSingle, type Rival } from './rivals.ts';

interface Phase {
  readonly name: string;
  readonly sec: number;
}

/** The first is the first second; the last one is warm. */
const PHASES = {
  tiny: [
    { name: 'first 0.3 s', sec: 0.3 },
    { name: 'warm', sec: 0.3 },
  ],
  quick: [
    { name: 'first second', sec: 1 },
    { name: '2 to 10 s', sec: 9 },
    { name: 'warm', sec: 2 },
  ],
  full: [
    { name: 'first second', sec: 1 },
    { name: '2 to 10 s', sec: 9 },
    { name: '11 to 60 s', sec: 50 },
    { name: 'warm', sec: 4 },
  ],
} as const satisfies Record<Scale, readonly Phase[]>;

const ROUNDS = { tiny: 1, quick: 1, full: 3 } as const satisfies Record<Scale, number>;
/** Load between the cold phases and the warm one. */
const WARM_UP = { inFlightMax: 64, ratePerSec: 0, settleSec: 0, pids: [] };
const WARM_UP_SEC = { tiny: 0.1, quick: 8, full: 20 } as const satisfies Record<Scale, number>;
/** Fewer than the reflector has addresses that no pool contains. */
const LOAD_EXCHANGES = 50_000;
const LOAD_SEC = { tiny: 0.1, quick: 3, full: 3 } as const satisfies Record<Scale, number>;

export const cold: Bench = {
  name: 'cold',
  question: 'What does a server reach that has just been started?',
  run: async (options) => {
    const tables: BenchTable[] = [];
    for (const mode of options.modes) {
      const makers = options.contenders.map((contender) => () => createPair(contender, { ...options, mode }));
      tables.push({ ...(await tableOf(makers, options)), title: mode });
    }
    const singles = kindsOf(options.contenders).map((kind) => () => createSingle(kind, options));
    tables.push({ ...(await tableOf(singles, options)), title: 'single server' });
    return tables;
  },
};

/** Each rival is started anew for every point and round. */
async function tableOf(
  makers: readonly (() => Promise<Rival>)[],
  { scale, points, site }: Pick<BenchOptions, 'scale' | 'points' | 'site'>,
): Promise<BenchTable> {
  const rows: string[][] = [];
  const records: object[] = [];
  for (const point of points) {
    const runs = makers.map(() => PHASES[scale].map((): Figures[] => []));
    const names = makers.map(() => '');
    for (let round = 0; round < ROUNDS[scale]; round++) {
      for (const [at, make] of makers.entries()) {
        const rival = await make();
        names[at] = rival.name;
        const phases = await runPhases(rival, site, point, scale);
        for (const [phase, figures] of phases.entries()) runs[at]![phase]!.push(figures);
      }
    }
    const load = describePoint(point);
    for (const [phase, { name }] of PHASES[scale].entries()) {
      for (const [at, server] of names.entries()) {
        rows.push([load, name, server, ...cellsOf(runs[at]![phase]!)]);
        records.push({ load, after: name, server, runs: runs[at]![phase] });
      }
    }
  }
  return { columns: ['load', 'after the start', 'server', ...FIGURE_COLUMNS], rows, records, digest: null };
}

/** Starts a rival, measures every phase, closes it. */
async function runPhases(rival: Rival, site: PairSite, point: Point, scale: Scale): Promise<Figures[]> {
  const load = startLoad(rival, 'new', 1);
  try {
    await compileLoad(rival, site, LOAD_SEC[scale], (order) => load.order(order));
    await rival.start();
    await waitForLoad(rival, load);
    const figures: Figures[] = [];
    const phases: readonly Phase[] = PHASES[scale];
    for (const { sec } of phases) {
      if (figures.length === phases.length - 1)
        await load.order({ ...WARM_UP, sec: WARM_UP_SEC[scale], exchangesMax: null });
      figures.push(figuresOf(rival, await load.order({ ...orderOf(point), sec, pids: rival.pids })));
    }
    return figures;
  } finally {
    await load.close();
    await rival.close();
  }
}

/** Lets the load run against a reflector where the rival will be. */
async function compileLoad(
  { relay, servers: [server] }: Rival,
  site: PairSite,
  sec: number,
  order: (order: LoadOrder) => Promise<unknown>,
): Promise<void> {
  const reflector = await createSingle(REFLECTOR, { site, relay, port: server!.port });
  try {
    await reflector.start();
    await order({ ...WARM_UP, sec: 30, exchangesMax: 1 });
    await order({ ...WARM_UP, sec, exchangesMax: LOAD_EXCHANGES });
    await order({ ...WARM_UP, inFlightMax: 1, sec: sec / 3, exchangesMax: 10_000 });
  } finally {
    await reflector.close();
  }
}
