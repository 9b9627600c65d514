/** Properties of the pure machine under any sequence of events. */
import fc from 'fast-check';
import t from 'tap';
import type { HaHappening } from '../../../src/ha/machine/model.ts';
import { HA_STATES } from '../../../src/ha/machine/model.ts';
import { createHaSetup } from '../../../src/ha/machine/setup.ts';
import { initialState, step } from '../../../src/ha/machine/step.ts';
import { STATE_TRAITS } from '../../../src/ha/machine/traits.ts';
import { EPOCH_SEC } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const partnerState = fc.constantFrom(...HA_STATES, 'unavailable' as const);
const client = fc.integer({ min: 0, max: 40 }).map((index) => `02:${index}/`);

const happening: fc.Arbitrary<HaHappening> = fc.oneof(
  fc.constantFrom<HaHappening>(
    { kind: 'tick' },
    { kind: 'updates-completed' },
    { kind: 'updates-lost' },
    { kind: 'updates-refused', leases: 1, reason: 'too long' },
    { kind: 'partner-limits', clientIdBytesMax: 128 },
    { kind: 'storage', isWell: false },
    { kind: 'storage', isWell: true },
    { kind: 'reset-requested' },
    { kind: 'continue-requested' },
    { kind: 'sync-complete-notified', outlasted: false, follows: false },
    { kind: 'partner-failed', reason: 'refused' },
    { kind: 'heartbeat-failed', sentMs: 0, reason: 'refused' },
    { kind: 'maintenance-started', partner: 'accepted' },
    { kind: 'maintenance-started', partner: 'offline' },
    { kind: 'scopes-requested', scopes: ['server2', 'server1'] },
  ),
  fc.record({
    kind: fc.constant('operation-finished' as const),
    id: fc.integer({ min: 1, max: 5 }),
    ok: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('updates-rejected' as const), clients: fc.array(client) }),
  fc.record({ kind: fc.constant('updates-confirmed' as const), clients: fc.array(client) }),
  fc.record({
    kind: fc.constant('updates-unsent' as const),
    transactions: fc.integer({ min: 0, max: 1000 }),
  }),
  fc.record({
    kind: fc.constant('observed' as const),
    clients: fc.array(fc.record({ client, waitedMs: fc.integer({ min: 0, max: 65_535_000 }) })),
  }),
  fc.record({ kind: fc.constant('maintenance-cancelled' as const), partnerState: fc.option(partnerState) }),
  fc.record({
    kind: fc.constant('maintenance-notified' as const),
    cancel: fc.boolean(),
    partnerState: fc.option(partnerState),
  }),
  fc.record({
    kind: fc.constant('heartbeat-answered' as const),
    sentMs: fc.constant(0),
    nowUtcSec: fc.constant(EPOCH_SEC),
    report: fc.record({
      state: partnerState,
      timeSec: fc.integer({ min: EPOCH_SEC - 70, max: EPOCH_SEC + 70 }),
      scopes: fc.constant([]),
      unsentUpdates: fc.option(fc.integer({ min: 0, max: 3 })),
      givesBack: fc.boolean(),
    }),
  }),
);

const surroundings = fc.record({
  waitMs: fc.integer({ min: 0, max: 40_000 }),
  heldByOthers: fc.boolean(),
  backlog: fc.record({ length: fc.integer({ min: 0, max: 3 }), overflown: fc.boolean() }),
});

const config = fc.oneof(
  fc.constantFrom('server1', 'server2', 'server3').map((name) => relationship('load-balancing', name)),
  fc
    .constantFrom('server1', 'server2')
    .map((name) => relationship('hot-standby', name, { maxUnackedClients: 0 })),
  fc.constantFrom('server1', 'server2').map((name) =>
    relationship('load-balancing', name, {
      syncLeases: false,
      pauses: { ready: 'once', 'partner-down': 'always' },
    }),
  ),
  fc.constant(relationship('passive-backup', 'server1')),
);

t.test(
  'no sequence of events throws, changes an older state, or leaves the machine inconsistent',
  async (t) => {
    fc.assert(
      fc.property(
        config,
        fc.array(fc.tuple(happening, surroundings), { maxLength: 60 }),
        (relation, events) => {
          let state = initialState(createHaSetup(relation), 0);
          let nowMs = 0;
          let localHold = true;
          const started = [
            { kind: 'started' } as const,
            { waitMs: 0, heldByOthers: false, backlog: { length: 0, overflown: false } },
          ] as const;
          for (const [what, around] of [started, ...events]) {
            nowMs += around.waitMs;
            const event = {
              ...what,
              nowMs,
              heldByOthers: around.heldByOthers,
              serviceOn: !localHold && !around.heldByOthers,
              backlog: around.backlog,
            };
            const before = summary(state);
            const frozen = deepFreeze(state);
            const next = step(frozen, deepFreeze(event));
            const again = step(frozen, event);
            if (summary(next.state) !== summary(again.state)) throw new Error('two answers to one question');
            // Freezing does not reach into Maps.
            if (summary(frozen) !== before) throw new Error('the older state was changed');
            for (const effect of next.effects) if (effect.kind === 'set-service') localHold = !effect.on;
            check(next.state, localHold, next.effects.length);
            state = next.state;
          }
        },
      ),
      { seed: 2026, numRuns: 300 },
    );
    t.pass();
  },
);

type State = ReturnType<typeof initialState>;

function check(state: State, localHold: boolean, effectCount: number): void {
  const traits = STATE_TRAITS[state.name];
  const problems: string[] = [];
  if (effectCount > 60) problems.push('too many effects');
  if (state.partnerUpdates !== traits.partnerUpdates) problems.push('update mode of another state');
  if (!traits.service && !localHold) problems.push('service on in a silent state');
  if (state.syncNotified !== null && state.name !== 'partner-down')
    problems.push('notified outside partner-down');
  if (state.operation?.kind === 'sync' && state.name !== 'syncing')
    problems.push('synchronizing outside syncing');
  if (state.operation !== null && state.operation.kind !== 'sync' && state.name !== 'communication-recovery')
    problems.push('recovering outside communication-recovery');
  if (state.heartbeats && (state.setup.partner === null || traits.heartbeats === 'stop'))
    problems.push('heartbeats to nobody');
  if (problems.length > 0) throw new Error(`${state.name}: ${problems.join(', ')}`);
}

function summary(state: State): string {
  const { setup, ...rest } = state;
  return JSON.stringify(rest, (_key, value: unknown) => {
    if (value instanceof Map) return [...value];
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
