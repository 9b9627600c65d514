import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { success } from '../../src/control/answer.ts';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { BACKUP_QUEUE_RECORDS_MAX, TICK_MS } from '../../src/peer/limits.ts';
import { backupOf, ModelBackupStream } from './support/backups.ts';
import { dispatch, dispatchFor } from './support/dispatch.ts';
import { gate, leasesOf, startPartner } from './support/partner.ts';
import { encodeRecord } from './support/shards.ts';
import { changesToldTo, forUpdatesOfEach, partnerOf } from './support/update-families.ts';

const BASE = parseIpv4('10.0.0.0')!;
const CONFIRMED = [Verdict.confirmed];
const REJECTED = [Verdict.rejected];

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

t.test('to a Kea, each lease is a command of its own over a bounded number of connections', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client, { connections: 3 });
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  for (let i = 0; i < 20; i++) shards.write(0, [{ address: BASE + i }]);
  shards.send(0, [{ address: BASE + 20, isUpdate: false }, { address: BASE + 21 }]);
  await until(() => partner.inFlight === 3);
  hold.release();
  await shards.settled(0, 21);
  t.equal(partner.inFlightMax, 3);
  t.equal(partner.named('lease4-update').length, 21);
  t.strictSame(
    partner.named('lease4-del').map(({ args }) => args),
    [
      {
        'ip-address': '10.0.0.20',
        state: 0,
        'hw-address': '02:00:0a:00:00:14',
        'client-id': '02:00:0a:00:00:14',
        'subnet-id': 1,
        'valid-lft': 3600,
        expire: 1_800_000_000,
        'fqdn-fwd': false,
        'fqdn-rev': false,
        hostname: '',
        origin: 'ha-partner',
      },
    ],
  );
  t.match(partner.named('lease4-update')[0]?.args, { 'force-create': true, origin: 'ha-partner' });
});

t.test(
  '[scenario 38] to a Kea, a released lease is a deletion, because Kea 2.2 knows no such state',
  async (t) => {
    const partner = await startPartner(t);
    const { shards, dispatcher } = dispatch(t, partner.client);
    dispatcher.setPartnerUpdates('send');
    shards.send(0, [{ address: BASE + 1, state: 3 }]);
    shards.send(0, [{ address: BASE + 2, state: 2 }]);
    await shards.settled(0, 2);
    t.strictSame(partner.received.map((command) => command.name).sort(), ['lease4-del', 'lease4-update']);
  },
);

t.test('an address is never under way twice, and the partner ends with the newest state', async (t) => {
  for (const to of ['partner', 'backup']) {
    const partner = await startPartner(t);
    let delayMs = 0;
    partner.script = async () => {
      delayMs = (delayMs + 7) % 20;
      await delay(delayMs);
      return success('ok');
    };
    const { client } = partner;
    const toBackup = { backups: [backupOf(client)], waitBackupAck: true };
    const { shards, dispatcher } =
      to === 'backup' ? dispatch(t, null, toBackup, 2) : dispatch(t, client, {}, 2);
    dispatcher.setPartnerUpdates('send');
    const newest = new Map<number, number | null>();
    for (let round = 1; round <= 60; round++) {
      for (let i = 0; i < 6; i++) {
        const address = BASE + ((round * 5 + i * 3) % 8);
        const isUpdate = (round + i) % 4 !== 0;
        const expireSec = 1_800_000_000 + round * 10 + i;
        newest.set(address, isUpdate ? expireSec : null);
        shards.send(i % 2, [{ address, isUpdate, expireSec }]);
      }
      await delay(1);
    }
    await Promise.all([shards.settled(0, 180), shards.settled(1, 180)]);
    t.strictSame(partner.overlaps, [], `to a ${to}`);
    const held = new Map([...partner.leases].map(([address, expire]) => [parseIpv4(address)!, expire]));
    for (const [address, expireSec] of newest) t.equal(held.get(address) ?? null, expireSec);
  }
});

t.test('a client that floods one address does not hold up the others', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  const flood = gate(partner);
  shards.send(0, [{ address: BASE }]);
  await until(() => partner.inFlight === 1);
  partner.script = () => success('ok');
  for (let i = 1; i <= 300; i++) {
    shards.write(0, [{ address: BASE, expireSec: 1_800_000_000 + i }]);
    shards.write(0, [{ address: BASE + i }]);
  }
  shards.ring();
  await shards.settled(0, 300);
  flood.release();
  await shards.settled(0, 601);
  t.equal(partner.received.length, 302, 'the flood is one lease more');
  t.equal(partner.leases.get('10.0.0.0'), 1_800_000_300);
});

t.test('[scenario 43] a conflict names its client to whoever counts them', async (t) => {
  const partner = await startPartner(t);
  const { shards, listener, dispatcher, recorded } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  partner.script = (command) =>
    leasesOf(command)[0]!['ip-address'] === '10.0.0.2'
      ? { result: 4, text: 'no such subnet' }
      : success('ok');
  for (const last of [1, 2]) shards.send(0, [{ address: BASE + last }]);
  await shards.settled(0, 2);
  t.strictSame([shards.of(0, 1), shards.of(0, 2)], [CONFIRMED, REJECTED]);
  t.strictSame(listener.clients.rejected, [
    { hwAddress: '02:00:0a:00:00:02', clientId: '02:00:0a:00:00:02' },
  ]);
  t.match(recorded.events, [{ id: 'TDM_PEER_CONFLICT', fields: { leases: 1, reason: 'no such subnet' } }]);
});

t.test('a transaction of two records in two requests is confirmed only when both are', async (t) => {
  const partner = await startPartner(t);
  const { shards, listener, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  partner.script = ({ name }) => ({ result: name === 'lease4-del' ? 4 : 0, text: 'outside of the subnet' });
  shards.send(0, [{ address: BASE + 1, isUpdate: false }, { address: BASE + 2 }]);
  shards.send(0, [{ address: BASE + 3 }]);
  await shards.settled(0, 2);
  t.strictSame([shards.of(0, 1), shards.of(0, 2)], [REJECTED, CONFIRMED]);
  t.strictSame(listener.clients.rejected.length, 1);
  t.notMatch(listener.calls, /failed/);
});

t.test('result 3 is a success', async (t) => {
  const partner = await startPartner(t);
  const { shards, listener, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  partner.script = () => ({ result: 3, text: 'nothing there', arguments: {} });
  shards.send(0, [{ address: BASE + 1, isUpdate: false }]);
  await shards.settled(0, 1);
  t.strictSame(shards.of(0, 1), CONFIRMED);
  t.notMatch(listener.calls, /failed|rejected|refused/);
});

t.test('an error makes the partner unavailable', async (t) => {
  for (const answer of [{ result: 2, text: 'unknown command' }, { result: 5 }, { result: 403 }]) {
    const partner = await startPartner(t);
    const { shards, listener, dispatcher } = dispatch(t, partner.client);
    partner.script = () => answer;
    shards.send(0, [{ address: BASE }]);
    dispatcher.setPartnerUpdates('send');
    await shards.settled(0, 1);
    t.strictSame(shards.of(0, 1), REJECTED);
    t.match(listener.calls, [/^failed: ./, 'completed'], JSON.stringify(answer));
  }
});

t.test(
  '[scenario 44] one lease that a peer cannot hold, or whose subnet it does not know, is refused alone',
  async (t) => {
    const partner = await startPartner(t);
    const { shards, listener, dispatcher } = dispatch(t, partner.client, { connections: 1 });
    partner.script = (command) =>
      leasesOf(command)[0]!['ip-address'] === '10.0.0.1' ? { result: 1, text: 'no memory' } : success('ok');
    for (const last of [1, 2]) shards.write(0, [{ address: BASE + last }]);
    dispatcher.setPartnerUpdates('send');
    await shards.settled(0, 2);
    t.strictSame([shards.of(0, 1), shards.of(0, 2)], [REJECTED, CONFIRMED]);
    t.strictSame(listener.calls, ['refused 1: no memory', 'completed', 'completed'], 'the partner is well');
    for (const result of [1, 4]) {
      const backup = await startPartner(t);
      const second = dispatch(t, null, { backups: [backupOf(backup.client)], waitBackupAck: true });
      backup.script = (command) =>
        leasesOf(command)[0]!['ip-address'] === '10.0.0.1' ? { result, text: 'not here' } : success('ok');
      for (const last of [1, 2]) second.shards.write(0, [{ address: BASE + last }]);
      second.shards.ring();
      await second.shards.settled(0, 2);
      t.strictSame([second.shards.of(0, 1), second.shards.of(0, 2)], [REJECTED, CONFIRMED]);
      t.match(second.recorded.events[0], { id: 'TDM_PEER_BACKUP_LOST', fields: { reason: 'not here' } });
    }
  },
);

t.test('confirmed clients are named only while somebody asks for them', async (t) => {
  const partner = await startPartner(t);
  const { shards, listener, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  shards.send(0, [{ address: BASE + 1 }]);
  await shards.settled(0, 1);
  dispatcher.trackConfirmed(true);
  shards.send(0, [{ address: BASE + 2 }]);
  await shards.settled(0, 2);
  dispatcher.trackConfirmed(false);
  shards.send(0, [{ address: BASE + 3 }]);
  await shards.settled(0, 3);
  t.strictSame(listener.clients.confirmed, [
    { hwAddress: '02:00:0a:00:00:02', clientId: '02:00:0a:00:00:02' },
  ]);
});

t.test('a partner that dies with requests in flight rejects them once and is reported', async (t) => {
  const partner = await startPartner(t);
  const { shards, listener, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  gate(partner);
  for (let i = 1; i <= 10; i++) shards.send(0, [{ address: BASE + i }]);
  await until(() => partner.inFlight > 0);
  await partner.close();
  await shards.settled(0, 10);
  for (let i = 1; i <= 10; i++) t.strictSame(shards.of(0, i), REJECTED);
  t.match(listener.calls, /failed: /);
});

t.test(
  'queue confirms at once, withhold refuses; withheld transactions are counted, not their leases',
  async (t) => {
    const partner = await startPartner(t);
    const { shards, listener, dispatcher } = dispatch(t, partner.client);
    shards.send(0, [{ address: BASE + 1, isUpdate: false }, { address: BASE + 2 }]);
    shards.send(0, [{ address: BASE + 3 }], false);
    await shards.settled(0, 1);
    await until(() => listener.unsentCount === 2);
    dispatcher.setPartnerUpdates('queue');
    shards.send(0, [{ address: BASE + 4, isUpdate: false }, { address: BASE + 5 }]);
    await shards.settled(0, 2);
    t.equal(listener.unsentCount, 2);
    t.strictSame(dispatcher.backlog(), { length: 2, overflown: false });
    t.equal(partner.received.length, 0);
    t.strictSame([...shards.given[0]!.values()], [REJECTED, CONFIRMED]);
  },
);

t.test(
  'when the mode changes, what is in flight keeps its own verdict and the rest follows the new mode',
  async (t) => {
    for (const mode of ['queue', 'withhold'] as const) {
      const partner = await startPartner(t);
      const { shards, listener, dispatcher } = dispatch(t, partner.client, { connections: 2 });
      dispatcher.setPartnerUpdates('send');
      partner.script = () => ({ result: 1, text: 'going down' });
      const hold = gate(partner);
      shards.send(0, [{ address: BASE + 1 }]);
      await until(() => partner.inFlight === 1);
      shards.send(0, [{ address: BASE + 2 }]);
      await until(() => partner.inFlight === 2);
      for (let i = 0; i < 3; i++) shards.write(0, [{ address: BASE + 1, expireSec: 1_800_000_100 + i }]);
      shards.send(0, [{ address: BASE + 3 }]);
      await delay(20);
      t.equal(shards.given[0]!.size, 0);
      dispatcher.setPartnerUpdates(mode);
      await shards.settled(0, 4);
      const verdict = mode === 'queue' ? CONFIRMED : REJECTED;
      for (const number of [3, 4, 5, 6]) t.strictSame(shards.of(0, number), verdict, mode);
      hold.release();
      await shards.settled(0, 6);
      t.strictSame([shards.of(0, 1), shards.of(0, 2)], [REJECTED, REJECTED]);
      if (mode === 'queue') t.equal(dispatcher.backlog().length, 4);
      else t.equal(listener.unsentCount, 4);
    }
  },
);

t.test('updates that wait for their address follow a change of mode too', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client, { connections: 2 });
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  shards.send(0, [{ address: BASE + 1 }]);
  await until(() => partner.inFlight === 1);
  shards.write(0, [{ address: BASE + 1, expireSec: 1_800_000_005 }]);
  shards.send(0, [{ address: BASE + 2 }]);
  await until(() => partner.inFlight === 2);
  dispatcher.setPartnerUpdates('queue');
  await shards.settled(0, 1);
  t.strictSame(shards.of(0, 2), CONFIRMED, 'the waiting one');
  t.equal(dispatcher.backlog().length, 1);
  const sent = dispatcher.sendBacklog();
  hold.release();
  t.equal(await sent, true);
  t.equal(partner.leases.get('10.0.0.1'), 1_800_000_005, 'not overtaken by the request from before');
});

t.test('the backlog is delivered in order, several addresses at once, none of them twice', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('queue');
  shards.write(0, [{ address: BASE + 1, expireSec: 1_800_000_001 }]);
  shards.write(0, [{ address: BASE + 1, isUpdate: false }, { address: BASE + 2 }]);
  shards.write(0, [{ address: BASE + 1, expireSec: 1_800_000_002 }]);
  shards.write(0, [{ address: BASE + 2, isUpdate: false }]);
  shards.ring();
  await shards.settled(0, 4);
  const hold = gate(partner);
  const sending = dispatcher.sendBacklog();
  t.equal(dispatcher.sendBacklog(), sending, 'one delivery at a time');
  await until(() => partner.inFlight === 2);
  hold.release();
  t.equal(await sending, true);
  t.strictSame(dispatcher.backlog(), { length: 0, overflown: false });
  t.strictSame([...partner.leases], [['10.0.0.1', 1_800_000_002]]);
  t.equal(partner.received.length, 2, 'each as it stands');
});

forUpdatesOfEach('[scenario 47] the backlog remembers an overflow until it is cleared', async (t, family) => {
  const partner = await partnerOf(t, family);
  const { shards, dispatcher, recorded } = dispatchFor(t, family.kit, partner.client, {
    delayedUpdatesLimit: 5,
  });
  dispatcher.setPartnerUpdates('queue');
  for (let i = 1; i <= 5; i++) shards.send(0, [family.put(i)]);
  await shards.settled(0, 5);
  t.strictSame(dispatcher.backlog(), { length: 5, overflown: false });
  for (let i = 6; i <= 8; i++) shards.send(0, [family.put(i)]);
  await shards.settled(0, 8);
  t.strictSame(dispatcher.backlog(), { length: 5, overflown: true });
  t.equal(recorded.count('TDM_PEER_BACKLOG_OVERFLOWN'), 1);
  t.equal(await dispatcher.sendBacklog(), true);
  t.strictSame(dispatcher.backlog(), { length: 0, overflown: true }, 'also after it has drained');
  dispatcher.clearBacklog(false);
  t.strictSame(dispatcher.backlog(), { length: 0, overflown: false });
});

t.test('the delivery of the backlog goes on behind a lease that the partner does not take', async (t) => {
  for (const [result, call] of [
    [1, 'refused 1: '],
    [4, 'rejected'],
  ] as const) {
    const partner = await startPartner(t);
    const { shards, listener, dispatcher } = dispatch(t, partner.client);
    dispatcher.setPartnerUpdates('queue');
    for (let i = 1; i <= 4; i++) shards.send(0, [{ address: BASE + i }]);
    await shards.settled(0, 4);
    partner.script = (command) => ({
      result: leasesOf(command)[0]!['ip-address'] === '10.0.0.3' ? result : 0,
    });
    t.equal(await dispatcher.sendBacklog(), true);
    t.equal(partner.received.length, 4);
    t.equal(dispatcher.backlog().length, 0);
    t.strictSame(listener.calls, [call]);
  }
});

t.test('a backlog that is cleared while it is being delivered is not delivered', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client, { connections: 3 });
  dispatcher.setPartnerUpdates('queue');
  for (let i = 1; i <= 4; i++) shards.send(0, [{ address: BASE + i }]);
  await shards.settled(0, 4);
  const hold = gate(partner);
  const sending = dispatcher.sendBacklog();
  await until(() => partner.inFlight === 3);
  dispatcher.clearBacklog(false);
  shards.send(0, [{ address: BASE + 9 }]);
  await shards.settled(0, 5);
  hold.release();
  t.equal(await sending, false);
  t.equal(partner.received.length, 3, 'what was under way, and no more');
  t.equal(dispatcher.backlog().length, 1, 'what came later stays');
});

forUpdatesOfEach(
  '[scenarios 26, 42] backups get every update in every mode and nobody waits for them',
  async (t, family) => {
    const partner = await partnerOf(t, family);
    const backup = await partnerOf(t, family, 'backup1');
    const slow = await partnerOf(t, family, 'backup2');
    const dead = await partnerOf(t, family, 'backup3');
    await dead.close();
    const hold = gate(slow);
    const { shards, listener, dispatcher, recorded } = dispatchFor(t, family.kit, partner.client, {
      backups: [backup, slow, dead].map(({ client }) => backupOf(client)),
    });
    const modes = ['withhold', 'queue', 'send'] as const;
    for (const [at, mode] of modes.entries()) {
      dispatcher.setPartnerUpdates(mode);
      shards.send(0, [family.drop(2 * at + 1), family.put(2 * at + 2)]);
      await shards.settled(0, 1);
    }
    await shards.settled(0, 3);
    await until(() => backup.leases.size === 3);
    const told = (verb: string) => changesToldTo(backup).filter((change) => change.startsWith(verb)).length;
    t.same([told('put'), told('delete')], [3, 3]);
    await until(() => slow.inFlight > 0);
    t.strictSame([...shards.given[0]!.values()], [REJECTED, CONFIRMED, CONFIRMED]);
    t.notMatch(listener.calls, /failed/);
    await until(() => recorded.count('TDM_PEER_BACKUP_LOST') === 1);
    hold.release();
  },
);

t.test(
  'a backup that returns is told of new updates, and the loss is logged once and closed once',
  async (t) => {
    // Of a port that the kernel chooses, another program may have made use before the backup is back.
    const port = await findFreeTcpPort('127.0.0.1');
    const first = await startPartner(t, 'backup1', port);
    await first.close();
    const { shards, recorded } = dispatch(t, null, { backups: [backupOf(first.client)] });
    for (let i = 1; i <= 5; i++) {
      shards.send(0, [{ address: BASE + i }]);
      await delay(10);
    }
    await until(() => recorded.count('TDM_PEER_BACKUP_LOST') === 1);
    const second = await startPartner(t, 'backup1', port);
    shards.send(0, [{ address: BASE + 6 }]);
    await until(() => second.leases.has('10.0.0.6'));
    await until(() => recorded.count('TDM_PEER_BACKUP_BACK') === 1);
    t.equal(recorded.count('TDM_PEER_BACKUP_LOST'), 1);
  },
);

t.test('with wait-backup-ack the verdict waits for every backup', async (t) => {
  const backups = [await startPartner(t, 'backup1'), await startPartner(t, 'backup2')];
  const { shards, listener } = dispatch(t, null, {
    backups: backups.map(({ client }) => backupOf(client)),
    waitBackupAck: true,
  });
  const hold = gate(backups[1]!);
  shards.send(0, [{ address: BASE + 1, isUpdate: false }, { address: BASE + 2 }]);
  await until(() => backups[0]!.leases.size === 1 && backups[1]!.inFlight > 0);
  await delay(20);
  t.strictSame(shards.of(0, 1), []);
  hold.release();
  await shards.settled(0, 1);
  t.strictSame(shards.of(0, 1), CONFIRMED);
  await backups[0]!.close();
  for (let i = 3; i < 6; i++) {
    shards.send(0, [{ address: BASE + i }]);
    await delay(5);
  }
  await shards.settled(0, 4);
  for (const number of [2, 3, 4]) t.strictSame(shards.of(0, number), REJECTED);
  t.equal(listener.unsentCount, 0, 'there is no partner to whom updates could be owed');
});

t.test('a slow backup loses its oldest updates and nobody else anything', async (t) => {
  const partner = await startPartner(t);
  const backup = await startPartner(t, 'backup1');
  const stream = new ModelBackupStream();
  const { shards, dispatcher, recorded } = dispatch(t, partner.client, {
    backups: [backupOf(backup.client, stream)],
  });
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  const total = BACKUP_QUEUE_RECORDS_MAX + 1_000;
  shards.send(0, [{ address: BASE }]);
  await until(() => stream.isDelivering);
  for (let i = 1; i < total; ) {
    while (i < total && shards.write(0, [{ address: BASE + i }]) !== 0) i++;
    shards.ring();
    await shards.settled(0, i);
  }
  t.equal(partner.leases.size, total);
  t.equal(recorded.count('TDM_PEER_BACKUP_LOST'), 1);
  stream.isFast = true;
  stream.answer();
  await until(() => recorded.count('TDM_PEER_BACKUP_BACK') === 1);
  await until(() => stream.portions.flat().at(-1) === BASE + total - 1);
  const { lost } = recorded.events.find(({ id }) => id === 'TDM_PEER_BACKUP_BACK')!.fields;
  t.equal(stream.portions.flat().length, total - Number(lost));
  t.equal(lost, total - 1 - BACKUP_QUEUE_RECORDS_MAX);
});

t.test('close ends the watching, waits for what is in flight and gives its verdicts', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  const hold = gate(partner);
  shards.send(0, [{ address: BASE + 1 }]);
  await until(() => partner.inFlight === 1);
  const closing = dispatcher.close();
  hold.release();
  await closing;
  t.strictSame(shards.of(0, 1), CONFIRMED);
  shards.send(0, [{ address: BASE + 2 }]);
  await delay(250);
  t.strictSame(shards.of(0, 2), []);
});

t.test('a shard on another thread is heard when it rings, not at the next tick', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client, { wake: () => {} });
  dispatcher.setPartnerUpdates('send');
  const rounds = 40;
  const payload = encodeRecord({ address: BASE + 1 });
  const worker = new Worker(new URL('./support/ringing-worker.js', import.meta.url), {
    workerData: { updates: shards.updates, verdicts: shards.verdicts[0], payload, rounds },
  });
  const exited = once(worker, 'exit');
  const [shortestMs] = (await once(worker, 'message')) as [number];
  await exited;
  // One that is not heard waits for the next tick, and so does the one after its verdict: none would be shorter than a tick.
  t.ok(shortestMs < TICK_MS / 2, `${shortestMs.toFixed(1)} ms, the shortest of ${rounds}`);
  t.equal(partner.received.length, rounds);
});

t.test('a closed dispatcher keeps no process alive', async (t) => {
  const modules = ['peer/dispatcher', 'engine/parked/shard-link', 'engine/parked/verdicts', 'base/clock'].map(
    (name) => new URL(`../../src/${name}.js`, import.meta.url).href,
  );
  const code = `
    const [{ createUpdateDispatcher }, { allocateUpdateLog }, { allocateVerdicts }, { systemClock }] =
      await Promise.all(${JSON.stringify(modules)}.map((url) => import(url)));
    const dispatcher = createUpdateDispatcher({ updates: allocateUpdateLog(1 << 18), verdicts: [allocateVerdicts(16)],
      wake() {}, partner: null, backups: [], stream: null, waitBackupAck: false, delayedUpdatesLimit: 0, sendsUpdates: true, heartbeatDelayMs: 0, connections: 0,
      listener: {}, clock: systemClock, log() {} });
    await dispatcher.close();
    console.log('closed');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    timeout: 20_000,
    env: {},
  });
  t.equal(stdout, 'closed\n', 'it has ended by itself');
});

t.test('waiting for updates costs nothing: an idle dispatcher is woken about once a tick', async (t) => {
  const partner = await startPartner(t);
  const { shards, dispatcher } = dispatch(t, partner.client);
  dispatcher.setPartnerUpdates('send');
  await delay(50);
  const before = process.cpuUsage();
  await delay(500);
  const { user, system } = process.cpuUsage(before);
  t.ok(user + system < 250_000, `${user + system} microseconds in half a second`);
  shards.write(0, [{ address: BASE + 1 }]);
  await shards.settled(0, 1);
  t.strictSame(shards.of(0, 1), CONFIRMED, 'found by the tick although nobody rang');
});
