/** Conformance scenarios 37 to 48, for each family: lease updates, from the shards' log to the peers and back to the machine. */
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { success } from '../../src/control/answer.ts';
import type { DhcpService } from '../../src/control/envelope.ts';
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
import { changesOf, leasesOf, type TestPartner } from './support/partner.ts';
import { peerAt } from './support/peers.ts';
import type { TestChange } from './support/record-kit.ts';
import { changesToldTo, forUpdatesOfEach, partnerOf, type UpdateFamily } from './support/update-families.ts';

const UNPARKED = [Verdict.confirmed];
const DROPPED = [Verdict.rejected];
/** Of the lease that has ended and of the one that is given, by one query. */
const OLD = 1;
const NEW = 2;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

/** A load-balancing primary in the given state, in touch with a Kea as its partner and with a backup. */
async function setup<Change extends TestChange, Lease>(
  t: Test,
  family: UpdateFamily<Change, Lease>,
  own: HaStateName,
  changes: { delayedUpdatesLimit?: number } = {},
) {
  const partner = await partnerOf(t, family);
  const backup = await partnerOf(t, family, 'server3');
  const machine = Machine.in(relationship('load-balancing', 'server1', changes), own);
  const server = new CoupledServer(t, family.kit, machine, partner.client, [backupOf(backup.client)]);
  const change = [family.drop(OLD), family.put(NEW)];
  const told = [`delete ${family.placeOf(OLD)}`, `put ${family.placeOf(NEW)}`];
  return { partner, backup, machine, server, change, told, requests: family.requestsOf(2) };
}

/** Holds back the answers to what gives a lease until `release`. */
function hold(partner: TestPartner): { release: () => void } {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  partner.script = async (command) => {
    if (changesOf(command).some((change) => change.startsWith('put '))) await released;
    return success('ok');
  };
  return { release: () => release() };
}

const told = (partner: TestPartner) => changesToldTo(partner).sort();

forUpdatesOfEach(
  '[scenario 37] the client waits for all requests to the partner and not for the backup',
  async (t, family) => {
    const { server, machine, partner, backup, ...query } = await setup(t, family, 'load-balancing');
    const late = hold(partner);
    const never = hold(backup);
    server.shards.send(0, query.change);
    await until(() => partner.received.length === query.requests && partner.inFlight === 1);
    await delay(20);
    t.same(server.shards.of(0, 1), [], 'not all is answered');
    late.release();
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), UNPARKED);
    t.equal(backup.leases.size, 0, 'the backup has not answered yet');
    never.release();
    await until(() => backup.leases.size === 1);
    t.same(told(partner), query.told);
    t.same(told(backup), query.told);
    t.equal(machine.state.unsentUpdates, 0n);
    t.equal(machine.name, 'load-balancing');
  },
);

forUpdatesOfEach(
  '[scenario 39] a backup with a stream gets all leases of a query by it, at once',
  async (t, family) => {
    const partner = await partnerOf(t, family);
    const backup = await partnerOf(t, family, 'server3');
    const stream = new ModelBackupStream();
    const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
    const peers = [backupOf(backup.client, stream)];
    const server = new CoupledServer(t, family.kit, machine, partner.client, peers);
    stream.comeUp();
    const change = [family.drop(OLD), family.put(NEW)];
    server.shards.send(0, change);
    await server.shards.settled(0, 1);
    await until(() => stream.isDelivering);
    t.same(stream.portions, [change.map(({ address }) => address)]);
    stream.answer();
    t.equal(
      partner.received.length,
      family.requestsOf(2),
      'a partner without a stream is spoken to as a Kea',
    );
    t.same(told(backup), []);
    t.same(server.shards.of(0, 1), UNPARKED);
  },
);

forUpdatesOfEach(
  '[scenario 40] in partner-down nothing goes to the partner and it is counted',
  async (t, family) => {
    for (const awaited of [false, true]) {
      const { server, machine, partner, backup, ...query } = await setup(t, family, 'partner-down');
      server.shards.send(0, query.change, awaited);
      await until(() => machine.state.unsentUpdates === 1n);
      await until(() => backup.received.length === query.requests);
      // What a shard parked before it knew of the state must not count as known to the partner: the client asks again.
      t.same(server.shards.of(0, 1), awaited ? [Verdict.rejected] : []);
      t.same(partner.received, []);
      t.equal(machine.name, 'partner-down');
    }
  },
);

/** A client whose credentials the server does not want. */
async function unauthorized(t: Test, service: DhcpService = 'dhcp4'): Promise<PeerClient> {
  const server = createKeaHttpServer({
    log: recordLog().log,
    table: new Map([['ha-heartbeat', () => success('')]]),
    address: '127.0.0.1',
    port: 0,
    service,
    basicAuth: { user: 'ha', password: 'secret' },
  });
  const { port } = await server.listen();
  const client = createPeerClient(peerAt(port), 4, service);
  t.teardown(async () => {
    await client.close();
    await server.close();
  });
  return client;
}

forUpdatesOfEach(
  '[scenario 41] an update that fails is never unparked and the partner is unavailable',
  async (t, family) => {
    const offline = async (): Promise<PeerClient> => {
      const gone = await partnerOf(t, family);
      await gone.close();
      return gone.client;
    };
    const broken = async (): Promise<PeerClient> => {
      const partner = await partnerOf(t, family);
      partner.script = () => ({ result: 1001, text: 'cannot' });
      return partner.client;
    };
    for (const partnerOfKind of [offline, broken, () => unauthorized(t, family.service)]) {
      const backup = await partnerOf(t, family, 'server3');
      const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
      const peers = [backupOf(backup.client)];
      const server = new CoupledServer(t, family.kit, machine, await partnerOfKind(), peers);
      server.shards.send(0, [family.drop(OLD), family.put(NEW)]);
      await server.shards.settled(0, 1);
      t.same(server.shards.of(0, 1), DROPPED);
      await until(() => backup.received.length === family.requestsOf(2));
      await until(() => machine.name === 'communication-recovery');
      t.equal(machine.state.communication.partnerState, 'unavailable');
      t.equal(machine.state.rejected.records.size, 0);
    }
  },
);

t.test(
  '[scenarios 35, 36, 52, 67] a credential that is refused is a failure, and a heartbeat that is none',
  async (t) => {
    const answer = await (await unauthorized(t)).request('ha-heartbeat', null, 5_000);
    t.match(answer, { kind: 'failed', reason: /Unauthorized/ });
    t.equal(readHeartbeat(answer).ok, false);
  },
);

forUpdatesOfEach(
  '[scenario 43] a conflict drops the response and counts the client, a success forgets it',
  async (t, family) => {
    const { server, machine, partner } = await setup(t, family, 'load-balancing');
    partner.script = () => ({ result: 4, text: 'no such subnet' });
    server.shards.send(0, [family.put(NEW)]);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), DROPPED);
    await until(() => machine.state.rejected.records.size === 1);
    t.not(machine.state.communication.partnerState, 'unavailable');
    t.equal(machine.name, 'load-balancing');
    partner.script = () => success('ok');
    server.shards.send(0, [family.put(NEW)]);
    await server.shards.settled(0, 2);
    t.same(server.shards.of(0, 2), UNPARKED);
    await until(() => machine.state.rejected.records.size === 0);
  },
);

forUpdatesOfEach(
  '[scenario 44] leases of one query that the partner does not take: conflicts, and one that it cannot hold among them',
  async (t, family) => {
    for (const results of [[4], [4, 1], [4, 0]]) {
      const partner = await partnerOf(t, family);
      const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
      const server = new CoupledServer(t, family.kit, machine, partner.client, []);
      partner.script = (command) => family.answer(command, (host) => results[host - 1]!);
      server.shards.send(
        0,
        results.map((_, index) => family.put(index + 1)),
      );
      await server.shards.settled(0, 1);
      t.same(server.shards.of(0, 1), DROPPED, `${results}`);
      await until(() => machine.state.rejected.records.size === 1);
      t.equal(machine.state.communication.partnerState, 'unknown');
    }
  },
);

forUpdatesOfEach(
  '[scenario 45] what communication-recovery has queued is delivered, then load-balancing',
  async (t, family) => {
    const { server, machine, partner, backup, ...query } = await setup(t, family, 'load-balancing');
    server.run((own) => void own.heartbeatFailed());
    t.equal(machine.name, 'communication-recovery');
    server.shards.send(0, query.change);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), UNPARKED, 'nobody waits for a partner that is away');
    t.same(server.dispatcher.backlog(), { length: 2, overflown: false });
    t.same(partner.received, []);
    await until(() => backup.received.length === query.requests);
    server.run((own) => void own.heartbeat('load-balancing'));
    await server.settled();
    t.same(told(partner), query.told);
    t.same(server.dispatcher.backlog(), { length: 0, overflown: false });
    t.equal(machine.name, 'load-balancing');
    t.equal(machine.state.unsentUpdates, 0n, 'kept, not withheld');
  },
);

forUpdatesOfEach('[scenario 46] a backlog that cannot be delivered resets the partner', async (t, family) => {
  for (const [resetResult, state] of [
    [0, 'waiting'],
    [1, 'communication-recovery'],
  ] as const) {
    const { server, machine, partner, ...query } = await setup(t, family, 'load-balancing');
    server.run((own) => void own.heartbeatFailed());
    const more = Array.from({ length: 10 }, (_, i) => family.put(NEW + 1 + i));
    server.shards.send(0, [...query.change, ...more]);
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

forUpdatesOfEach(
  '[scenario 46] a partner that is ready needs no reset when updates were lost',
  async (t, family) => {
    const limit = { delayedUpdatesLimit: 1 };
    const { server, machine, partner, ...query } = await setup(t, family, 'load-balancing', limit);
    server.run((own) => void own.heartbeatFailed());
    server.shards.send(0, query.change);
    await server.shards.settled(0, 1);
    t.same(server.dispatcher.backlog(), { length: 1, overflown: true });
    server.run((own) => void own.heartbeat('ready'));
    await server.settled();
    t.equal(machine.name, 'waiting');
    t.same(partner.received, []);
    t.same(server.dispatcher.backlog(), { length: 0, overflown: false });
  },
);

forUpdatesOfEach(
  '[scenario 48] a declined lease is a single update, with and without somebody waiting',
  async (t, family) => {
    const { server, partner } = await setup(t, family, 'load-balancing');
    const declined = family.declined(OLD);
    server.shards.send(0, [declined], false);
    await until(() => partner.received.length === 1);
    server.shards.send(0, [declined], true);
    await server.shards.settled(0, 1);
    t.same(server.shards.of(0, 1), [], 'the first one had nobody');
    t.same(server.shards.of(0, 2), UNPARKED);
    t.same(told(partner), Array(2).fill(`put ${family.placeOf(OLD)}`));
    t.match(partner.received.flatMap(leasesOf), Array(2).fill(family.declinedFields));
  },
);
