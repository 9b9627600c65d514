/** Lease updates to a backup that is a Tandem: by its stream in portions, never by two ways at once, and what is lost is told. */

import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { BackupPeer } from '../../src/peer/backup-peer.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { createUpdateDispatcher } from '../../src/peer/dispatcher.ts';
import type { DispatcherParts } from '../../src/peer/dispatcher-parts.ts';
import { BACKUP_PAUSE_MS, BACKUP_QUEUE_RECORDS_MAX, DELIVERY_RECORDS_MAX } from '../../src/peer/limits.ts';
import { backupOf, ModelBackupStream } from './support/backups.ts';
import { SILENT } from './support/listener.ts';
import { recordLog } from './support/log.ts';
import { gate, startPartner, type TestPartner } from './support/partner.ts';
import { TestShards } from './support/shards.ts';
import { standingBy } from './support/standing.ts';

const BASE = parseIpv4('10.0.0.0')!;
const CONFIRMED = [Verdict.confirmed];
const REJECTED = [Verdict.rejected];
/** Long enough for whatever is not to happen. */
const QUIET_MS = 30;

/** A server in passive-backup mode, for whose clients the test decides whether they wait for the backup. */
class Scene {
  readonly server: TestPartner;
  readonly shards = new TestShards(1);
  readonly stream = new ModelBackupStream();
  readonly recorded = recordLog();
  readonly dispatcher: ReturnType<typeof createUpdateDispatcher>;
  /** How often the backup was greeted. */
  greetings = 0;
  /** The clock runs ahead by so much. */
  aheadMs = 0;

  private constructor(t: Test, server: TestPartner, changes: Partial<DispatcherParts>) {
    this.server = server;
    const backup = backupOf(server.client, this.stream);
    const counted: BackupPeer = {
      ...backup,
      greet: () => {
        this.greetings++;
        return backup.greet();
      },
    };
    this.dispatcher = createUpdateDispatcher({
      updates: this.shards.updates,
      verdicts: this.shards.verdicts,
      wake: this.shards.wake,
      partner: null,
      backups: [counted],
      stream: null,
      family: peerFamily4,
      standing: standingBy(this.shards.leaseAt),
      waitBackupAck: true,
      delayedUpdatesLimit: 0,
      sendsUpdates: true,
      heartbeatDelayMs: 0,
      connections: 4,
      listener: SILENT,
      clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + this.aheadMs },
      log: this.recorded.log,
      ...changes,
    });
    t.teardown(() => {
      this.stream.end();
      return this.dispatcher.close();
    });
  }

  /** @param isUp the stream is up, and the backup is greeted */
  static async start(t: Test, isUp = true, changes: Partial<DispatcherParts> = {}): Promise<Scene> {
    const scene = new Scene(t, await startPartner(t, 'backup1'), changes);
    if (isUp) scene.stream.comeUp();
    return scene;
  }

  /** Leases of so many addresses. */
  send(...hosts: readonly number[]): void {
    for (const host of hosts) this.shards.write(0, [{ address: BASE + host }]);
    this.shards.ring();
  }

  get requests(): number {
    return this.server.received.length;
  }

  /** Reasons and losses, as the log has them. */
  told(): unknown[] {
    return this.recorded.events.map(({ id, fields }) => [
      id,
      id === 'TDM_PEER_BACKUP_BACK' ? fields['lost'] : fields['reason'],
    ]);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

function hosts(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

t.test('one portion after the other, each lease confirmed when its portion is', async (t) => {
  const scene = await Scene.start(t);
  const { stream, shards } = scene;
  scene.send(1);
  await until(() => stream.isDelivering);
  scene.send(...hosts(2, DELIVERY_RECORDS_MAX + 9));
  await delay(QUIET_MS);
  t.equal(stream.portions.length, 1, 'the second one waits for the answer');
  t.strictSame(shards.of(0, 1), []);
  stream.answer();
  await until(() => stream.portions.length === 2);
  t.strictSame(shards.of(0, 1), CONFIRMED);
  stream.answer();
  await until(() => stream.portions.length === 3);
  stream.answer();
  await shards.settled(0, DELIVERY_RECORDS_MAX + 10);
  t.same(
    stream.portions.map(({ length }) => length),
    [1, DELIVERY_RECORDS_MAX, 9],
  );
  t.same(stream.portions.flat(), hosts(BASE + 1, DELIVERY_RECORDS_MAX + 10), 'in order');
  t.equal(scene.requests, 0, 'and none by request');
  t.same(scene.told(), []);
});

t.test('without wait-backup-ack nobody waits', async (t) => {
  const scene = await Scene.start(t, true, { waitBackupAck: false });
  scene.send(1);
  await scene.shards.settled(0, 1);
  await until(() => scene.stream.isDelivering);
  t.strictSame(scene.shards.of(0, 1), CONFIRMED);
});

t.test('what it refuses is refused alone, counted and told', async (t) => {
  const scene = await Scene.start(t);
  const { stream, shards } = scene;
  scene.send(1, 2, 3);
  await until(() => stream.isDelivering);
  const refused = (host: number, code: number, reason: string) => ({ address: BASE + host, code, reason });
  stream.answer({ refused: [refused(1, 1, 'no memory'), refused(3, 4, 'no such subnet')] });
  await shards.settled(0, 3);
  t.strictSame(
    [1, 2, 3].map((number) => shards.of(0, number)),
    [REJECTED, CONFIRMED, REJECTED],
  );
  scene.send(4);
  await until(() => stream.isDelivering);
  stream.answer();
  await shards.settled(0, 4);
  t.same(scene.told(), [
    ['TDM_PEER_BACKUP_LOST', 'no such subnet'],
    ['TDM_PEER_BACKUP_BACK', 2],
  ]);
});

t.test('requests under way end before the stream gets anything, and nothing goes by two ways', async (t) => {
  const scene = await Scene.start(t, false);
  const { stream, server } = scene;
  const hold = gate(server);
  scene.send(1);
  await until(() => server.inFlight === 1);
  scene.send(1);
  await delay(QUIET_MS);
  stream.comeUp();
  scene.send(2);
  await delay(QUIET_MS);
  t.same(stream.portions, [], 'what waits for its address goes first');
  hold.release();
  await until(() => stream.isDelivering);
  t.equal(server.named('lease4-update').length, 2);
  t.same(stream.portions, [[BASE + 2]]);
  stream.answer();
  await scene.shards.settled(0, 3);
});

t.test('a stream that ends loses what is on its way, and nothing that waits', async (t) => {
  const scene = await Scene.start(t);
  const { stream, shards, server } = scene;
  scene.send(1, 2);
  await until(() => stream.isDelivering);
  scene.send(3);
  await delay(QUIET_MS);
  const greetings = scene.greetings;
  stream.end();
  await shards.settled(0, 3);
  t.strictSame(
    [1, 2, 3].map((number) => shards.of(0, number)),
    [REJECTED, REJECTED, REJECTED],
  );
  scene.send(4);
  await shards.settled(0, 4);
  t.strictSame(shards.of(0, 4), REJECTED, 'nobody waits for a backup that has just failed');
  t.equal(scene.requests, 0, 'and nothing is sent to it for a while');
  scene.aheadMs += BACKUP_PAUSE_MS;
  await until(() => server.named('lease4-update').length === 2);
  t.ok(scene.greetings > greetings, 'it is asked first whether it is there');
  await until(() => scene.told().length === 2);
  t.same(scene.told(), [
    ['TDM_PEER_BACKUP_LOST', 'the stream broke'],
    ['TDM_PEER_BACKUP_BACK', 2],
  ]);
});

t.test('one that goes away while nothing is on its way is asked before anything is sent', async (t) => {
  const scene = await Scene.start(t, true, { waitBackupAck: false });
  await until(() => scene.greetings === 1);
  await scene.server.close();
  scene.stream.end();
  scene.send(1, 2, 3);
  await until(() => scene.told().length === 1);
  t.match(scene.told(), [['TDM_PEER_BACKUP_LOST', /ECONNREFUSED/]]);
  scene.stream.comeUp();
  await delay(QUIET_MS);
  t.same(scene.stream.portions, [], 'the pause holds for streams too');
  scene.aheadMs += BACKUP_PAUSE_MS;
  await delay(QUIET_MS);
  t.same(scene.stream.portions, [], 'and it must answer');
});

t.test('a backup that is dead and gets nothing is no reason for a line', async (t) => {
  const scene = await Scene.start(t, false);
  await until(() => scene.greetings === 1);
  await scene.server.close();
  for (let i = 0; i < 3; i++) {
    const before = scene.greetings;
    scene.aheadMs += BACKUP_PAUSE_MS;
    scene.stream.end();
    if (i > 0) await until(() => scene.greetings > before);
  }
  t.same(scene.told(), []);
});

t.test('one that is well is greeted once a heartbeat-delay, and goes on meanwhile', async (t) => {
  const heartbeatDelayMs = 60_000;
  const scene = await Scene.start(t, true, { heartbeatDelayMs });
  const { stream } = scene;
  await until(() => scene.greetings === 1);
  await delay(150);
  t.equal(scene.greetings, 1);
  scene.aheadMs += heartbeatDelayMs;
  await until(() => scene.greetings === 2);
  scene.send(1);
  await until(() => stream.isDelivering);
  stream.answer();
  await scene.shards.settled(0, 1);
  t.same(scene.told(), []);
});

t.test('a slow one loses its oldest updates, which are told, and a synchronization of its own', async (t) => {
  const scene = await Scene.start(t, true, { waitBackupAck: false });
  const { stream, shards } = scene;
  const answers: unknown[] = [];
  stream.ask((refused) => answers.push(refused));
  await until(() => answers.length === 1);
  scene.send(0);
  await until(() => stream.isDelivering);
  const total = BACKUP_QUEUE_RECORDS_MAX + 100;
  for (let i = 1; i <= total; ) {
    while (i <= total && shards.write(0, [{ address: BASE + i }]) !== 0) i++;
    shards.ring();
    await shards.settled(0, i);
  }
  await until(() => scene.told().length === 1);
  t.match(stream.ended, [/its queue is full/], 'once');
  stream.isFast = true;
  stream.answer();
  await until(() => stream.portions.flat().at(-1) === BASE + total);
  await until(() => scene.told().length === 2);
  const sent = stream.portions.flat();
  t.equal(sent.length, total + 1 - 100);
  t.same(scene.told(), [
    ['TDM_PEER_BACKUP_LOST', 'its queue is full'],
    ['TDM_PEER_BACKUP_BACK', 100],
  ]);
});

t.test('it may synchronize as soon as everything goes by the stream', async (t) => {
  const scene = await Scene.start(t, false);
  const { stream, server } = scene;
  const hold = gate(server);
  scene.send(1);
  await until(() => server.inFlight === 1);
  stream.comeUp();
  const answers: unknown[] = [];
  stream.ask((refused) => answers.push(refused));
  await delay(QUIET_MS);
  t.same(answers, [], 'what is under way by request is no part of it');
  hold.release();
  await until(() => answers.length === 1);
  t.same(answers, [null]);
  stream.end();
  stream.comeUp();
  await delay(QUIET_MS);
  t.equal(answers.length, 1);
});

t.test('not where lease updates are switched off: it would never hear what changes', async (t) => {
  const scene = await Scene.start(t, true, { sendsUpdates: false });
  const answers: unknown[] = [];
  scene.stream.ask((refused) => answers.push(refused));
  t.match(answers, [/switched off/]);
});
