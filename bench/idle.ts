/** Servers that nobody asks: what they cost while they wait, heartbeats of a pair included. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kindsOf } from './contenders.ts';
import { formatNumber } from './harness.ts';
import type { Bench, BenchTable, Scale } from './model.ts';
import { createPair, createSingle, type Rival } from './rivals.ts';
import { costsBetween, readCosts, type ThreadCost } from './thread-cost.ts';

interface Plan {
  /** After the start, when compilers still work. */
  readonly settleSec: number;
  readonly sec: number;
}

const PLANS = {
  tiny: { settleSec: 0.5, sec: 0.2 },
  quick: { settleSec: 20, sec: 20 },
  full: { settleSec: 60, sec: 60 },
} as const satisfies Record<Scale, Plan>;

const COLUMNS = ['server', '% of a processor', 'of it by thread', 'context switches/s', 'resident MiB'];
const US_PER_PERCENT = 10_000;
/** Kea's default. */
const HEARTBEAT_DELAY_MS = 10_000;
/** Per cent: less is not told. */
const SHOWN_MIN = 0.01;

export const idle: Bench = {
  name: 'idle',
  question:
    'What does a server cost that nobody asks, with a heartbeat of its partner every ten seconds, as Kea has it by default?',
  run: async ({ scale, contenders, modes, site, tls }): Promise<BenchTable[]> => {
    const singles = kindsOf(contenders).map((kind) => () => createSingle(kind, { site }));
    const tables = [{ title: 'one server', makers: singles }];
    for (const mode of modes) {
      const choice = { mode, site, tls, heartbeatDelayMs: HEARTBEAT_DELAY_MS };
      const makers = contenders.map((contender) => () => createPair(contender, choice));
      tables.push({ title: mode, makers });
    }
    const done: BenchTable[] = [];
    for (const { title, makers } of tables)
      done.push({ title, columns: COLUMNS, rows: await rowsOf(makers, PLANS[scale]), digest: null });
    return done;
  },
};

/** All are idle at the same time: they do not disturb each other. */
async function rowsOf(makers: readonly (() => Promise<Rival>)[], plan: Plan): Promise<string[][]> {
  const rivals: Rival[] = [];
  try {
    for (const make of makers) {
      const rival = await make();
      rivals.push(rival);
      await rival.start();
    }
    await sleep(plan.settleSec * 1000);
    const looks = rivals.flatMap(({ name, pids }) =>
      pids.map((pid, at) => ({ name: pids.length === 1 ? name : `${name}, ${ROLES[at]}`, pid })),
    );
    const before = looks.map(({ pid }) => readCosts([pid]));
    await sleep(plan.sec * 1000);
    const costs = looks.map(({ pid }, at) => costsBetween(before[at]!, readCosts([pid])));
    const resident = rivals.flatMap((rival) => rival.residentBytes());
    return looks.map(({ name }, at) => [
      name,
      ...cellsOf(costs[at]!, plan.sec),
      formatNumber(resident[at]! / 2 ** 20),
    ]);
  } finally {
    for (const rival of rivals) await rival.close();
  }
}

const ROLES = ['primary', 'partner'];

function cellsOf(costs: readonly ThreadCost[], sec: number): string[] {
  const percent = ({ userUs, kernelUs }: ThreadCost): number => (userUs + kernelUs) / sec / US_PER_PERCENT;
  const sum = (value: (cost: ThreadCost) => number): number =>
    costs.reduce((total, cost) => total + value(cost), 0);
  const threads = costs
    .filter((cost) => percent(cost) >= SHOWN_MIN)
    .map((cost) => `${cost.name} ${formatNumber(percent(cost))}`);
  return [
    formatNumber(sum(percent)),
    threads.join(', '),
    formatNumber(sum(({ switches }) => switches) / sec),
  ];
}
