/** Conformance scenarios 32 to 36 as far as the machine alone decides; the commands are tested in commands.test.ts. */
import t from 'tap';
import {
  mayCancelMaintenance,
  mayEnterMaintenance,
  mayStartMaintenance,
} from '../../src/ha/machine/maintenance.ts';
import { HA_STATES } from '../../src/ha/machine/model.ts';
import { Machine } from './support/machine.ts';
import { relationship } from './support/relationship.ts';

const lb = relationship('load-balancing', 'server1');
const hs = relationship('hot-standby', 'server1');

t.test('[scenario 32] a notify leads to in-maintenance, its cancellation back', async (t) => {
  for (const own of ['waiting', 'ready', 'syncing', 'partner-down', 'load-balancing'] as const) {
    const machine = Machine.in(lb, own);
    machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: 'load-balancing' });
    t.equal(machine.name, 'in-maintenance');
    t.equal(machine.state.communication.partnerState, 'load-balancing');
    machine.submit({ kind: 'maintenance-notified', cancel: true, partnerState: 'partner-down' });
    t.equal(machine.name, own, 'the partner state is not acted upon in this run');
    t.equal(machine.state.communication.partnerState, 'partner-down');
  }
  const machine = Machine.in(hs, 'hot-standby');
  machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: null });
  machine.submit({ kind: 'maintenance-notified', cancel: true, partnerState: null });
  t.equal(machine.name, 'hot-standby');
  t.equal(machine.state.communication.partnerState, 'unavailable', 'no announced state means unavailable');
});

t.test('[scenario 33] which servers may not be shut down', async (t) => {
  const refused = HA_STATES.filter((name) => !mayEnterMaintenance(Machine.in(lb, name).state));
  t.same(refused.toSorted(), [
    'backup',
    'communication-recovery',
    'partner-in-maintenance',
    'passive-backup',
    'terminated',
  ]);
  const machine = Machine.in(lb, 'terminated');
  machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: null });
  t.equal(machine.name, 'terminated');
});

t.test('[scenario 34] a maintenance entered from itself is cancelled to waiting', async (t) => {
  const machine = Machine.in(lb, 'load-balancing');
  machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: null });
  machine.submit({ kind: 'maintenance-notified', cancel: false, partnerState: null });
  machine.submit({ kind: 'maintenance-notified', cancel: true, partnerState: null });
  t.equal(machine.name, 'waiting');
});

t.test(
  '[scenario 35] starting: accepted leads to partner-in-maintenance, nobody there to partner-down',
  async (t) => {
    const accepted = Machine.in(lb, 'load-balancing').submit({
      kind: 'maintenance-started',
      partner: 'accepted',
    });
    t.equal(accepted.name, 'partner-in-maintenance');
    t.equal(accepted.state.partnerUpdates, 'send');
    const offline = Machine.in(lb, 'load-balancing').submit({
      kind: 'maintenance-started',
      partner: 'offline',
    });
    t.equal(offline.name, 'partner-down');
    t.equal(offline.state.communication.partnerState, 'unavailable');
    const refused = HA_STATES.filter((name) => !mayStartMaintenance(Machine.in(lb, name).state));
    t.same(refused.toSorted(), [
      'backup',
      'in-maintenance',
      'partner-in-maintenance',
      'passive-backup',
      'terminated',
    ]);
  },
);

t.test('[scenario 35] the partner vanishes: partner-down at once', async (t) => {
  const machine = Machine.in(lb, 'partner-in-maintenance').heartbeat('in-maintenance');
  t.equal(machine.name, 'partner-in-maintenance');
  t.equal(
    machine.submit({ kind: 'partner-failed', reason: 'refused' }).submit({ kind: 'updates-completed' }).name,
    'partner-down',
  );
});

t.test(
  '[scenario 36] cancelling: the partner state of the reply is kept, none means unavailable',
  async (t) => {
    const machine = Machine.in(lb, 'load-balancing').submit({
      kind: 'maintenance-started',
      partner: 'accepted',
    });
    machine.submit({ kind: 'maintenance-cancelled', partnerState: 'partner-down' });
    t.equal(machine.name, 'load-balancing');
    t.equal(machine.state.communication.partnerState, 'partner-down', 'not acted upon in this run');
    const old = Machine.in(lb, 'load-balancing').submit({ kind: 'maintenance-started', partner: 'accepted' });
    old.submit({ kind: 'maintenance-cancelled', partnerState: null });
    t.equal(old.state.communication.partnerState, 'unavailable');
  },
);

t.test('[scenario 36] a state before that was partner-in-maintenance too leads to waiting', async (t) => {
  const machine = Machine.in(lb, 'partner-in-maintenance');
  machine.state = { ...machine.state, previous: 'partner-in-maintenance' };
  t.ok(mayCancelMaintenance(machine.state));
  machine.submit({ kind: 'maintenance-cancelled', partnerState: 'load-balancing' });
  t.equal(machine.name, 'waiting');
});

t.test('a server that sees its partner begin a maintenance takes the other part', async (t) => {
  t.equal(Machine.in(lb, 'load-balancing').heartbeat('in-maintenance').name, 'partner-in-maintenance');
  t.equal(Machine.in(lb, 'load-balancing').heartbeat('partner-in-maintenance').name, 'in-maintenance');
});
