/** Conformance scenarios 37 to 48: lease updates, from the shards' log to the peers and back to the machine. */
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { type Answer, success } from '../../src/control/answer.ts';
import { createKeaHttpServer } from '../../src/control/http/kea-http.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { HaStateName } from '../../src/ha/machine/model.ts';
import { readHeartbeat } from '../../src/ha/wire/heartbeat.ts';
import { CLIENT_CONNECTIONS_DEFAULT, createPeerClient } from '../../src/peer/client.ts';
import type { PeerClient } from '../../src/peer/model.ts';
import { Machine } from '../ha/support/machine.ts';
import { relationship } from '../ha/support/relationship.ts';
import { backupOf, ModelBackupStream } from './support/backups.ts';
import { CoupledServer } from './support/coupled.ts';
import { recordLog } from './support/log.ts';
import { startPartner, type TestPartner } from './support/partner.ts';
import { peerAt } from './support/peers.ts';

const BASE = parseIpv4('10.0.0.0')!;
const UNPARKED = [Verdict.confirmed];
const DROPPED = [Verdict.rejected];
const OLD_LEASE = { address: BASE + 1, isUpdate: false };
const NEW_LEASE = { address: BASE + 2 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

/** A load-balancing primary in the given state, in touch with a Kea as its partner and with a backup. */
async function setup(t: Test, own: HaStateName, changes: { delayedUpdatesLimit?: number } = {}) {
  const partner = await startPartner(t, 'server2');
  const backup = await startPartner(t, 'server3');
  const machine = Machine.in(relationship('load-balancing', 'server1', changes), own);
  const server = new CoupledServer(t, machine, partner.client, [backupOf(backup.client)]);
  return { partner, backup, machine, server };
}

/** Holds back the answers to one command until `release`. */
function hold(partner: TestPartner, command: string): { release: () => void } {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  partner.script = async ({ name }) => {
    if (name === command) await released;
    return success('ok');
  };
  return { release: () => release() };
}

const names = (partner: TestPartner) => partner.received.map(({ name }) => name).sort();

t.test(
  '[scenario 37] the client waits for both requests to the partner and not for the backup',
  async (t) => {
    const { server, machine, partner, backup } = await setup(t, 'load-balancing');
    const late = hold(partner, 'lease4-update');
    const never = hold(backup, 'lease4-update');
    server.shards.send(0, [OLD_LEASE, NEW_LEASE]);
    await until(() => partner.received.length === 2 && partner.inFlight === 1);
    await delay(20);
    t.same(server.shards.of(0, 1), [], 'one of two is answered');
    late.release();
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), UNPARKED);
    t.equal(backup.leases.size, 0, 'the backup has not answered yet');
    never.release();
    await until(() => backup.leases.size === 1);
    t.same(names(partner), ['lease4-del', 'lease4-update']);
    t.same(names(backup), ['lease4-del', 'lease4-update']);
    t.equal(machine.state.unsentUpdates, 0n);
    t.equal(machine.name, 'load-balancing');
  },
);

t.test('[scenario 39] a backup with a stream gets all leases of a query by it, at once', async (t) => {
  const partner = await startPartner(t);
  const backup = await startPartner(t, 'server3');
  const stream = new ModelBackupStream();
  const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
  const server = new CoupledServer(t, machine, partner.client, [backupOf(backup.client, stream)]);
  stream.comeUp();
  server.shards.send(0, [OLD_LEASE, NEW_LEASE]);
  await server.shards.settled(0, 1);
  await until(() => stream.isDelivering);
  t.same(stream.portions, [[OLD_LEASE.address, NEW_LEASE.address]]);
  stream.answer();
  t.same(names(partner), ['lease4-del', 'lease4-update'], 'a partner without a stream is spoken to as a Kea');
  t.same(names(backup), []);
  t.same(server.shards.of(0, 1), UNPARKED);
});

t.test('[scenario 40] in partner-down nothing goes to the partner and it is counted', async (t) => {
  for (const awaited of [false, true]) {
    const { server, machine, partner, backup } = await setup(t, 'partner-down');
    server.shards.send(0, [OLD_LEASE, NEW_LEASE], awaited);
    await until(() => machine.state.unsentUpdates === 1n);
    await until(() => backup.received.length === 2);
    // What a shard parked before it knew of the state must not count as known to the partner: the client asks again.
    t.same(server.shards.of(0, 1), awaited ? [Verdict.rejected] : []);
    t.same(partner.received, []);
    t.equal(machine.name, 'partner-down');
  }
});

/** A client whose credentials the server does not want. */
async function unauthorized(t: Test): Promise<PeerClient> {
  const server = createKeaHttpServer({
    log: recordLog().log,
    table: new Map([['ha-heartbeat', () => success('')]]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    basicAuth: { user: 'ha', password: 'secret' },
  });
  const { port } = await server.listen();
  const client = createPeerClient(peerAt(port), 4, 'dhcp4');
  t.teardown(async () => {
    await client.close();
    await server.close();
  });
  return client;
}

t.test('[scenario 41] an update that fails is never unparked and the partner is unavailable', async (t) => {
  const offline = async (): Promise<PeerClient> => {
    const gone = await startPartner(t);
    await gone.close();
    return gone.client;
  };
  const broken = async (): Promise<PeerClient> => {
    const partner = await startPartner(t);
    partner.script = () => ({ result: 1001, text: 'cannot' });
    return partner.client;
  };
  for (const partnerOf of [offline, broken, unauthorized]) {
    const backup = await startPartner(t, 'server3');
    const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
    const server = new CoupledServer(t, machine, await partnerOf(t), [backupOf(backup.client)]);
    server.shards.send(0, [OLD_LEASE, NEW_LEASE]);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), DROPPED);
    await until(() => backup.received.length === 2);
    await until(() => machine.name === 'communication-recovery');
    t.equal(machine.state.communication.partnerState, 'unavailable');
    t.equal(machine.state.rejected.records.size, 0);
  }
});

t.test(
  '[scenarios 35, 36, 52, 67] a credential that is refused is a failure, and a heartbeat that is none',
  async (t) => {
    const answer = await (await unauthorized(t)).request('ha-heartbeat', null, 5_000);
    t.match(answer, { kind: 'failed', reason: /Unauthorized/ });
    t.equal(readHeartbeat(answer).ok, false);
  },
);

t.test(
  '[scenario 43] a conflict drops the response and counts the client, a success forgets it',
  async (t) => {
    const { server, machine, partner } = await setup(t, 'load-balancing');
    partner.script = () => ({ result: 4, text: 'no such subnet' });
    server.shards.send(0, [NEW_LEASE]);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), DROPPED);
    await until(() => machine.state.rejected.records.size === 1);
    t.not(machine.state.communication.partnerState, 'unavailable');
    t.equal(machine.name, 'load-balancing');
    partner.script = () => success('ok');
    server.shards.send(0, [NEW_LEASE]);
    await server.shards.settled(0, 2);
    t.same(server.shards.of(0, 2), UNPARKED);
    await until(() => machine.state.rejected.records.size === 0);
  },
);

t.test(
  '[scenario 44] leases of one query that the partner does not take: conflicts, and one that it cannot hold among them',
  async (t) => {
    for (const results of [[4], [4, 1], [4, 0]]) {
      const partner = await startPartner(t);
      const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
      const server = new CoupledServer(t, machine, partner.client, []);
      partner.script = ({ args }): Answer => {
        const { 'ip-address': address } = args as { 'ip-address': string };
        const at = Number(address.split('.')[3]) - 1;
        return { result: results[at]!, text: 'refused' };
      };
      server.shards.send(
        0,
        results.map((_, index) => ({ address: BASE + index + 1 })),
      );
      await server.shards.settled(0, 1);
      t.same(server.shards.of(0, 1), DROPPED, `${results}`);
      await until(() => machine.state.rejected.records.size === 1);
      t.equal(machine.state.communication.partnerState, 'unknown');
    }
  },
);

t.test(
  '[scenario 45] what communication-recovery has queued is delivered, then load-balancing',
  async (t) => {
    const { server, machine, partner, backup } = await setup(t, 'load-balancing');
    server.run((own) => void own.heartbeatFailed());
    t.equal(machine.name, 'communication-recovery');
    server.shards.send(0, [OLD_LEASE, NEW_LEASE]);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), UNPARKED, 'nobody waits for a partner that is away');
    t.same(server.dispatcher.backlog(), { length: 2, overflown: false });
    t.same(partner.received, []);
    await until(() => backup.received.length === 2);
    server.run((own) => void own.heartbeat('load-balancing'));
    await server.settled();
    t.same(
      partner.received.map(({ name }) => name),
      ['lease4-del', 'lease4-update'],
    );
    t.same(server.dispatcher.backlog(), { length: 0, overflown: false });
    t.equal(machine.name, 'load-balancing');
    t.equal(machine.state.unsentUpdates, 0n, 'kept, not withheld');
  },
);

t.test('[scenario 46] a backlog that cannot be delivered resets the partner', async (t) => {
  for (const [resetResult, state] of [
    [0, 'waiting'],
    [1, 'communication-recovery'],
  ] as const) {
    const { server, machine, partner } = await setup(t, 'load-balancing');
    server.run((own) => void own.heartbeatFailed());
    const more = Array.from({ length: 10 }, (_, i) => ({ ...NEW_LEASE, address: NEW_LEASE.address + 1 + i }));
    server.shards.send(0, [OLD_LEASE, NEW_LEASE, ...more]);
    await server.shards.settled(0, 1);
    partner.script = ({ name }) => ({ result: name === 'ha-reset' ? resetResult : 1001, text: 'no' });
    server.run((own) => void own.heartbeat('load-balancing'));
    await server.settled();
    const names = partner.received.map(({ name }) => name);
    t.equal(names.pop(), 'ha-reset');
    t.ok(
      names.length <= CLIENT_CONNECTIONS_DEFAULT,
      `${names.length} were under way, and nothing else is tried`,
    );
    t.notOk(names.includes('ha-reset'));
    t.equal(machine.name, state);
    t.equal(server.dispatcher.backlog().length, state === 'waiting' ? 0 : 12);
  }
});

t.test('[scenario 46] a partner that is ready needs no reset when updates were lost', async (t) => {
  const { server, machine, partner } = await setup(t, 'load-balancing', { delayedUpdatesLimit: 1 });
  server.run((own) => void own.heartbeatFailed());
  server.shards.send(0, [OLD_LEASE, NEW_LEASE]);
  await server.shards.settled(0, 1);
  t.same(server.dispatcher.backlog(), { length: 1, overflown: true });
  server.run((own) => void own.heartbeat('ready'));
  await server.settled();
  t.equal(machine.name, 'waiting');
  t.same(partner.received, []);
  t.same(server.dispatcher.backlog(), { length: 0, overflown: false });
});

t.test('[scenario 48] a declined lease is a single update, with and without somebody waiting', async (t) => {
  const { server, partner } = await setup(t, 'load-balancing');
  const declined = { ...NEW_LEASE, state: 1, anonymous: true };
  server.shards.send(0, [declined], false);
  await until(() => partner.received.length === 1);
  server.shards.send(0, [declined], true);
  await server.shards.settled(0, 1);
  t.same(server.shards.of(0, 1), [], 'the first one had nobody');
  t.same(server.shards.of(0, 2), UNPARKED);
  t.match(partner.received, [
    { name: 'lease4-update', args: { 'ip-address': '10.0.0.2', state: 1, 'hw-address': '' } },
    { name: 'lease4-update', args: { 'ip-address': '10.0.0.2', state: 1, 'hw-address': '' } },
  ]);
  t.notOk('client-id' in (partner.received[0]!.args as object));
});
