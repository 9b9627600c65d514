/** Other settings for a machine that runs, and a machine that begins in the place of another. */
import t from 'tap';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { createHaSetup } from '../../../src/ha/machine/setup.ts';
import { withSetup } from '../../../src/ha/machine/step.ts';
import { Machine } from '../support/machine.ts';
import { answered, type Respond, refused, ScriptedPeer } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

/** A partner that is in the state named last. */
function partnerIn(time: VirtualTime, said: { state: string }): Respond {
  return (command) =>
    command === 'ha-heartbeat'
      ? answered(0, { state: said.state, 'date-time': new Date(time.wallMs()).toUTCString() })
      : answered(0, { leases: [], count: 0 });
}

async function pairOf(changes: Partial<HaRelationshipConfig> = {}) {
  const time = new VirtualTime();
  const said = { state: 'hot-standby' };
  const partner = new ScriptedPeer('server2', 'standby', partnerIn(time, said));
  const config = relationship('hot-standby', 'server1', { syncLeases: false, ...changes });
  const server = new Server(config, time, [partner]).start();
  await time.advance(30_000);
  if (server.state !== 'hot-standby') throw new Error(`the server is ${server.state}`);
  return { time, partner, server, config, said };
}

const heartbeats = (partner: ScriptedPeer) =>
  partner.commands.filter((command) => command === 'ha-heartbeat').length;

t.test('the state, its age, counters and holds stay', async (t) => {
  const { server, config, time } = await pairOf();
  server.service.unsent(7);
  await time.advance(1000);
  const before = server.service.why();
  server.service.retune({ ...config, maxResponseDelayMs: 5000 }, false);
  const after = server.service.why();
  t.same([after.state, after['since-seconds']], [before.state, before['since-seconds']]);
  t.equal(server.service.unsentUpdates(), 7);
  t.same(server.serviceSwitch.origins(), []);
  t.equal(server.dispatcher.modes.at(-1), 'send');
});

t.test('a heartbeat-delay counts from when the next one began to be waited for', async (t) => {
  const { server, config, time, partner } = await pairOf();
  const before = heartbeats(partner);
  await time.advance(4000);
  server.service.retune({ ...config, heartbeatDelayMs: 60_000 }, false);
  await time.advance(10_000);
  t.equal(heartbeats(partner), before);
  server.service.retune({ ...config, heartbeatDelayMs: 2000 }, false);
  await time.advance(0);
  t.equal(heartbeats(partner), before + 1, 'more than that has been waited already');
  await time.advance(6000);
  t.equal(heartbeats(partner), before + 4);
  server.service.retune({ ...config, heartbeatDelayMs: 0 }, false);
  await time.advance(60_000);
  t.equal(heartbeats(partner), before + 4, 'off');
  server.service.retune({ ...config, heartbeatDelayMs: 1000 }, false);
  await time.advance(1000);
  t.ok(heartbeats(partner) > before + 4, 'on again');
});

t.test('reloads in quick succession do not keep heartbeats from being sent', async (t) => {
  const { server, config, time, partner } = await pairOf({ heartbeatDelayMs: 1000 });
  const before = heartbeats(partner);
  for (let n = 0; n < 50; n++) {
    server.service.retune({ ...config, heartbeatDelayMs: 1000 + (n % 2) }, false);
    await time.advance(100);
  }
  t.ok(heartbeats(partner) >= before + 4, `${heartbeats(partner) - before} in 5 s`);
});

t.test('a longer max-response-delay ends an interruption, a shorter one begins it', async (t) => {
  const { server, config, time, partner } = await pairOf({ maxUnackedClients: 5 });
  partner.respond = () => refused;
  await time.advance(61_000);
  t.equal(server.policy.observeOutOfScope, true);
  server.service.retune({ ...config, maxResponseDelayMs: 300_000 }, false);
  t.equal(server.policy.observeOutOfScope, false);
  server.service.retune({ ...config, maxResponseDelayMs: 10_000 }, false);
  t.equal(server.policy.observeOutOfScope, true);
});

t.test('silence is timed by the new max-response-delay', async (t) => {
  const { server, config, time, partner } = await pairOf();
  partner.respond = () => refused;
  server.service.retune({ ...config, heartbeatDelayMs: 600_000, maxResponseDelayMs: 20_000 }, false);
  t.equal(server.policy.observeOutOfScope, false);
  await time.advance(20_001);
  t.equal(server.policy.observeOutOfScope, true);
});

t.test('records keep their clients and get the room that another limit asks for', async (t) => {
  const config = relationship('load-balancing', 'server1');
  const machine = Machine.in(config, 'load-balancing').submit({
    kind: 'updates-rejected',
    clients: ['a/', 'b/'],
  });
  const wide = { ...config, maxUnackedClients: 50_000, maxRejectedLeaseUpdates: 40_000 };
  const state = withSetup(machine.state, createHaSetup(wide));
  t.equal(state.rejected.records.size, 2);
  t.equal(state.rejected.records.sizeMax, 80_000);
  t.equal(state.unacked.unacked.sizeMax, 200_004);
  t.equal(machine.state.setup.config, config, 'the state of before is not touched');
});

t.test('a service that never ran, or ran before, lets the hold of its successor be', async (t) => {
  const { server, config, time, partner } = await pairOf();
  const hub = { index: 0, serviceSwitch: server.serviceSwitch };
  const successor = new Server(config, time, [partner], server.store, hub);
  successor.service.stop();
  t.equal(server.policy.serviceEnabled, true);
  server.service.stop();
  const third = new Server(config, time, [partner], server.store, hub).start();
  t.same(third.serviceSwitch.origins(), [1000], 'waiting: held');
  server.service.stop();
  t.same(third.serviceSwitch.origins(), [1000], 'the one of before has nothing to let go of any more');
});

t.test('no synchronization begins before those of the predecessor have ended', async (t) => {
  const time = new VirtualTime();
  const partner = new ScriptedPeer('server2', 'standby', partnerIn(time, { state: 'partner-down' }));
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const server = new Server(relationship('hot-standby', 'server1'), time, [partner]);
  server.service.start(server.dispatcher, ended);
  await time.advance(30_000);
  t.equal(server.state, 'syncing');
  t.notOk(partner.commands.includes('dhcp-disable'));
  end();
  await settle();
  t.ok(partner.commands.includes('dhcp-disable'));
});
