/** The hand-over: what a partner that follows by its stream must have before this server leaves partner-down. */
import t from 'tap';
import { partnerDown } from '../../../src/ha/machine/states/partner-down.ts';
import type { PartnerUpdates } from '../../../src/peer/model.ts';
import { Machine } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const lb = relationship('load-balancing', 'server1');

/** In partner-down, with a partner that has said that its synchronization is complete. */
function synchronized(follows: boolean, config = lb): Machine {
  const machine = Machine.in(config, 'partner-down');
  return machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows });
}

/** The hand-over to a followed partner has begun. */
function handingOver(): Machine {
  return synchronized(true).heartbeat('ready');
}

/** What the last event changed of where updates go. */
function modes(machine: Machine): PartnerUpdates[] {
  return machine.effects.flatMap((effect) => (effect.kind === 'set-partner-updates' ? [effect.mode] : []));
}

/** Partner-down, where nobody's answer waits for the partner and nothing is under way. */
const ALONE = { name: 'partner-down', partnerUpdates: 'withhold', operation: null } as const;

t.test(
  'a followed partner that is ready is waited for first, and the state does not change yet',
  async (t) => {
    const machine = handingOver();
    t.match(machine.state, {
      name: 'partner-down',
      partnerUpdates: 'send',
      operation: { kind: 'hand-over' },
    });
    t.equal(machine.effect('hand-over')?.id, machine.state.operation?.id);
    t.same(modes(machine), ['send']);
    t.ok(machine.serviceOn, 'clients are answered meanwhile');
    t.same(machine.heartbeat('ready').effects, [], 'it is begun once');
    t.equal(machine.name, 'partner-down');
  },
);

t.test('it leads to the normal state when the partner has everything', async (t) => {
  for (const [config, normal] of [
    [lb, 'load-balancing'],
    [relationship('hot-standby', 'server1'), 'hot-standby'],
  ] as const) {
    const machine = synchronized(true, config).heartbeat('ready').finish(true);
    t.match(machine.state, { name: normal, partnerUpdates: 'send', operation: null, isFollowed: false });
    t.equal(modes(machine).at(-1), 'send');
    t.notOk(machine.has('send-reset'));
  }
});

t.test(
  'a partner that has not got everything is told to synchronize anew, and nobody waits for it',
  async (t) => {
    const machine = handingOver().finish(false);
    t.match(machine.state, {
      name: 'partner-down',
      partnerUpdates: 'withhold',
      operation: { kind: 'reset' },
    });
    t.same(modes(machine), ['withhold']);
    t.ok(machine.has('send-reset'));
    machine.finish(true).heartbeat('syncing');
    machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: true });
    t.ok(machine.heartbeat('ready').has('hand-over'), 'and then it is handed over to');
    t.equal(machine.finish(true).name, 'load-balancing');
  },
);

t.test('a reset that the partner did not take is sent again before anything is handed over', async (t) => {
  const machine = handingOver().finish(false).finish(false).heartbeat('ready');
  t.ok(machine.has('send-reset'));
  t.notOk(machine.has('hand-over'));
});

t.test('a partner that is not ready meanwhile is not waited for any more, until it is again', async (t) => {
  for (const leaves of [
    (machine: Machine) => machine.heartbeatFailed(),
    (machine: Machine) => machine.heartbeat('waiting'),
    (machine: Machine) => machine.heartbeat('load-balancing'),
  ]) {
    const machine = handingOver();
    const id = machine.state.operation?.id ?? 0;
    leaves(machine);
    t.match(machine.state, ALONE);
    t.same(modes(machine), ['withhold']);
    machine.submit({ kind: 'operation-finished', id, ok: true });
    t.match(machine.state, ALONE, 'what that one comes to is of no interest any more');
    t.ok(machine.heartbeat('ready').has('hand-over'));
    t.not(machine.state.operation?.id, id);
    t.same(modes(machine), ['send']);
    t.equal(machine.finish(true).name, 'load-balancing');
  }
});

t.test('a partner that fails shortly before the end of it does not lead to the normal state', async (t) => {
  const machine = handingOver().submit({ kind: 'partner-failed', reason: 'refused' }).finish(true);
  t.match(machine.state, ALONE);
});

t.test('a partner that has served alone as well ends it, and both start again', async (t) => {
  const machine = handingOver().heartbeat('partner-down');
  t.match(machine.state, { name: 'waiting', partnerUpdates: 'withhold', operation: null, isFollowed: false });
});

t.test('a paused machine hands nothing over before ha-continue, and then does', async (t) => {
  const machine = new Machine({ ...lb, pauses: { 'partner-down': 'always' } }).start();
  machine.heartbeatFailed().silence().heartbeatFailed();
  machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: true }).heartbeat('ready');
  t.match(machine.state, ALONE);
  t.notOk(machine.has('hand-over'));
  machine.submit({ kind: 'continue-requested' });
  t.equal(machine.name, 'partner-down');
  t.match(machine.heartbeat('ready').state, { name: 'partner-down', operation: { kind: 'hand-over' } });
  t.equal(machine.finish(true).name, 'load-balancing');
});

t.test('what was handed over to a machine that may not leave is handed over once more', async (t) => {
  const machine = handingOver();
  machine.state = { ...machine.state, paused: true };
  machine.finish(true);
  t.match(machine.state, ALONE, 'from then on leases are given without the partner again');
  machine.submit({ kind: 'continue-requested' }).heartbeat('ready');
  t.match(machine.state, { name: 'partner-down', operation: { kind: 'hand-over' } });
  t.equal(machine.finish(true).name, 'load-balancing');
});

t.test('a partner that is not followed needs none: the service was held for it', async (t) => {
  const machine = synchronized(false);
  t.notOk(machine.serviceOn);
  machine.heartbeat('ready');
  t.equal(machine.name, 'load-balancing');
  t.notOk(machine.has('hand-over'));
  const never = Machine.in(lb, 'partner-down').heartbeat('ready');
  t.equal(never.name, 'load-balancing', 'nor one that has not synchronized at all');
});

t.test('the last word of the partner counts: synchronized once more without its stream', async (t) => {
  const machine = handingOver();
  machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: false }).heartbeat('ready');
  t.match(machine.state, { name: 'load-balancing', operation: null });
});

t.test('only for the time in partner-down it is known that the partner follows', async (t) => {
  const machine = handingOver().finish(true);
  machine.heartbeatFailed().silence().clients(100).heartbeatFailed();
  t.match(machine.state, { name: 'partner-down', isFollowed: false });
  const elsewhere = Machine.in(lb, 'load-balancing');
  elsewhere.submit({ kind: 'sync-complete-notified', outlasted: false, follows: true });
  t.equal(elsewhere.state.isFollowed, false);
});

t.test('a lease that did not go to the partner meanwhile makes it synchronize anew', async (t) => {
  const machine = handingOver().submit({ kind: 'updates-unsent', transactions: 1 });
  t.notOk(machine.heartbeat('ready').has('send-reset'), 'one operation at a time');
  machine.finish(true);
  t.match(machine.state, { name: 'partner-down', partnerUpdates: 'withhold', operation: { kind: 'reset' } });
  t.ok(machine.has('send-reset'));
});

t.test('ha-why says what is waited for', async (t) => {
  const machine = handingOver();
  const view = () => ({
    setup: machine.state.setup,
    state: machine.state,
    nowMs: machine.nowMs,
    serviceOn: machine.serviceOn,
    backlog: machine.backlog,
  });
  t.same(partnerDown.waitsFor(view()), [
    'load-balancing: the last leases that were given alone are on their way to server2',
  ]);
  machine.heartbeatFailed();
  t.match(partnerDown.waitsFor(view()), [/^load-balancing: server2 must come back/]);
});
