/** The service on its own: policy, update modes, silence, what the dispatcher reports, ha-why. */
import t from 'tap';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { answered, refused, ScriptedPeer } from '../support/peers.ts';
import { peer, relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

async function loadBalancing(changes: Partial<HaRelationshipConfig> = {}) {
  const time = new VirtualTime();
  const partner = new ScriptedPeer('server2', 'secondary', (command) =>
    command === 'ha-heartbeat'
      ? answered(0, { state: 'load-balancing', 'date-time': new Date(time.wallMs()).toUTCString() })
      : answered(0),
  );
  const config = relationship('load-balancing', 'server1', { syncLeases: false, ...changes });
  const server = new Server(config, time, [partner]).start();
  await time.advance(30_000);
  if (server.state !== 'load-balancing') throw new Error(`the server is ${server.state}`);
  return { time, partner, server };
}

const alone = (config: HaRelationshipConfig) => new Server(config, new VirtualTime(), []).start();

t.test('no lease is answered without an update where clients wait for backups', async (t) => {
  const waiting = relationship('passive-backup', 'server1', { waitBackupAck: true });
  t.equal(alone(waiting).policy.reusesLeases, false);
  t.equal(alone(relationship('passive-backup', 'server1')).policy.reusesLeases, true);
  t.equal((await loadBalancing()).server.policy.reusesLeases, true);
});

t.test('nor where clients do not wait for a partner, which may be alone as well', async (t) => {
  const { server } = await loadBalancing();
  t.equal(server.policy.reusesLeases, true);
  server.service.partnerFailed('it is gone');
  server.service.completed();
  t.match(server, { state: 'communication-recovery', policy: { reusesLeases: false } });
  const silent = relationship('load-balancing', 'server1', { sendLeaseUpdates: false });
  t.equal(alone(silent).policy.reusesLeases, true, 'who tells a partner nothing has none');
});

t.test('[scenarios 20, 26] which update mode the shards work by', async (t) => {
  const modeOf = (config: HaRelationshipConfig) => alone(config).policy.updateMode;
  t.equal(modeOf(relationship('load-balancing', 'server1')), UpdateMode.record, 'waiting: counted as unsent');
  t.equal(modeOf(relationship('load-balancing', 'server3')), UpdateMode.off, 'a backup never sends');
  t.equal(modeOf(relationship('passive-backup', 'server1')), UpdateMode.record);
  t.equal(modeOf(relationship('passive-backup', 'server1', { waitBackupAck: true })), UpdateMode.await);
  t.equal(
    modeOf(
      relationship('passive-backup', 'server1', { peers: [peer('server1', 'primary')], waitBackupAck: true }),
    ),
    UpdateMode.off,
    'nobody to send to',
  );
  t.equal((await loadBalancing()).server.policy.updateMode, UpdateMode.await);
  t.equal((await loadBalancing({ sendLeaseUpdates: false })).server.policy.updateMode, UpdateMode.off);
});

t.test('[scenario 28] heartbeats go out one delay after the start and after each answer', async (t) => {
  const time = new VirtualTime();
  let release: () => void = () => {};
  const partner = new ScriptedPeer(
    'server2',
    'secondary',
    () => new Promise((resolve) => (release = () => resolve(refused))),
  );
  new Server(relationship('load-balancing', 'server1'), time, [partner]).start();
  await time.advance(9999);
  t.equal(partner.sent.length, 0);
  await time.advance(1);
  t.equal(partner.sent.length, 1);
  await time.advance(25_000);
  t.equal(partner.sent.length, 1, 'the next one waits for the answer');
  release();
  await settle();
  await time.advance(10_000);
  t.equal(partner.sent.length, 2);
});

t.test('heartbeat-delay 0 sends none', async (t) => {
  const time = new VirtualTime();
  const partner = new ScriptedPeer('server2', 'secondary', () => refused);
  new Server(relationship('load-balancing', 'server1', { heartbeatDelayMs: 0 }), time, [partner]).start();
  await time.advance(100_000);
  t.equal(partner.sent.length, 0);
});

t.test('[scenario 28] backups get no heartbeats', async (t) => {
  const time = new VirtualTime();
  const backup = new ScriptedPeer('server3', 'backup', () => answered(0));
  new Server(relationship('passive-backup', 'server1'), time, [backup]).start();
  await time.advance(100_000);
  t.equal(backup.sent.length, 0);
});

t.test(
  '[scenario 41] a failed update makes the partner unavailable; completion lets the machine decide',
  async (t) => {
    const { server } = await loadBalancing();
    server.service.partnerFailed('timed out');
    t.equal(server.state, 'load-balancing', 'nothing is decided before the transactions are completed');
    server.service.completed();
    t.equal(server.state, 'communication-recovery');
    t.equal(server.dispatcher.mode, 'queue');
    t.same(server.logged.filter(({ id }) => id === 'TDM_HA_UPDATE_FAILED').length, 1);
    server.service.partnerFailed('timed out');
    t.same(
      server.logged.filter(({ id }) => id === 'TDM_HA_UPDATE_FAILED').length,
      1,
      'logged once, not once an update',
    );
  },
);

t.test(
  '[scenario 43] a conflict leaves the partner available; confirmations are asked for while it counts',
  async (t) => {
    const { server } = await loadBalancing();
    const client = { hwAddress: '02:00:00:00:00:01', clientId: '' };
    server.service.rejected([client]);
    server.service.completed();
    t.equal(server.state, 'load-balancing');
    t.ok(server.dispatcher.tracking);
    server.service.confirmed([client]);
    t.notOk(server.dispatcher.tracking);
  },
);

t.test('[scenario 43] too many conflicts terminate', async (t) => {
  const { server, time } = await loadBalancing({ maxRejectedLeaseUpdates: 2 });
  server.service.rejected([
    { hwAddress: '02:00:00:00:00:01', clientId: '' },
    { hwAddress: '02:00:00:00:00:01', clientId: '01:02' },
  ]);
  server.service.completed();
  t.equal(server.state, 'terminated');
  t.notOk(server.dispatcher.tracking);
  t.ok(server.wasLogged('TDM_HA_TERMINATED'));
  await time.advance(120_000);
  t.equal(time.armedCount, 0, 'no heartbeats, and nothing listens for the partner');
  t.notOk(server.policy.observeOutOfScope);
});

t.test('[scenario 40] unsent transactions are reported in heartbeats', async (t) => {
  const { server } = await loadBalancing();
  server.service.unsent(2);
  server.service.unsent(1);
  t.match(await server.command('ha-heartbeat'), { arguments: { 'unsent-update-count': 3 } });
  t.equal(server.service.unsentUpdates(), 3);
});

t.test(
  '[scenarios 45, 46] the backlog is delivered; when that fails the partner is reset, and asked again until it accepts',
  async (t) => {
    const { server, partner, time } = await loadBalancing();
    const recover = async (delivers: boolean) => {
      server.service.partnerFailed('refused');
      server.service.completed();
      server.dispatcher.entries = 2;
      server.dispatcher.delivers = delivers;
      await time.advance(10_000);
    };
    await recover(true);
    t.equal(server.state, 'load-balancing');
    t.notOk(partner.commands.includes('ha-reset'));

    const heartbeat = partner.respond;
    partner.respond = (command, args) => (command === 'ha-reset' ? answered(1) : heartbeat(command, args));
    await recover(false);
    t.equal(server.state, 'communication-recovery');
    t.equal(partner.commands.filter((command) => command === 'ha-reset').length, 1);
    await time.advance(10_000);
    t.equal(partner.commands.filter((command) => command === 'ha-reset').length, 2);
    partner.respond = heartbeat;
    await time.advance(10_000);
    t.same(partner.sent.findLast(({ command }) => command === 'ha-reset')?.args, {
      'server-name': 'server1',
    });
    t.equal(
      server.state,
      'load-balancing',
      'waiting, ready and load-balancing again: nothing to synchronize here',
    );
    t.equal(server.dispatcher.entries, 0);
  },
);

t.test(
  'the shards observe as soon as the partner has been silent for too long, not only at the next heartbeat',
  async (t) => {
    const { server, partner, time } = await loadBalancing({
      heartbeatDelayMs: 10_000,
      maxResponseDelayMs: 15_000,
    });
    partner.respond = () => refused;
    await time.advance(15_000);
    t.notOk(server.policy.observeOutOfScope);
    await time.advance(1);
    t.ok(server.policy.observeOutOfScope);
    t.equal(server.logged.filter(({ id }) => id === 'TDM_HA_COMMUNICATION_INTERRUPTED').length, 1);
  },
);

t.test('a hold by somebody else is published like our own', async (t) => {
  const { server } = await loadBalancing();
  server.serviceSwitch.disable(1, null);
  t.notOk(server.policy.serviceEnabled);
  server.serviceSwitch.enable(1);
  t.ok(server.policy.serviceEnabled);
});

t.test('one event, one policy: nothing is published twice or in between', async (t) => {
  const { server, time } = await loadBalancing();
  const before = server.policies.length;
  server.service.completed();
  await time.advance(30_000);
  t.equal(server.policies.length, before);
  await server.command('ha-reset');
  t.equal(server.policies.length, before + 1);
});

t.test('[scenarios 57, 58] who serves which share of the queries', async (t) => {
  const served = (server: Server) => {
    const { activeServers, scopes } = server.policy;
    const owners = Array.from({ length: 256 }, (_, hash) => hash % activeServers);
    return owners.filter((index) => ((scopes >> index) & 1) === 1).length;
  };
  const { server } = await loadBalancing();
  t.equal(served(server), 128);
  await server.command('ha-maintenance-start');
  t.equal(served(server), 256);
  const standby = alone(relationship('hot-standby', 'server2'));
  t.equal(served(standby), 0);
  await standby.command('ha-scopes', { scopes: ['server1'] });
  t.equal(served(standby), 256);
});

t.test('ha-why says why, on which numbers, and what comes next', async (t) => {
  const { server, partner, time } = await loadBalancing();
  t.match(server.service.why(), { state: 'load-balancing', because: 'the partner is load-balancing' });
  partner.respond = () => refused;
  await time.advance(40_000);
  t.match(server.service.why(), {
    state: 'communication-recovery',
    'since-seconds': 30,
    because: 'the partner is unavailable, its updates are kept for it',
    facts: [
      'the DHCP service is on and serves the scope server1',
      'the partner server2 is unavailable, silent for 40 s: interrupted after 60 s; a heartbeat every 10 s',
    ],
    'waits-for': [
      'load-balancing: server2 must answer a heartbeat; no update is kept for it',
      'partner-down: silent 40 of 60 s, then 11 of its clients waiting longer than 10 s',
    ],
  });
  await time.advance(30_000);
  server.service.observed([
    { hwAddress: '02:01', clientId: '', waitedMs: 20_000 },
    { hwAddress: '02:02', clientId: '', waitedMs: 0 },
  ]);
  t.equal(
    server.service.why()['waits-for'].at(-1),
    'partner-down: silent 70 of 60 s; 1 of 10 unacked clients, 10 more waiting longer than 10 s decide; ' +
      '2 queries seen; 1 client told of no wait and cannot count',
  );
  const { arguments: reasons, ...answer } = await server.command('ha-why');
  t.same(reasons, server.service.why());
  t.equal(answer.result, 0);
});

t.test('ha-why has something to say in every state', async (t) => {
  const { server } = await loadBalancing();
  for (const origin of [2000, 1, 3001]) server.serviceSwitch.disable(origin, null);
  t.equal(
    server.service.why().facts[0],
    'the DHCP service is off, held by an administrator (origin 1), the partner (origin 2000) and a database ' +
      '(origin 3001); on, it would serve the scope server1',
  );
  for (const [name, config] of [
    ['backup', relationship('load-balancing', 'server3')],
    ['passive-backup', relationship('passive-backup', 'server1')],
    ['waiting', relationship('hot-standby', 'server2')],
  ] as const) {
    const why = alone(config).service.why();
    t.equal(why.state, name);
    t.ok(why['waits-for'].length > 0);
  }
});
