/** Generated orders of everything that can happen to a pair, and how one is carried out. */
import fc from 'fast-check';
import type { Action } from './model-client.ts';
import type { ModelPair, Side } from './model-pair.ts';

export type Step =
  | { readonly kind: 'load'; readonly exchanges: readonly Exchange[] }
  | { readonly kind: 'stop' | 'kill' | 'start' | 'cut' | 'heal' | 'reset'; readonly side: Side }
  | { readonly kind: 'maintenance' | 'cancel'; readonly side: Side }
  | { readonly kind: 'part' | 'join' }
  | { readonly kind: 'drift'; readonly side: Side; readonly sec: number }
  | { readonly kind: 'pass'; readonly sec: number };

interface Exchange {
  readonly client: number;
  readonly action: Action;
  readonly wish: number;
  /** Turns after which everybody goes on with something else. */
  readonly rounds: number;
}

const side = fc.constantFrom<Side>(0, 1);

const exchange: fc.Arbitrary<Exchange> = fc.record({
  client: fc.nat(13),
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Action>('renew') },
    { weight: 1, arbitrary: fc.constantFrom<Action>('reboot', 'release', 'decline', 'discover', 'move') },
  ),
  wish: fc.nat(99),
  rounds: fc.oneof(
    { weight: 4, arbitrary: fc.constant(12) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      exchanges: fc.array(exchange, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'kill' as const), side }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'heal' as const), side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('part' as const, 'join' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), side }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('maintenance' as const, 'cancel' as const), side }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('drift' as const),
      side,
      sec: fc.constantFrom(-100, -2, 0, 2, 100),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), sec: fc.constantFrom(1, 2, 4, 8, 16) }),
  },
);

/** Both servers are up and whole before the first step. */
export const order: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 4, maxLength: 24 });

/** Clocks of the two servers, in seconds ahead of the true time: less than a takeover takes. */
export const clocks: fc.Arbitrary<[number, number]> = fc.tuple(
  fc.constantFrom(0, 0, -2, 2),
  fc.constantFrom(0, 0, -2, 2),
);

export async function carryOut(pair: ModelPair, steps: readonly Step[]): Promise<void> {
  for (const each of steps) await perform(pair, each);
}

async function perform(pair: ModelPair, each: Step): Promise<void> {
  switch (each.kind) {
    case 'load':
      for (const { client, action, wish, rounds } of each.exchanges)
        await pair.exchange(pair.clients[client]!, action, wish, rounds);
      return;
    case 'stop':
      return pair.stop(each.side);
    case 'kill':
      return pair.kill(each.side);
    case 'start':
      return pair.start(each.side);
    case 'cut':
    case 'heal':
      return pair.cut(each.side, each.kind === 'heal');
    case 'part':
    case 'join':
      pair.cut(0, each.kind === 'join');
      return pair.cut(1, each.kind === 'join');
    case 'reset':
      return pair.command(each.side, 'ha-reset');
    case 'maintenance':
      // Of a partner that is alive but out of reach nobody may say that it can be shut down.
      return pair.isParted() ? undefined : pair.command(each.side, 'ha-maintenance-start');
    case 'cancel':
      return pair.command(each.side, 'ha-maintenance-cancel');
    case 'drift':
      return pair.drift(each.side, each.sec);
    case 'pass':
      return pair.pass(each.sec);
  }
}
