import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import type { Answer } from '../../src/control/answer.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { BackupPeer } from '../../src/peer/backup-peer.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { createUpdateDispatcher } from '../../src/peer/dispatcher.ts';
import type { PartnerUpdates, PeerAnswer, PeerClient } from '../../src/peer/model.ts';
import { backupOf } from './support/backups.ts';
import { SILENT } from './support/listener.ts';
import { recordLog } from './support/log.ts';
import { leasesOf, startPartner, type TestPartner } from './support/partner.ts';
import { type TestRecord, TestShards } from './support/shards.ts';
import { standingBy } from './support/standing.ts';

const BASE = parseIpv4('10.0.0.0')!;
const SHARDS = 3;
type Mood = 'fine' | 'slow' | 'error' | 'conflict' | 'garbage' | 'lost-request' | 'lost-answer';

const anyMood = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Mood>('fine', 'slow') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Mood>('error', 'conflict', 'garbage', 'lost-request', 'lost-answer'),
  },
);

type Step =
  | {
      kind: 'transaction';
      shard: number;
      addresses: number[];
      deletions: number;
      awaited: boolean;
      ring: boolean;
    }
  | { kind: 'mode'; mode: PartnerUpdates }
  | { kind: 'backlog' }
  | { kind: 'pause' };

const anyTransaction = fc.record({
  kind: fc.constant('transaction' as const),
  shard: fc.nat(SHARDS - 1),
  addresses: fc.array(fc.nat(12), { minLength: 1, maxLength: 3 }),
  deletions: fc.nat(7),
  awaited: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  ring: fc.boolean(),
});
const pause: Step = { kind: 'pause' };

/** Answers by a list of moods, one a request, round and round. */
function moody(client: PeerClient, partner: TestPartner, moods: readonly Mood[]): PeerClient {
  let turn = 0;
  const queue: Mood[] = [];
  partner.script = () => answerOf(queue.shift() ?? 'fine');
  return {
    name: client.name,
    role: client.role,
    request: (...parameters) => client.request(...parameters),
    async requestBytes(body, timeoutMs): Promise<PeerAnswer> {
      const mood = moods[turn++ % moods.length]!;
      if (mood === 'lost-request') return { kind: 'failed', reason: mood };
      queue.push(mood);
      const answer = await client.requestBytes(body, timeoutMs);
      return mood === 'lost-answer' ? { kind: 'failed', reason: mood } : answer;
    },
    close: () => client.close(),
  };
}

async function answerOf(mood: Mood): Promise<Answer> {
  if (mood === 'slow') await delay(3);
  switch (mood) {
    case 'error':
      return { result: 1, text: 'error' };
    case 'conflict':
      return { result: 4, text: 'conflict' };
    case 'garbage':
      return { result: 0.5 };
    default:
      return { result: 0 };
  }
}

/** Runs the steps; returns the shards when every awaited transaction has been judged. */
async function run(
  steps: readonly Step[],
  shards: TestShards,
  partner: PeerClient,
  backups: readonly BackupPeer[],
  versions: Map<string, { records: TestRecord[] }>,
) {
  const dispatcher = createUpdateDispatcher({
    updates: shards.updates,
    verdicts: shards.verdicts,
    wake: shards.wake,
    partner,
    backups,
    stream: null,
    waitBackupAck: backups.length > 0,
    delayedUpdatesLimit: 10,
    sendsUpdates: true,
    heartbeatDelayMs: 0,
    connections: 4,
    listener: SILENT,
    family: peerFamily4,
    standing: standingBy(shards.leaseAt),
    // A second is over in ten milliseconds: pauses are short, the rest does not read the clock.
    clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() * 100 },
    log: recordLog().log,
  });
  dispatcher.setPartnerUpdates('send');
  let version = 1_800_000_000;
  for (const step of steps) {
    if (step.kind === 'mode') dispatcher.setPartnerUpdates(step.mode);
    else if (step.kind === 'backlog') void dispatcher.sendBacklog();
    else if (step.kind === 'pause') await delay(2);
    else {
      const records = step.addresses.map((offset, index) => ({
        address: BASE + offset,
        isUpdate: ((step.deletions >> index) & 1) === 0,
        expireSec: ++version,
      }));
      const number = shards.write(step.shard, records, step.awaited);
      if (step.awaited) versions.set(`${step.shard}/${number}`, { records });
      if (step.ring) shards.ring();
    }
  }
  shards.ring();
  const expected = Array.from(
    { length: SHARDS },
    (_, shard) => [...versions.keys()].filter((key) => key.startsWith(`${shard}/`)).length,
  );
  await Promise.all(expected.map((count, shard) => shards.settled(shard, count)));
  await dispatcher.close();
}

t.test(
  'every awaited transaction gets exactly one verdict, whatever the peers and the modes do',
  async (t) => {
    const partner = await startPartner(t);
    const backup = await startPartner(t, 'backup1');
    const anyStep = fc.oneof(
      { weight: 20, arbitrary: anyTransaction },
      { weight: 2, arbitrary: fc.constant(pause) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('mode' as const),
          mode: fc.constantFrom<PartnerUpdates>('send', 'send', 'queue', 'withhold'),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'backlog' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 50, maxLength: 300 }),
        fc.array(anyMood, { minLength: 1, maxLength: 20 }),
        fc.array(anyMood, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (steps, moods, backupMoods, withBackup) => {
          const shards = new TestShards(SHARDS, withBackup ? 2 : 1);
          const versions = new Map();
          const backups = withBackup ? [backupOf(moody(backup.client, backup, backupMoods))] : [];
          await run(steps, shards, moody(partner.client, partner, moods), backups, versions);
          for (const [shard, given] of shards.given.entries())
            for (const [number, verdicts] of given) {
              assert.equal(verdicts.length, 1, `shard ${shard}, transaction ${number}`);
              assert(versions.has(`${shard}/${number}`), 'nobody waits for this one');
            }
        },
      ),
      { seed: 7, numRuns: 30 },
    );
    t.strictSame(partner.overlaps, []);
  },
);

t.test(
  'while updates are sent, a confirmed lease is at the partner, in that state or a newer one',
  async (t) => {
    const partner = await startPartner(t);
    const anyStep = fc.oneof(
      { weight: 20, arbitrary: anyTransaction },
      { weight: 2, arbitrary: fc.constant(pause) },
    );
    let rejections = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 50, maxLength: 300 }),
        fc.array(anyMood, { minLength: 1, maxLength: 20 }),
        async (steps, moods) => {
          const shards = new TestShards(SHARDS);
          const versions = new Map<string, { records: TestRecord[] }>();
          const client = moody(partner.client, partner, moods);
          const taken = watchTaken(partner);
          await run(steps, shards, client, [], versions);
          for (const [key, { records }] of versions) {
            const [shard, number] = key.split('/').map(Number);
            const confirmed = shards.of(shard!, number!)[0] === Verdict.confirmed;
            if (!confirmed) rejections++;
            for (const { address, expireSec } of confirmed ? records : [])
              assert((taken.get(formatIpv4(address)) ?? 0) >= expireSec!, `${formatIpv4(address)} of ${key}`);
          }
        },
      ),
      { seed: 8, numRuns: 30 },
    );
    t.ok(rejections > 0, `${rejections} rejections`);
    t.strictSame(partner.overlaps, []);
  },
);

/** Newest version of each address that the partner answered for with success, deletions included. */
function watchTaken(partner: TestPartner): Map<string, number> {
  const taken = new Map<string, number>();
  const { script } = partner;
  partner.script = async (command) => {
    const answer = await script(command);
    const [lease] = leasesOf(command);
    if (answer.result === 0 && lease !== undefined) taken.set(lease['ip-address'], lease.expire);
    return answer;
  };
  return taken;
}
