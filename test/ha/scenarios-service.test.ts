/** Conformance scenarios of which the service is a part: synchronization, updates by state, maintenance by command. */

import t from 'tap';
import type { HaRelationshipConfig } from '../../src/config/ha-model.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { synchronize } from '../../src/ha/sync/run.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { recordLog } from '../peer/support/log.ts';
import { forLeasesOfEach, respondBy } from './support/lease-families.ts';
import { lease } from './support/memory-store.ts';
import { answered, type Respond, refused, ScriptedPeer, wireLease } from './support/peers.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { VirtualTime } from './support/virtual-time.ts';

const BASE = 0x0a000000;
/** What a refused credential comes to, see the peer tests. */
const unauthorized = answered(1, undefined, 'Unauthorized');

/** A server whose partner reports `partnerState` in its heartbeats and leaves other commands to `respond`. */
function setup(config: HaRelationshipConfig, respond: Respond = () => answered(0)) {
  const time = new VirtualTime();
  const partner = new ScriptedPeer('server2', 'secondary', (command, args) =>
    command === 'ha-heartbeat' && heard.state !== ''
      ? answered(0, { state: heard.state, 'date-time': new Date(time.wallMs()).toUTCString() })
      : respond(command, args),
  );
  const heard = { state: 'load-balancing' };
  const server = new Server(config, time, [partner]).start();
  return { time, partner, server, heard };
}

const lb = relationship('load-balancing', 'server1');
const withoutSync = { ...lb, syncLeases: false };

t.test(
  '[scenarios 9, 21] a page that cannot be read keeps the server syncing, a good one does not',
  async (t) => {
    let page: unknown = { leases: 'none', count: 'many' };
    const { server, heard, partner, time } = setup(lb, (command) =>
      command === 'lease4-get-page' ? answered(0, page) : answered(0),
    );
    heard.state = 'partner-down';
    await time.advance(10_000);
    t.equal(server.state, 'syncing');
    t.ok(server.wasLogged('TDM_HA_SYNC_FAILED'));
    t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': 'unavailable' } } });
    page = { leases: [wireLease(lease(BASE, 1000))], count: 1 };
    heard.state = '';
    const before = partner.commands.length;
    await time.advance(10_000);
    t.same(partner.commands.slice(before), ['ha-heartbeat'], 'no attempt while the partner is unavailable');
    t.equal(server.state, 'syncing');
    heard.state = 'partner-down';
    await time.advance(10_000);
    t.equal(server.state, 'ready');
    t.ok(server.wasLogged('TDM_HA_SYNC_SUCCEEDED'));
    t.equal(server.store.count(), 1);
    await time.advance(10_000);
    t.equal(server.state, 'ready');
    heard.state = 'load-balancing';
    await time.advance(10_000);
    t.equal(server.state, 'load-balancing');
  },
);

t.test('[scenarios 26, 27] with send-lease-updates false nothing is sent, kept or counted', async (t) => {
  const { server, heard, time } = setup({ ...withoutSync, sendLeaseUpdates: false });
  await time.advance(30_000);
  t.equal(server.state, 'load-balancing');
  t.equal(server.policy.updateMode, UpdateMode.off, 'not to the partner, not to the backup');
  heard.state = '';
  server.service.partnerFailed('refused');
  server.service.completed();
  t.equal(server.state, 'communication-recovery');
  t.equal(server.policy.updateMode, UpdateMode.off, 'nothing to keep');
  const down = setup({ ...withoutSync, sendLeaseUpdates: false, maxUnackedClients: 0 }, () => refused);
  down.heard.state = '';
  await down.time.advance(80_000);
  t.equal(down.server.state, 'partner-down');
  t.equal(down.server.policy.updateMode, UpdateMode.off);
});

t.test('[scenario 33] terminated and partner-in-maintenance refuse a notify with 1001', async (t) => {
  const ended = setup({ ...withoutSync, maxRejectedLeaseUpdates: 1 });
  await ended.time.advance(30_000);
  ended.server.service.rejected([{ hwAddress: '02:01', clientId: '' }]);
  ended.server.service.completed();
  const carrying = setup(withoutSync);
  await carrying.time.advance(30_000);
  await carrying.server.command('ha-maintenance-start');
  for (const [{ server }, state] of [
    [ended, 'terminated'],
    [carrying, 'partner-in-maintenance'],
  ] as const) {
    t.equal(server.state, state);
    t.equal((await server.command('ha-maintenance-notify', { cancel: false })).result, 1001);
    t.equal(server.state, state);
  }
});

t.test('[scenario 35] a partner that refuses the credential counts as absent', async (t) => {
  const { server, time } = setup(withoutSync, () => unauthorized);
  await time.advance(30_000);
  t.equal((await server.command('ha-maintenance-start')).result, 0);
  t.equal(server.state, 'partner-down');
});

t.test('[scenario 36] a refused cancellation changes nothing', async (t) => {
  let answer = answered(0);
  const { server, time } = setup(withoutSync, () => answer);
  await time.advance(30_000);
  await server.command('ha-maintenance-start');
  for (answer of [answered(1), unauthorized, refused]) {
    t.equal((await server.command('ha-maintenance-cancel')).result, 1);
    t.equal(server.state, 'partner-in-maintenance');
  }
});

forLeasesOfEach('[scenario 49] a newer lease takes its state and the counters with it', async (t, family) => {
  const [remote, own] = [family.open(), family.open()];
  remote.put(family.lease(1, 2000, { state: LeaseState.declined }));
  remote.put(family.lease(2, 2000, { state: LeaseState.expiredReclaimed }));
  remote.put(family.lease(3, 500, { state: LeaseState.declined }));
  remote.put(family.lease(4, 2000));
  for (const host of [1, 2, 3]) own.put(family.lease(host, 1000));
  t.equal(own.assigned(), 3);
  const time = new VirtualTime();
  const outcome = await synchronize(
    {
      leases: own.haLeases(time),
      log: recordLog().log,
      clock: time,
      sendLeases: async () => ({ taken: 0, refused: 0, named: [], failure: null }),
      yieldTurn: async () => {},
      passTime: async () => {},
      serverName: 'server1',
      origin: 2000,
      subnets: null,
      stream: async () => null,
      pageLimit: 10,
      pageTimeoutMs: 1000,
    },
    {
      source: new ScriptedPeer('server2', 'standby', respondBy(remote)),
      kind: 'fetch',
      maxPeriodSec: 60,
      isCancelled: () => false,
    },
  );
  t.ok(outcome.ok, outcome.text);
  t.same(
    [1, 2, 3, 4].map((host) => own.at(host)?.state),
    [LeaseState.declined, LeaseState.expiredReclaimed, LeaseState.assigned, LeaseState.assigned],
  );
  // Declined leases count as assigned, as in Kea.
  t.equal(own.assigned(), 3);
  t.equal(own.declined(), 1);
});

forLeasesOfEach(
  '[scenario 51] in passive-backup a primary can take over the leases of its backup',
  async (t, family) => {
    const remote = family.open();
    remote.put(family.lease(1, 1000));
    const backup = new ScriptedPeer('server3', 'backup', respondBy(remote));
    const config = relationship('passive-backup', 'server1');
    const server = new Server(config, new VirtualTime(), [backup], family.open()).start();
    const answer = await server.command('ha-sync', { 'server-name': 'server3', 'max-period': 30 });
    t.equal(answer.result, 0);
    t.same(backup.commands, ['dhcp-disable', family.pageCommand, 'ha-sync-complete-notify']);
    t.equal(backup.sent[0]?.args?.['max-period'], 30);
    t.equal(server.store.count(), 1);
    t.equal(server.state, 'passive-backup');
  },
);

t.test('[scenario 52] a refused credential at dhcp-disable ends the synchronization', async (t) => {
  const { server, partner } = setup(lb, () => unauthorized);
  t.match(await server.command('ha-sync', { 'server-name': 'server2' }), { result: 1, text: /Unauthorized/ });
  t.same(partner.commands, ['dhcp-disable']);
});

t.test('[scenario 67] a heartbeat that is refused or failed is no contact', async (t) => {
  for (const answer of [unauthorized, answered(1), refused]) {
    const { server, heard, time } = setup(withoutSync, () => answer);
    await time.advance(10_000);
    t.match(server.service.status(), { 'ha-servers': { remote: { age: 0, 'in-touch': true } } });
    heard.state = '';
    await time.advance(20_000);
    t.match(server.service.status(), {
      'ha-servers': { remote: { age: 20, 'last-state': 'unavailable', 'clock-skew': null } },
    });
  }
});
