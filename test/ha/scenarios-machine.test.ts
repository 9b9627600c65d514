/** Conformance scenarios 2 to 31: the state machine. Each runs exactly one state's logic an event, unless it says otherwise. */
import t from 'tap';
import type { HaRelationshipConfig } from '../../src/config/ha-model.ts';
import type { HaStateName } from '../../src/ha/machine/model.ts';
import { enter, openRun } from '../../src/ha/machine/run.ts';
import { STATE_TRAITS } from '../../src/ha/machine/traits.ts';
import { parseRfc1123 } from '../../src/ha/wire/heartbeat.ts';
import { EPOCH_SEC, Machine } from './support/machine.ts';
import { relationship, withoutAutoFailover } from './support/relationship.ts';

const lb = relationship('load-balancing', 'server1');
const lb2 = relationship('load-balancing', 'server2');
const hs = relationship('hot-standby', 'server1');
const standby = relationship('hot-standby', 'server2');
const BOTH = ['server1', 'server2'];

t.test('[scenario 2] silence alone is no partner-down where traffic can be watched', async (t) => {
  for (const [config, own, un] of [
    [lb, 'load-balancing', 'communication-recovery'],
    [lb2, 'communication-recovery', 'communication-recovery'],
    [standby, 'hot-standby', 'hot-standby'],
  ] as const) {
    const machine = Machine.in(config, own).silence(1_000_000).heartbeatFailed();
    t.equal(machine.name, un);
    machine.clients(100).heartbeatFailed();
    t.equal(machine.name, 'partner-down');
  }
});

t.test(
  '[scenario 2] silence alone is partner-down on the hot-standby primary and while the service is off',
  async (t) => {
    t.equal(Machine.in(hs, 'hot-standby').silence().heartbeatFailed().name, 'partner-down');
    t.equal(Machine.in(lb, 'ready').silence().heartbeatFailed().name, 'partner-down');
    const held = Machine.in(lb, 'load-balancing');
    held.remoteHold = true;
    t.equal(
      held.silence().heartbeatFailed().name,
      'partner-down',
      'the service is held off by another origin',
    );
  },
);

t.test('[scenario 2] exactly max-response-delay is not yet interrupted', async (t) => {
  t.equal(Machine.in(hs, 'hot-standby').silence(60_000).heartbeatFailed().name, 'hot-standby');
  t.equal(Machine.in(hs, 'hot-standby').silence(60_001).heartbeatFailed().name, 'partner-down');
});

t.test('[scenarios 3, 4, 5] a lonely start, the partner appears, fails and dies', async (t) => {
  const machine = new Machine({ ...lb, syncLeases: false }).start();
  t.equal(machine.name, 'waiting');
  t.equal(machine.heartbeatFailed().name, 'waiting');
  t.equal(machine.silence().heartbeatFailed().name, 'partner-down');
  t.equal(machine.heartbeat('ready', { unsent: 10 }).name, 'waiting');
  t.equal(machine.heartbeat('ready', { unsent: 10 }).name, 'ready');
  t.equal(machine.heartbeat('ready', { unsent: 10 }).name, 'load-balancing');
  t.equal(machine.heartbeatFailed().name, 'communication-recovery');
  t.equal(machine.heartbeatFailed().name, 'communication-recovery');
  t.notOk(machine.state.observing, 'not interrupted yet');
  t.equal(machine.silence().heartbeatFailed().name, 'communication-recovery');
  t.ok(machine.state.observing, 'interrupted, and nobody has missed the partner');
  t.equal(machine.clients(11).heartbeatFailed().name, 'partner-down');
});

t.test(
  '[scenario 6] partner-down stays when the partner is back in its normal state, and forgets its clients',
  async (t) => {
    for (const [config, partner] of [
      [lb, 'load-balancing'],
      [hs, 'hot-standby'],
    ] as const) {
      const machine = Machine.in(config, 'partner-down').silence().clients(5);
      t.equal(machine.state.unacked.unacked.size, 5);
      machine.heartbeat(partner);
      t.equal(machine.name, 'partner-down');
      t.equal(machine.state.unacked.unacked.size, 0);
      t.equal(machine.state.unacked.analyzedCount, 0);
      t.equal(machine.state.unacked.connecting.size, 0);
      const other = Machine.in({ ...config, thisServerName: 'server2' }, partner).heartbeat(machine.name);
      t.equal(other.name, 'waiting', 'the partner sees partner-down here and starts again');
    }
  },
);

t.test('[scenario 7] the standby needs silence and unanswered clients', async (t) => {
  const machine = Machine.in(standby, 'hot-standby').heartbeatFailed();
  t.equal(machine.name, 'hot-standby');
  t.equal(machine.silence().heartbeatFailed().name, 'hot-standby');
  t.equal(machine.clients(11).heartbeatFailed().name, 'partner-down');
});

t.test('[scenario 8] load-balancing, partner offline and back', async (t) => {
  const machine = Machine.in(lb, 'load-balancing').heartbeatFailed();
  t.equal(machine.name, 'communication-recovery');
  t.equal(machine.heartbeat('load-balancing').name, 'load-balancing');
});

t.test('[scenario 9] a failed synchronization is repeated until it works', async (t) => {
  const machine = new Machine(lb2).start().heartbeat('partner-down');
  t.equal(machine.name, 'syncing');
  machine
    .heartbeat('partner-down')
    .submit({ kind: 'partner-failed', reason: 'malformed page' })
    .finish(false);
  t.equal(machine.name, 'syncing');
  t.equal(machine.heartbeat('partner-down').finish(true).name, 'ready');
  t.equal(machine.heartbeat('partner-down').name, 'ready');
  t.equal(machine.heartbeat('load-balancing').name, 'load-balancing');
});

t.test('[scenario 10] concurrent start, primary', async (t) => {
  const machine = new Machine(lb).start().heartbeat('waiting');
  t.equal(machine.name, 'syncing');
  t.equal(machine.heartbeat('waiting').finish(true).name, 'ready');
  t.equal(machine.heartbeat('syncing').name, 'ready');
  t.equal(machine.heartbeat('ready').name, 'load-balancing');
  t.equal(machine.heartbeat('load-balancing').name, 'load-balancing');
});

t.test('[scenario 11] concurrent start, secondary', async (t) => {
  const machine = new Machine(lb2).start().heartbeat('waiting');
  t.equal(machine.name, 'waiting');
  t.equal(machine.heartbeat('syncing').name, 'waiting');
  t.equal(machine.heartbeat('ready').name, 'syncing');
  t.equal(machine.heartbeat('ready').finish(true).name, 'ready');
  t.equal(machine.heartbeat('load-balancing').name, 'load-balancing');
});

t.test('[scenario 12] without sync-leases the way from waiting leads to ready', async (t) => {
  for (const server of BOTH) {
    for (const partner of ['load-balancing', 'partner-down', 'ready'] as const)
      t.equal(
        Machine.in(relationship('load-balancing', server, { syncLeases: false }), 'waiting').heartbeat(
          partner,
        ).name,
        'ready',
      );
    for (const partner of ['hot-standby', 'partner-down', 'ready'] as const)
      t.equal(
        Machine.in(relationship('hot-standby', server, { syncLeases: false }), 'waiting').heartbeat(partner)
          .name,
        'ready',
      );
  }
});

t.test('[scenario 13] without delayed-updates-limit load-balancing stays', async (t) => {
  t.equal(
    Machine.in({ ...lb, delayedUpdatesLimit: 0 }, 'load-balancing').heartbeatFailed().name,
    'load-balancing',
  );
});

t.test('[scenario 14] a partner whose clock shows 1994 terminates', async (t) => {
  const skewSec = parseRfc1123('Sun, 06 Nov 1994 08:49:37 GMT')! - EPOCH_SEC;
  for (const own of ['load-balancing', 'partner-down', 'ready', 'waiting'] as const)
    t.equal(Machine.in(lb, own).heartbeat('ready', { skewSec }).name, 'terminated');
  for (const own of ['hot-standby', 'partner-down', 'ready', 'waiting'] as const)
    t.equal(Machine.in(hs, own).heartbeat('ready', { skewSec }).name, 'terminated');
});

t.test('[scenario 15] waiting waits ten minutes for a terminated partner', async (t) => {
  const machine = new Machine(lb).start().heartbeat('terminated');
  t.equal(machine.name, 'waiting');
  machine.nowMs += 600_000;
  t.equal(machine.heartbeat('terminated').name, 'terminated');
});

t.test('[scenario 16] a skew is forgotten with the partner', async (t) => {
  const machine = Machine.in(lb, 'load-balancing');
  machine.handlersMax = 0;
  machine.heartbeat('load-balancing', { skewSec: 65 });
  machine.handlersMax = 1;
  t.equal(machine.heartbeatFailed().name, 'communication-recovery');
});

t.test('[scenario 17] a hundred rejected updates terminate load-balancing', async (t) => {
  const machine = Machine.in(lb, 'load-balancing');
  const clients = Array.from({ length: 100 }, (_, index) => `02:${index}/`);
  t.ok(machine.submit({ kind: 'updates-rejected', clients }).has('track-confirmed'));
  t.equal(machine.heartbeat('load-balancing').name, 'terminated');
});

const AROUND = { serviceOn: true, heldByOthers: false, backlog: { length: 0, overflown: false } };

t.test('[scenario 18] which states forget rejected updates', async (t) => {
  const forgets = (Object.keys(STATE_TRAITS) as HaStateName[]).filter(
    (name) => STATE_TRAITS[name].forgetsRejected,
  );
  t.same(forgets.sort(), ['partner-down', 'ready', 'syncing', 'terminated', 'waiting']);
  for (const name of Object.keys(STATE_TRAITS) as HaStateName[]) {
    const before = Machine.in(lb, 'load-balancing').submit({ kind: 'updates-rejected', clients: ['a/'] });
    const event = { ...AROUND, kind: 'tick', nowMs: before.nowMs } as const;
    const run = openRun({ ...before.state, name }, event);
    enter(run);
    t.equal(run.state.rejected.records.size, forgets.includes(name) ? 0 : 1, name);
  }
  const machine = Machine.in(lb, 'load-balancing').submit({
    kind: 'updates-rejected',
    clients: ['a/', 'b/'],
  });
  machine.heartbeatFailed();
  t.equal(machine.name, 'communication-recovery');
  t.equal(machine.state.rejected.records.size, 2);
  machine.heartbeat('partner-down');
  t.equal(machine.name, 'waiting');
  t.equal(machine.state.rejected.records.size, 0);
  t.same(machine.effect('track-confirmed'), { kind: 'track-confirmed', on: false });
});

t.test('[scenario 19] a backup server ends in backup, silent, and stays', async (t) => {
  const machine = new Machine(relationship('load-balancing', 'server3')).start();
  t.equal(machine.name, 'backup');
  t.notOk(machine.has('start-heartbeats'));
  for (let run = 0; run < 5; run++) machine.submit({ kind: 'updates-completed' });
  t.equal(machine.name, 'backup');
  t.same(machine.state.scopes, []);
  t.notOk(machine.serviceOn);
});

t.test('[scenario 20] a passive-backup primary serves from the start', async (t) => {
  const machine = new Machine(relationship('passive-backup', 'server1')).start();
  t.equal(machine.name, 'passive-backup');
  t.same(machine.state.scopes, ['server1']);
  t.ok(machine.serviceOn);
  t.notOk(machine.state.heartbeats);
  t.equal(machine.submit({ kind: 'updates-completed' }).name, 'passive-backup');
});

t.test('[scenario 21] syncing does not try while the partner is unavailable', async (t) => {
  const machine = Machine.in(lb, 'syncing').heartbeatFailed();
  t.notOk(machine.has('start-sync'));
  t.equal(machine.name, 'syncing');
  t.ok(machine.heartbeat('ready').has('start-sync'));
  t.equal(machine.finish(true).name, 'ready');
});

t.test('[scenario 22] a pause stops transitions, not heartbeats', async (t) => {
  for (const [own, partner] of [
    ['load-balancing', 'partner-down'],
    ['partner-down', 'ready'],
    ['ready', 'load-balancing'],
    ['waiting', 'ready'],
    ['syncing', 'ready'],
  ] as const) {
    const machine = new Machine({ ...lb, pauses: { [own]: 'always' } }).start();
    if (own !== 'waiting') {
      machine.handlersMax = 16;
      reach(machine, own);
      machine.handlersMax = 1;
    }
    t.ok(machine.state.paused, `${own} pauses on entry`);
    t.ok(machine.state.heartbeats);
    machine.heartbeat(partner);
    t.equal(machine.name, own);
    t.notOk(machine.has('start-sync'));
    machine.submit({ kind: 'continue-requested' });
    t.equal(machine.name, own, 'ha-continue itself makes no transition');
    machine.heartbeat(partner);
    t.ok(machine.name !== own || machine.has('start-sync'), 'the next event goes on');
  }
});

/** Leads a started load-balancing primary into a state. */
function reach(machine: Machine, name: HaStateName): void {
  if (name === 'partner-down') {
    machine.heartbeatFailed().silence().heartbeatFailed();
    return;
  }
  machine.heartbeat('waiting');
  if (name === 'syncing') return;
  machine.finish(true);
  if (name === 'ready') return;
  machine.heartbeat('ready');
}

t.test('[scenario 22] `once` pauses once, `never` never', async (t) => {
  const machine = new Machine({ ...lb, pauses: { waiting: 'once', ready: 'never' } }).start();
  t.ok(machine.state.paused);
  machine.submit({ kind: 'continue-requested' }).heartbeat('ready');
  t.equal(machine.name, 'syncing');
  machine.submit({ kind: 'reset-requested' });
  t.notOk(machine.state.paused);
});

t.test('[scenario 22] commanded transitions happen while paused, and the pause remains', async (t) => {
  const machine = new Machine({ ...lb, pauses: { 'load-balancing': 'always' } }).start();
  machine.handlersMax = 16;
  reach(machine, 'load-balancing');
  machine.submit({ kind: 'reset-requested' });
  t.equal(machine.name, 'waiting');
  t.ok(machine.state.paused);
});

interface Served {
  readonly scopes: readonly string[];
  readonly serviceOn: boolean;
}

function servedAfter(machine: Machine): Served {
  return { scopes: machine.state.scopes, serviceOn: machine.serviceOn };
}

const silent: Served = { scopes: [], serviceOn: false };
const both: Served = { scopes: ['server1', 'server2'], serviceOn: true };
const first: Served = { scopes: ['server1'], serviceOn: true };

t.test('[scenario 23] scopes of a load-balancing primary', async (t) => {
  t.same(servedAfter(Machine.in(lb, 'ready').heartbeat('load-balancing')), first);
  t.same(servedAfter(Machine.in(lb, 'load-balancing').heartbeat('terminated')), first);
  t.same(servedAfter(Machine.in(lb, 'ready').silence().heartbeatFailed()), both);
  t.same(servedAfter(Machine.in(lb, 'load-balancing').heartbeat('in-maintenance')), both);
  t.same(servedAfter(Machine.in(lb, 'load-balancing').heartbeat('partner-in-maintenance')), silent);
  t.same(servedAfter(Machine.in(lb, 'load-balancing').heartbeat('partner-down')), silent);
  t.same(servedAfter(new Machine({ ...lb, syncLeases: false }).start().heartbeat('ready')), silent);
});

t.test(
  '[scenario 24] auto-failover false: own scope in partner-down, all when maintenance asked for it',
  async (t) => {
    const config = withoutAutoFailover(lb);
    t.same(servedAfter(Machine.in(config, 'ready').silence().heartbeatFailed()), first);
    t.same(servedAfter(Machine.in(config, 'load-balancing').heartbeat('in-maintenance')), both);
    t.same(servedAfter(Machine.in(config, 'partner-in-maintenance').heartbeatFailed()), first);
    t.same(
      servedAfter(
        Machine.in(config, 'load-balancing').submit({ kind: 'maintenance-started', partner: 'offline' }),
      ),
      both,
    );
    t.same(
      servedAfter(
        Machine.in(config, 'partner-down').submit({ kind: 'maintenance-started', partner: 'offline' }),
      ),
      both,
    );
  },
);

t.test('[scenario 25] scopes in hot-standby', async (t) => {
  const noScope: Served = { scopes: [], serviceOn: true };
  t.same(servedAfter(Machine.in(hs, 'ready').heartbeat('hot-standby')), first);
  t.same(servedAfter(Machine.in(hs, 'hot-standby').heartbeat('terminated')), first);
  t.same(servedAfter(Machine.in(hs, 'hot-standby').silence().heartbeatFailed()), first);
  t.same(servedAfter(Machine.in(hs, 'hot-standby').heartbeat('in-maintenance')), first);
  t.same(servedAfter(Machine.in(standby, 'ready').heartbeat('hot-standby')), noScope);
  t.same(servedAfter(Machine.in(standby, 'hot-standby').heartbeat('terminated')), noScope);
  t.same(servedAfter(Machine.in(standby, 'ready').silence().heartbeatFailed()), first);
  t.same(servedAfter(Machine.in(standby, 'hot-standby').heartbeat('in-maintenance')), first);
  const manual = withoutAutoFailover(standby);
  t.same(servedAfter(Machine.in(manual, 'ready').silence().heartbeatFailed()), noScope);
  t.same(servedAfter(Machine.in(manual, 'hot-standby').heartbeat('in-maintenance')), first);
});

t.test('[scenarios 26, 27] where updates for the partner go, by state', async (t) => {
  const modes = Object.fromEntries(
    Object.entries(STATE_TRAITS).map(([name, traits]) => [name, traits.partnerUpdates]),
  );
  t.same(modes, {
    waiting: 'withhold',
    syncing: 'withhold',
    ready: 'withhold',
    'load-balancing': 'send',
    'hot-standby': 'send',
    'partner-down': 'withhold',
    'communication-recovery': 'queue',
    'in-maintenance': 'withhold',
    'partner-in-maintenance': 'send',
    'passive-backup': 'withhold',
    backup: 'withhold',
    terminated: 'withhold',
  });
  const machine = Machine.in(lb, 'ready').heartbeat('load-balancing');
  t.same(machine.effect('set-partner-updates'), { kind: 'set-partner-updates', mode: 'send' });
});

t.test('[scenario 28] heartbeats run in every state with a partner but terminated', async (t) => {
  const machine = new Machine(lb).start();
  t.ok(machine.has('start-heartbeats'));
  machine.heartbeat('terminated');
  machine.nowMs += 600_000;
  t.ok(machine.heartbeat('terminated').has('stop-heartbeats'));
  t.ok(machine.submit({ kind: 'reset-requested' }).has('start-heartbeats'), 'a reset starts them again');
  for (const name of [
    'load-balancing',
    'hot-standby',
    'communication-recovery',
    'in-maintenance',
    'partner-down',
    'partner-in-maintenance',
    'ready',
    'waiting',
  ] as const)
    t.equal(STATE_TRAITS[name].heartbeats, 'send');
});

t.test('[scenario 29] a reset leads to waiting, where it changes nothing', async (t) => {
  const machine = Machine.in(lb, 'load-balancing').submit({ kind: 'reset-requested' });
  t.equal(machine.name, 'waiting');
  machine.submit({ kind: 'reset-requested' });
  t.equal(machine.name, 'waiting');
  t.same(machine.effects, []);
});

t.test(
  '[scenario 29] a reset runs one state only: the partner known as working leads to syncing at once',
  async (t) => {
    const machine = Machine.in(lb, 'load-balancing').heartbeat('load-balancing');
    machine.handlersMax = 16;
    machine.submit({ kind: 'reset-requested' });
    t.equal(machine.name, 'syncing');
    t.notOk(machine.has('start-sync'), 'the synchronization waits for the next event');
  },
);

t.test(
  '[scenario 30] sync-complete-notify in partner-down holds the service until a heartbeat',
  async (t) => {
    const machine = Machine.in(lb, 'partner-down');
    machine.remoteHold = true;
    machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: false });
    machine.remoteHold = false;
    t.notOk(machine.serviceOn);
    t.same(servedAfter(machine.heartbeatFailed()), { scopes: machine.state.scopes, serviceOn: true });
    t.equal(machine.name, 'partner-down');

    machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: false }).heartbeat('ready');
    t.equal(machine.name, 'load-balancing');
    t.ok(machine.serviceOn);
  },
);

t.test(
  '[scenario 30] heartbeats sent before the notify say nothing; a partner still syncing is spared once',
  async (t) => {
    const machine = Machine.in(lb, 'partner-down').submit({
      kind: 'sync-complete-notified',
      outlasted: false,
      follows: false,
    });
    machine.nowMs += 1000;
    machine.submit({ kind: 'heartbeat-failed', sentMs: machine.nowMs - 2000, reason: 'timed out' });
    t.notOk(machine.serviceOn);
    machine.heartbeat('syncing');
    t.notOk(machine.serviceOn);
    machine.heartbeat('syncing');
    t.ok(machine.serviceOn);
  },
);

t.test('[scenario 30] in other states sync-complete-notify changes nothing of the machine', async (t) => {
  t.same(
    Machine.in(lb, 'load-balancing').submit({
      kind: 'sync-complete-notified',
      outlasted: false,
      follows: false,
    }).effects,
    [],
  );
});

t.test('one heartbeat carries the machine through several states', async (t) => {
  const machine = new Machine(lb2).start();
  machine.handlersMax = 16;
  machine.heartbeat('load-balancing');
  t.ok(machine.has('start-sync'), 'waiting, syncing');
  t.equal(machine.finish(true).name, 'load-balancing', 'ready, load-balancing');
});

/** In load balancing again after updates were lost and both synchronized, or only this server. */
function afterLostUpdates(config: HaRelationshipConfig, partnerSynchronized: boolean): Machine {
  const machine = Machine.in(config, 'communication-recovery');
  machine.handlersMax = 16;
  machine.backlog = { length: 100, overflown: true };
  machine.heartbeat('communication-recovery').finish(true);
  if (machine.name === 'syncing') machine.finish(true);
  if (partnerSynchronized)
    machine.submit({ kind: 'sync-complete-notified', outlasted: false, follows: false });
  return machine.heartbeat('load-balancing');
}

t.test('a partner that took a reset and did not synchronize is reset once more', async (t) => {
  const machine = afterLostUpdates(lb, false);
  t.equal(machine.name, 'load-balancing');
  t.ok(machine.has('send-reset'));
  t.notOk(machine.heartbeat('load-balancing').has('send-reset'), 'one at a time');
  t.equal(machine.finish(true).name, 'load-balancing');
  t.notOk(machine.heartbeat('load-balancing').has('send-reset'), 'and no third time');
  t.notOk(afterLostUpdates(lb, true).has('send-reset'), 'one that did is not');
  t.notOk(afterLostUpdates({ ...lb, syncLeases: false }, false).has('send-reset'), 'nor one that never does');
});

t.test('a silence that a reset has ended is not taken for a new one', async (t) => {
  const machine = Machine.in(lb, 'communication-recovery').heartbeatFailed().silence();
  machine.submit({ kind: 'reset-requested' });
  t.equal(machine.name, 'waiting');
  machine.nowMs += 1000;
  machine.submit({ kind: 'heartbeat-failed', sentMs: machine.nowMs - 2000, reason: 'timed out' });
  machine.submit({ kind: 'updates-completed' });
  t.equal(machine.name, 'waiting', 'that heartbeat was under way before');
  t.equal(machine.heartbeatFailed().name, 'partner-down', 'this one was not');
});

t.test('a long synchronization is no silence', async (t) => {
  const machine = Machine.in(lb, 'syncing').heartbeat('partner-down').silence(600_000).finish(true);
  t.equal(machine.name, 'ready');
  t.equal(
    machine.heartbeatFailed().name,
    'ready',
    'one failed heartbeat is not ten minutes without the partner',
  );
  const failed = Machine.in(lb, 'syncing').heartbeat('partner-down').silence(600_000);
  failed.submit({ kind: 'partner-failed', reason: 'refused' }).finish(false);
  t.equal(failed.heartbeatFailed().name, 'partner-down');
});

t.test('a synchronization that is no longer awaited changes nothing', async (t) => {
  const machine = Machine.in(lb, 'syncing').heartbeat('ready');
  const id = machine.state.operation?.id ?? 0;
  machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: null });
  machine.submit({ kind: 'operation-finished', id, ok: true });
  t.equal(machine.name, 'in-maintenance');
});
