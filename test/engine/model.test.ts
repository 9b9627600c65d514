/** Clients, disk, partner, timers and administrators in any order; see model.ts for what must hold after every step. */
import fc from 'fast-check';
import t from 'tap';
import { UpdateMode } from '../../src/engine/policy.ts';
import { Model, type ModelSettings } from './model.ts';
import { CLIENTS } from './model-clients.ts';
import { APART, TOGETHER } from './model-worlds.ts';

const STEPS = [
  'discover',
  'discover',
  'discover',
  'select',
  'select',
  'select',
  'select',
  'renew',
  'renew',
  'reboot',
  'release',
  'decline',
  'inform',
  'pass',
  'pass',
  'jump',
  'sync',
  'sync',
  'answer',
  'answer',
  'answer',
  'reclaim',
  'look',
  'put',
  'remove',
  'restart',
] as const;
type Step = (typeof STEPS)[number];

const step = fc.record({
  what: fc.constantFrom(...STEPS),
  client: fc.nat(CLIENTS - 1),
  wish: fc.nat(1000),
});

async function run(model: Model, what: Step, clientNumber: number, wish: number): Promise<void> {
  const client = model.clients[clientNumber]!;
  switch (what) {
    case 'pass':
      return model.pass(1 + (wish % 12));
    case 'jump':
      return model.pass([300, 601, 1800, 3600, 3601, 7300][wish % 6]!);
    case 'sync':
      return model.sync(1 + (wish % 6));
    case 'answer':
      return model.answer(wish);
    case 'reclaim':
      return model.reclaim(wish % 3, true);
    case 'look':
      return model.reclaim(0, false);
    case 'put':
      return model.put(wish);
    case 'remove':
      return model.remove(wish);
    case 'restart':
      return wish % 2 === 0 ? model.restart() : undefined;
    default:
      return model[what](client, wish);
  }
}

async function runAll(settings: ModelSettings, seed: number, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 250, size: 'max' }), async (steps) => {
      const model = new Model(settings);
      try {
        for (const { what, client, wish } of steps) {
          await run(model, what, client, wish);
          model.check();
        }
        await model.settle();
        model.check();
      } finally {
        model.close();
      }
    }),
    { seed, numRuns },
  );
}

const RUNS = 15;
const ALONE: ModelSettings = {
  updateMode: UpdateMode.off,
  rejectNth: 0,
  affinity: true,
  cacheThreshold: 0.25,
  capacity: 100,
  world: APART,
};
const SETTINGS: readonly (readonly [name: string, settings: ModelSettings])[] = [
  ['alone', ALONE],
  ['nothing is kept for clients that left', { ...ALONE, affinity: false, cacheThreshold: 0 }],
  ['a table with fewer rows than addresses', { ...ALONE, capacity: 7 }],
  ['with backups', { ...ALONE, updateMode: UpdateMode.record }],
  ['with a partner', { ...ALONE, updateMode: UpdateMode.await }],
  [
    'with a partner that refuses',
    { ...ALONE, updateMode: UpdateMode.await, rejectNth: 3, cacheThreshold: 0.5 },
  ],
];

const TOGETHER_SETTINGS = SETTINGS.map(
  ([name, settings]) => [`${name}, in networks and with hosts`, { ...settings, world: TOGETHER }] as const,
);

[...SETTINGS, ...TOGETHER_SETTINGS].forEach(([name, settings], index) => {
  t.test(`nobody ever disagrees: ${name}`, async (t) => {
    await runAll(settings, 100 + index, RUNS);
    t.pass(`${RUNS} runs`);
  });
});
