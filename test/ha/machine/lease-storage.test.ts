/** A server that cannot store leases leaves the service to its partner, if there is one to take it. */
import t from 'tap';
import type { HaStateName } from '../../../src/ha/machine/model.ts';
import { Machine } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const LOAD_BALANCING = relationship('load-balancing', 'server1');
const HOT_STANDBY = relationship('hot-standby', 'server1');

function fails(machine: Machine): Machine {
  machine.handlersMax = 16;
  return machine.submit({ kind: 'storage', isWell: false });
}

for (const name of ['load-balancing', 'communication-recovery', 'syncing', 'ready'] as const)
  t.test(`${name}: to waiting, silent to clients and partner`, async (t) => {
    const machine = fails(Machine.in(LOAD_BALANCING, name));
    t.equal(machine.name, 'waiting');
    t.match(machine.state.reason, /takes no leases/);
    t.notOk(machine.serviceOn);
    t.same(machine.state.scopes, []);
    t.notOk(machine.state.heartbeats);
  });

for (const name of ['partner-down', 'partner-in-maintenance'] as const)
  t.test(`${name}: nobody could take over, so it stays`, async (t) => {
    const machine = fails(Machine.in(HOT_STANDBY, name));
    t.equal(machine.name, name);
    t.ok(machine.state.heartbeats);
  });

t.test('partner-down: as soon as the partner is back and has the leases, it takes over', async (t) => {
  const machine = fails(Machine.in(HOT_STANDBY, 'partner-down'));
  machine.heartbeat('ready');
  t.equal(machine.name, 'waiting');
  t.notOk(machine.serviceOn);
  t.notOk(machine.state.heartbeats);
});

for (const name of ['terminated', 'in-maintenance'] as const)
  t.test(`${name} stays as it is`, async (t) => {
    t.equal(fails(Machine.in(HOT_STANDBY, name)).name, name satisfies HaStateName);
  });

t.test('a server without a partner stays: backup and passive-backup', async (t) => {
  const alone = relationship('passive-backup', 'server1');
  t.equal(fails(Machine.in(alone, 'passive-backup')).name, 'passive-backup');
  const backup = relationship('load-balancing', 'server3');
  t.equal(fails(Machine.in(backup, 'backup')).name, 'backup');
});

t.test('while it lasts nothing leads out of waiting', async (t) => {
  const machine = fails(Machine.in(HOT_STANDBY, 'hot-standby'));
  machine.silence().heartbeatFailed();
  t.equal(machine.name, 'waiting');
  machine.heartbeat('partner-down');
  t.equal(machine.name, 'waiting');
});

t.test('afterwards it begins anew: what was known of the partner does not count', async (t) => {
  const machine = fails(Machine.in(HOT_STANDBY, 'hot-standby')).silence();
  machine.submit({ kind: 'storage', isWell: true });
  t.equal(machine.name, 'waiting');
  t.ok(machine.state.heartbeats);
  t.equal(machine.state.communication.partnerState, 'unknown');
  machine.heartbeatFailed();
  t.equal(machine.name, 'waiting', 'the silence is counted from now on');
  machine.heartbeat('partner-down');
  t.equal(machine.name, 'syncing');
});

t.test('a trouble that ends where nobody stood down changes nothing', async (t) => {
  const machine = fails(Machine.in(HOT_STANDBY, 'partner-down'));
  const { communication, sinceMs } = machine.state;
  machine.submit({ kind: 'storage', isWell: true });
  t.same(
    [machine.name, machine.state.communication, machine.state.sinceMs],
    ['partner-down', communication, sinceMs],
  );
});
