/** Backups that are Tandems get every lease by a stream of each active server, and fetch by it what they have missed. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startPartner } from '../peer/support/partner.ts';
import { endWithoutLoss, startLoad } from './reloading.ts';
import {
  directoryWith,
  FIRST,
  leaseRows,
  leasesOf,
  lostLeases,
  served,
  syncByCommand,
  until,
} from './synchronizing.ts';
import { WithBackup } from './with-backup.ts';

t.setTimeout(240_000);
// They wait for most of the time.
t.jobs = 2;

const RATE = 300;
const SERVED = 300;
const LEASES = 8_000;
const buffered = { buffered: true };

for (const mode of ['hot-standby', 'load-balancing', 'passive-backup'] as const)
  t.test(`${mode}: the backup gets every lease by streams, and nobody waits for it`, buffered, async (t) => {
    const scene = await WithBackup.start(t, { mode });
    await scene.streams();
    const client = await startLoad(scene.clientPorts, scene.relayPort, RATE);
    await served(client, SERVED);
    await endWithoutLoss(t, client);
    const leases = await scene.untilEqual();
    t.ok(leases.size >= SERVED);
    for (const name of scene.active) {
      t.match(await scene.fact(name, 'backup'), /is up, lease updates go by it/);
      t.match(await scene.fact('backup', name), /is up, its lease updates come by it/);
      t.same(scene.downs(name), []);
      t.same(scene.get(name).logged('TDM_PEER_BACKUP_LOST'), []);
    }
    const sent = await Promise.all(scene.active.map((name) => scene.fact(name, 'backup')));
    const records = sent.map((fact) => Number(/(\d+) records sent/.exec(fact)![1]));
    t.ok(records.reduce((sum, count) => sum + count) >= leases.size, `${records} records`);
    if (mode === 'load-balancing') t.ok(records.every((count) => count > 0));
  });

t.test(
  'a backup that is killed and comes back costs no client anything, and is made whole',
  buffered,
  async (t) => {
    const scene = await WithBackup.start(t, { mode: 'hot-standby' });
    await scene.streams();
    const client = await startLoad(scene.clientPorts, scene.relayPort, RATE);
    await sleep(500);
    await scene.kill('backup');
    await until('told', () => scene.get('a').logged('TDM_PEER_BACKUP_LOST').length > 0);
    await sleep(1000);
    await scene.begin('backup');
    await until('back', () => scene.get('a').logged('TDM_PEER_BACKUP_BACK').length > 0);
    await scene.streams(2);
    await sleep(500);
    t.match(await scene.synchronize(), { by: 'stream', kind: 'fetch' });
    await sleep(300);
    await endWithoutLoss(t, client);
    const leases = await scene.untilEqual();
    t.same(lostLeases(client, leases), []);
    t.equal(scene.get('a').logged('TDM_PEER_BACKUP_LOST').length, 1, 'told once');
  },
);

t.test(
  'a backup that stops reading is left, is told as lost, and takes up again where it is let',
  buffered,
  async (t) => {
    const scene = await WithBackup.start(t, { mode: 'passive-backup' });
    await scene.streams();
    const client = await startLoad(scene.clientPorts, scene.relayPort, RATE);
    await sleep(500);
    const { child } = scene.get('backup').server;
    child.kill('SIGSTOP');
    t.teardown(() => child.kill('SIGCONT'));
    await until('left', () => scene.downs('a').length > 0);
    t.match(scene.downs('a'), [{ reason: 'no acknowledgement within 10000 ms' }]);
    child.kill('SIGCONT');
    await until('back', () => scene.get('a').logged('TDM_PEER_BACKUP_BACK').length > 0);
    await scene.streams(2);
    await endWithoutLoss(t, client);
    const [lost] = scene.get('a').logged('TDM_PEER_BACKUP_BACK');
    t.equal(
      lost!['lost'],
      scene.downs('a')[0]!['unconfirmed'],
      'what was on its way, and nothing that waited',
    );
    t.match(await scene.synchronize(), { by: 'stream' });
    t.same(lostLeases(client, await scene.untilEqual()), []);
  },
);

t.test(
  'ha-sync on a backup while everybody is served: nobody is held off, and it comes to the same',
  buffered,
  async (t) => {
    const directory = directoryWith(t, leaseRows(FIRST, LEASES, 100));
    const scene = await WithBackup.start(t, { mode: 'hot-standby', directory });
    await scene.streams();
    const client = await startLoad(scene.clientPorts, scene.relayPort, RATE);
    await sleep(300);
    const held = scene.get('a').logged('TDM_HA_SERVICE_HELD').length;
    const done = await scene.synchronize();
    t.match(done, { by: 'stream', kind: 'fetch', skipped: 0 });
    t.ok(Number(done['created']) >= LEASES, `${done['created']} leases in ${done['ms']} ms`);
    await endWithoutLoss(t, client);
    const leases = await scene.untilEqual();
    t.ok(leases.size > LEASES);
    t.same(lostLeases(client, leases), []);
    t.equal(scene.get('a').logged('TDM_HA_SERVICE_HELD').length, held);
    t.same(scene.downs('a'), []);
  },
);

t.test(
  'an active server fetches from a backup by pages: it tells nobody what changes',
  buffered,
  async (t) => {
    const scene = await WithBackup.start(t, { mode: 'passive-backup' });
    await scene.streams();
    t.match(await syncByCommand(t, scene.get('a'), 'backup'), [{ by: 'pages' }]);
    t.match(scene.get('a').logged('TDM_HA_SYNC_BY_PAGES'), [{ reason: /is a backup/ }]);
    t.same(scene.downs('a'), []);
  },
);

t.test(
  'with wait-backup-ack no client is answered whose lease the backup does not have',
  buffered,
  async (t) => {
    const more = { 'wait-backup-ack': true };
    const scene = await WithBackup.start(t, { mode: 'passive-backup', more });
    await scene.streams();
    const client = await startLoad(scene.clientPorts, scene.relayPort, RATE, 1, 500);
    await sleep(700);
    await scene.kill('backup');
    const held = await leasesOf({ ask: (...command) => scene.get('a').ask(...command) });
    t.ok(held.size > 0);
    await sleep(700);
    const before = client.ledger.leases();
    const acknowledged = [...before].length;
    await sleep(500);
    t.equal([...client.ledger.leases()].length, acknowledged, 'nobody gets a lease while it is away');
    await scene.begin('backup');
    await scene.streams(2);
    await until('served again', () => [...client.ledger.leases()].length > acknowledged);
    const counts = await client.stop(20_000);
    t.equal(counts['address-conflicts'], 0);
    t.same(lostLeases(client, await leasesOf(scene.get('backup'))), [], 'the backup alone has all of them');
  },
);

t.test('a backup that takes no stream of this version gets a request a lease', buffered, async (t) => {
  for (const stream of [undefined, [1, 99]]) {
    const scene = await WithBackup.prepare(t, { mode: 'passive-backup' });
    const backup = await startPartner(t, 'backup', scene.ports.get('backup'));
    backup.heartbeat = { state: 'backup', tandem: { version: '9', stream } };
    await scene.begin('a');
    await scene.serves();
    const client = await startLoad(scene.clientPorts, scene.relayPort, 50);
    await until('told of leases', () => backup.leases.size > 20);
    await endWithoutLoss(t, client);
    await until('told of all', async () => (await leasesOf(scene.get('a'))).size === backup.leases.size);
    t.match(await scene.fact('a', 'backup'), /no lease stream to backup is up: lease updates go by request/);
    t.match(backup.greetings[0], { 'server-name': 'a', tandem: { stream: [Number] } });
    t.same(scene.get('a').logged('TDM_STREAM_NOT_UP'), []);
  }
});
