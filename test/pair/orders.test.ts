/**
 * Whatever happens to a pair, in whatever order: when it says that it is whole, both tables are equal, every client finds
 * the lease that it was given, and no address was given twice. TANDEM_ORDERS=2000 tries so many orders in each mode,
 * TANDEM_SEED=N others than the usual ones.
 */
import fc from 'fast-check';
import t from 'tap';
import { ModelPair, type PairMode } from './model-pair.ts';
import { carryOut, clocks, order, type Step } from './orders.ts';
import { NETWORKED, type PairWorld } from './pair-world.ts';

// Some hundred milliseconds an order, much more when a failing one is shortened; the runner bounds the file.
t.setTimeout(0);

const RUNS = Number(process.env['TANDEM_ORDERS'] ?? 100);
const SEED = Number(process.env['TANDEM_SEED'] ?? 20261127);

async function tryOrder(
  mode: PairMode,
  aheadSec: [number, number],
  steps: readonly Step[],
  world: PairWorld | null,
): Promise<{ readonly isWhole: boolean; readonly differences: string[]; readonly story: string }> {
  const pair = new ModelPair(mode, [...aheadSec], world);
  try {
    pair.start(0);
    pair.start(1);
    await pair.pass(12);
    await carryOut(pair, steps);
    const isWhole = await pair.settle();
    const differences = isWhole ? pair.differences() : [`it is never whole: ${pair.states()}`];
    return {
      isWhole,
      differences,
      story: differences.length === 0 ? '' : pair.logs().slice(-200).join('\n'),
    };
  } finally {
    await pair.close();
  }
}

t.test('the pair that a model of everything makes is a real one', async (t) => {
  const pair = new ModelPair('hot-standby', [0, 0]);
  pair.start(0);
  pair.start(1);
  t.same(pair.states(), ['waiting', 'waiting']);
  await pair.pass(12);
  t.same(pair.states(), ['hot-standby', 'hot-standby']);
  for (const client of pair.clients) await pair.exchange(client, 'discover', 1);
  t.ok(
    pair.clients.every(({ held }) => held !== null),
    'every client has a lease',
  );
  t.same(pair.differences(), []);
  await pair.close();
});

for (const mode of ['hot-standby', 'load-balancing'] as const) {
  t.test(`${mode}: leases of both after each has served alone`, async (t) => {
    const pair = new ModelPair(mode, [0, 0]);
    pair.start(0);
    pair.start(1);
    await pair.pass(12);
    await pair.stop(1);
    await pair.pass(10);
    for (const client of pair.clients) await pair.exchange(client, 'discover', 1);
    await pair.pass(10);
    for (const client of pair.clients) await pair.exchange(client, 'discover', 1);
    await pair.stop(0);
    pair.start(1);
    await pair.pass(10);
    pair.start(0);
    t.ok(await pair.settle());
    t.same(pair.differences(), []);
    await pair.close();
  });

  for (const world of [null, NETWORKED]) {
    t.test(
      `${mode}: ${RUNS} generated orders${world === null ? '' : ', in a network and with hosts'}`,
      async (t) => {
        await fc.assert(
          fc.asyncProperty(clocks, order, async (aheadSec, steps) => {
            const { differences, story } = await tryOrder(mode, aheadSec, steps, world);
            if (differences.length > 0) throw new Error(`${differences.join('\n')}\n${story}`);
          }),
          { numRuns: RUNS, seed: SEED },
        );
        t.pass(`${RUNS} orders, both tables equal after each`);
      },
    );
  }
}
