/** The update log goes to a stream and comes back: no update by two ways at once, each awaited one with one verdict. */

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { UpdateRecord } from '../../src/engine/parked/shard-link.ts';
import { VerdictRuns } from '../../src/engine/parked/verdict-runs.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { encodeLease } from '../../src/ha/sync/dhcp4/leases.ts';
import { updateRecordAddress } from '../../src/lease/dhcp4/update-record.ts';
import type { UpdateBytes } from '../../src/lease/update-family.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { createUpdateDispatcher } from '../../src/peer/dispatcher.ts';
import type { DispatcherParts } from '../../src/peer/dispatcher-parts.ts';
import type {
  PartnerStream,
  PartnerStreamListener,
  PartnerUpdates,
  StreamDelivery,
} from '../../src/peer/model.ts';
import { backupOf } from './support/backups.ts';
import { recordLog } from './support/log.ts';
import { gate, startPartner, type TestPartner } from './support/partner.ts';
import { TestShards } from './support/shards.ts';
import { standingBy } from './support/standing.ts';

const BASE = parseIpv4('10.0.0.0')!;

interface OnItsWay {
  readonly kind: number;
  readonly transaction: number;
  readonly address: number;
}

/** A stream whose partner acknowledges, and which ends, when the test says so. */
class ModelStream implements PartnerStream {
  readonly #shards: TestShards;
  readonly #verdicts: VerdictRuns;
  #listener: PartnerStreamListener | null = null;
  #log: ByteRingReader | null = null;
  #onItsWay: OnItsWay[] = [];
  #waiters: (() => void)[] = [];
  isUp = false;
  isRecalled = false;
  tracks = false;
  /** Addresses in the order in which they were taken out of the log. */
  readonly taken: number[] = [];
  /** Addresses of leases that came beside the log. */
  readonly delivered: number[] = [];
  #answer: ((outcome: StreamDelivery) => void) | null = null;

  constructor(shards: TestShards) {
    this.#shards = shards;
    this.#verdicts = new VerdictRuns(shards.verdicts, shards.wake);
  }

  get hasLog(): boolean {
    return this.#log !== null;
  }

  get isUnderWay(): boolean {
    return this.#log !== null || this.#onItsWay.length > 0 || this.#answer !== null;
  }

  get underWay(): number {
    return this.#onItsWay.length;
  }

  lend(): void {
    assert(this.isUp && this.#log === null);
    this.#log = new ByteRingReader(this.#shards.updates.ring);
    this.isRecalled = false;
    this.read();
  }

  recall(): void {
    this.isRecalled = true;
  }

  async deliver(updates: readonly UpdateBytes[]): Promise<StreamDelivery | null> {
    if (!this.isUp) return null;
    assert(!this.isUnderWay, 'a delivery goes alone');
    for (const { address } of updates) this.delivered.push(Number(address));
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** The partner has answered what was delivered, or has gone. */
  answer(outcome: Partial<StreamDelivery> = {}): void {
    const resolve = this.#answer;
    this.#answer = null;
    resolve!({ failure: null, refused: [], ...outcome });
    this.#listener!.changed();
    this.#wake();
  }

  get isDelivering(): boolean {
    return this.#answer !== null;
  }

  async arrival(): Promise<void> {}

  track(on: boolean): void {
    this.tracks = on;
  }

  async settle(): Promise<boolean> {
    const log = this.#log;
    while (this.#log !== null && this.#log === log && (!log.isEmpty() || this.#onItsWay.length > 0))
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return log !== null && this.#log === log;
  }

  async idle(): Promise<void> {
    while (this.isUnderWay) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  listen(listener: PartnerStreamListener): void {
    this.#listener = listener;
  }

  comeUp(): void {
    this.isUp = true;
    this.#listener!.changed();
  }

  /** Takes what is in the log, as the link thread does. */
  read(): void {
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    while (this.#log?.next(record)) {
      const address = updateRecordAddress(this.#log.bytes, record.offset);
      this.taken.push(address);
      this.#onItsWay.push({ kind: record.kind, transaction: record.sequence, address });
    }
    this.#log?.release();
  }

  /** Gives the log back if it was called. */
  giveBack(): void {
    if (this.#log === null || !this.isRecalled) return;
    this.#log = null;
    this.#listener!.changed();
    this.#wake();
  }

  acknowledge(): void {
    this.#settle(Verdict.confirmed);
    this.#listener!.completed();
    if (this.#log === null) this.#listener!.changed();
  }

  end(): void {
    const owed = this.#onItsWay.map(({ address }) => address);
    this.#settle(Verdict.rejected);
    this.isUp = false;
    this.#log = null;
    const answer = this.#answer;
    this.#answer = null;
    answer?.({ failure: 'the stream broke', refused: [] });
    if (owed.length > 0) this.#listener!.failed('the stream broke', owed);
    else this.#listener!.changed();
    this.#wake();
  }

  #settle(verdict: Verdict): void {
    for (const { kind, transaction } of this.#onItsWay.splice(0))
      if ((kind & UpdateRecord.awaited) !== 0 && (kind & UpdateRecord.last) !== 0)
        this.#verdicts.give(kind >>> UpdateRecord.shardShift, transaction, verdict);
    this.#verdicts.flush();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  get news(): PartnerStreamListener {
    return this.#listener!;
  }
}

function dispatch(t: Test | null, partner: TestPartner, changes: Partial<DispatcherParts> = {}) {
  const shards = new TestShards(2, (changes.backups ?? []).length > 0 ? 2 : 1);
  const stream = new ModelStream(shards);
  const calls: string[] = [];
  const dispatcher = createUpdateDispatcher({
    updates: shards.updates,
    verdicts: shards.verdicts,
    wake: shards.wake,
    partner: partner.client,
    stream,
    backups: [],
    family: peerFamily4,
    standing: standingBy(shards.leaseAt),
    waitBackupAck: false,
    delayedUpdatesLimit: 1000,
    sendsUpdates: true,
    heartbeatDelayMs: 0,
    connections: 4,
    listener: {
      partnerFailed: (reason) => void calls.push(`failed: ${reason}`),
      rejected: (clients) => void calls.push(`rejected ${clients.map((each) => each.hwAddress).join()}`),
      refused: (leases, reason) => void calls.push(`refused ${leases}: ${reason}`),
      confirmed: (clients) => void calls.push(`confirmed ${clients.map((each) => each.hwAddress).join()}`),
      unsent() {},
      updatesLost() {},
      completed: () => void calls.push('completed'),
    },
    clock: systemClock,
    log: recordLog().log,
    ...changes,
  });
  t?.teardown(() => {
    stream.end();
    return dispatcher.close();
  });
  return { shards, stream, dispatcher, calls };
}

const NOBODY: DispatcherParts['listener'] = {
  partnerFailed() {},
  rejected() {},
  refused() {},
  confirmed() {},
  unsent() {},
  updatesLost() {},
  completed() {},
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

t.test('the log is lent when updates are sent, a stream is up and nothing is under way', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  t.equal(stream.hasLog, false, 'updates are withheld');
  dispatcher.setPartnerUpdates('send');
  t.equal(stream.hasLog, true);
  const number = shards.send(0, [{ address: BASE }]);
  stream.read();
  stream.acknowledge();
  await shards.settled(0, 1);
  t.same(shards.of(0, number), [Verdict.confirmed]);
  t.equal(partner.received.length, 0, 'no request');
});

// With several to a request what has waited for its address is gathered before it goes.
for (const family of [peerFamily4, { ...peerFamily4, leasesPerRequestMax: 64 }])
  t.test(
    `requests of ${family.leasesPerRequestMax} end first, and take nothing more out of the log`,
    async (t) => {
      const partner = await startPartner(t);
      const { shards, stream, dispatcher } = dispatch(t, partner, { family });
      dispatcher.setPartnerUpdates('send');
      const hold = gate(partner);
      shards.send(0, [{ address: BASE }]);
      await until(() => partner.inFlight === 1);
      // It waits for its address.
      shards.send(0, [{ address: BASE, expireSec: 1_800_000_001 }]);
      await delay(10);
      stream.comeUp();
      const later = shards.send(1, [{ address: BASE, expireSec: 1_800_000_002 }]);
      await delay(20);
      t.equal(stream.hasLog, false);
      t.equal(partner.received.length, 1);
      hold.release();
      await until(() => stream.hasLog);
      t.same(partner.received.length, 2, 'with what waited for its address');
      t.same(stream.taken, [BASE]);
      stream.acknowledge();
      await shards.settled(1, 1);
      t.same(shards.of(1, later), [Verdict.confirmed]);
    },
  );

t.test(
  'what was on its way when the stream broke is owed, and sent before the log is lent again',
  async (t) => {
    const partner = await startPartner(t);
    const { shards, stream, dispatcher, calls } = dispatch(t, partner);
    stream.comeUp();
    dispatcher.setPartnerUpdates('send');
    const lost = shards.send(0, [{ address: BASE }]);
    stream.read();
    stream.end();
    await shards.settled(0, 1);
    t.same(shards.of(0, lost), [Verdict.rejected]);
    t.same(calls, ['failed: the stream broke', 'completed']);
    const next = shards.send(0, [{ address: BASE + 1 }]);
    await shards.settled(0, 2);
    t.same(shards.of(0, next), [Verdict.confirmed], 'by request');
    stream.comeUp();
    await delay(10);
    t.equal(stream.hasLog, false, 'the partner is owed a lease');
    dispatcher.partnerAnswered();
    t.same(stream.delivered, [BASE], 'by the stream, as it stands now');
    const late = shards.send(0, [{ address: BASE + 2 }]);
    await delay(10);
    t.equal(stream.hasLog, false, 'not before that is answered');
    stream.answer();
    await until(() => stream.hasLog);
    stream.read();
    stream.acknowledge();
    await shards.settled(0, 3);
    t.same(shards.of(0, late), [Verdict.confirmed]);
    t.same([...partner.leases.keys()], ['10.0.0.1'], 'one request was made in all');
  },
);

t.test('what is owed is owed again when the stream breaks over it, and its refusals are told', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher, calls } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  dispatcher.trackConfirmed(true);
  for (let i = 0; i < 3; i++) shards.send(0, [{ address: BASE + i }]);
  stream.read();
  stream.end();
  stream.comeUp();
  dispatcher.partnerAnswered();
  calls.splice(0);
  stream.end();
  await until(() => calls.length > 0);
  t.same(calls.splice(0), ['failed: the stream broke']);
  stream.comeUp();
  dispatcher.partnerAnswered();
  await until(() => stream.isDelivering);
  t.same(stream.delivered, [BASE, BASE + 1, BASE + 2, BASE, BASE + 1, BASE + 2]);
  stream.answer({
    refused: [
      { address: BASE, code: 4, reason: 'no such subnet' },
      { address: BASE + 1, code: 1, reason: 'too long' },
    ],
  });
  await until(() => stream.hasLog);
  await until(() => calls.length >= 3);
  t.same(calls, ['refused 1: too long', 'rejected 02:00:0a:00:00:00', 'confirmed 02:00:0a:00:00:02']);
});

t.test('the backlog goes by the stream, each lease once and as it stands', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher, calls } = dispatch(t, partner, { delayedUpdatesLimit: 10_000 });
  stream.comeUp();
  dispatcher.setPartnerUpdates('queue');
  for (let i = 0; i < 5000; i++) shards.send(0, [{ address: BASE + (i % 4000) }], false);
  await until(() => dispatcher.backlog().length === 5000);
  const sent = dispatcher.sendBacklog();
  await until(() => stream.isDelivering);
  t.equal(stream.delivered.length, 2048, 'in portions');
  stream.answer({ refused: [{ address: BASE, code: 4, reason: 'busy' }] });
  await until(() => stream.isDelivering);
  dispatcher.setPartnerUpdates('send');
  t.equal(stream.hasLog, false, 'the backlog is older than what is in the log');
  stream.answer();
  await until(() => stream.isDelivering || dispatcher.backlog().length === 0);
  if (stream.isDelivering) stream.answer();
  t.equal(await sent, true);
  t.ok(calls.includes('rejected 02:00:0a:00:00:00'));
  t.equal(stream.hasLog, false, 'the conflict is to be tried once more');
  dispatcher.partnerAnswered();
  t.equal(stream.delivered.at(-1), BASE);
  stream.answer();
  await until(() => stream.hasLog);
  t.same(new Set(stream.delivered).size, 4000);
  t.equal(partner.received.length, 0);
});

t.test('a backlog whose stream breaks stays, and has failed', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('queue');
  shards.send(0, [{ address: BASE }], false);
  await until(() => dispatcher.backlog().length === 1);
  const sent = dispatcher.sendBacklog();
  await until(() => stream.isDelivering);
  stream.end();
  t.equal(await sent, false);
  t.equal(dispatcher.backlog().length, 1);
  t.equal(await dispatcher.sendBacklog(), true, 'by request, where no stream is');
  t.same([...partner.leases.keys()], ['10.0.0.0']);
});

t.test('leases that are sent as they stand go by the stream, to its end or by request', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  const leases = Array.from({ length: 3000 }, (_, i) => {
    shards.write(0, [{ address: BASE + i }], false);
    return encodeLease(shards.leaseAt(BASE + i)!, i % 2 === 0);
  });
  const sent = dispatcher.sendLeases(leases);
  await until(() => stream.isDelivering);
  dispatcher.setPartnerUpdates('send');
  stream.answer({ refused: [{ address: BASE + 7, code: 1, reason: 'no room' }] });
  await until(() => stream.isDelivering);
  t.equal(stream.hasLog, false, 'the log stays here meanwhile');
  stream.answer();
  t.same(await sent, {
    taken: 2999,
    refused: 1,
    named: [{ address: '10.0.0.7', reason: 'no room' }],
    failure: null,
  });
  dispatcher.setPartnerUpdates('withhold');
  stream.giveBack();
  stream.acknowledge();
  const broken = dispatcher.sendLeases(leases);
  await until(() => stream.isDelivering);
  stream.end();
  t.match(await broken, { taken: 0, failure: 'the stream broke' });
  t.match(await dispatcher.sendLeases(leases.slice(0, 10)), { taken: 10, failure: null });
  t.equal(partner.leases.size > 0, true, 'by request without one');
});

t.test('an idle stream that ends is no failure', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher, calls } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  stream.end();
  const number = shards.send(0, [{ address: BASE }]);
  await shards.settled(0, 1);
  t.same(shards.of(0, number), [Verdict.confirmed]);
  t.same(calls, ['completed']);
});

t.test('another mode calls the log back; the rest of it is treated by that', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  const sent = shards.send(0, [{ address: BASE }]);
  stream.read();
  const kept = shards.send(0, [{ address: BASE + 1 }]);
  dispatcher.setPartnerUpdates('queue');
  t.equal(stream.isRecalled, true);
  t.equal(dispatcher.backlog().length, 0, 'the stream still has the log');
  const delivered = dispatcher.sendBacklog();
  stream.giveBack();
  t.equal(dispatcher.backlog().length, 1);
  t.same(shards.of(0, kept), [Verdict.confirmed]);
  await delay(20);
  t.same(stream.delivered, [], 'the backlog waits for what is on its way');
  stream.acknowledge();
  await until(() => stream.isDelivering);
  stream.answer();
  t.equal(await delivered, true);
  t.same(shards.of(0, sent), [Verdict.confirmed]);
  t.same(stream.delivered, [BASE + 1]);
  t.equal(partner.received.length, 0);
});

t.test('leases that are sent as they stand wait for what is on its way', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  shards.send(0, [{ address: BASE }]);
  stream.read();
  dispatcher.setPartnerUpdates('withhold');
  let isSent = false;
  const sent = dispatcher.sendLeases([encodeLease(shards.leaseAt(BASE)!, true)]).finally(() => {
    isSent = true;
  });
  stream.giveBack();
  await delay(20);
  t.equal(isSent, false);
  stream.acknowledge();
  await until(() => stream.isDelivering);
  stream.answer();
  t.match(await sent, { taken: 1, failure: null });
});

t.test('the partner`s words by the stream mean what they mean by request', async (t) => {
  const partner = await startPartner(t);
  const { stream, dispatcher, calls } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  dispatcher.trackConfirmed(true);
  t.equal(stream.tracks, true);
  const nothing = { accepted: [], conflicts: [], conflictReason: '', refusals: [], refusalReason: '' };
  const client = (n: number) => ({ hwAddress: `02:00:00:00:00:${n}`, clientId: '' });
  stream.news.news({ ...nothing, hasAccepted: true, accepted: [client(10)] });
  stream.news.news({
    ...nothing,
    hasAccepted: false,
    conflicts: [client(11)],
    conflictReason: 'no such subnet',
  });
  for (let i = 20; i < 29; i++)
    stream.news.news({ ...nothing, hasAccepted: false, refusals: [client(i)], refusalReason: 'too long' });
  t.same(calls.slice(0, 3), [
    'confirmed 02:00:00:00:00:10',
    'rejected 02:00:00:00:00:11',
    'refused 1: too long',
  ]);
  t.notOk(calls.some((call) => call.startsWith('failed')));
  stream.news.news({ ...nothing, hasAccepted: false, refusals: [client(29)], refusalReason: 'too long' });
  t.match(calls.at(-1), /^failed: it refused the leases of 10 clients in a row/);
});

t.test('the log is not lent in the middle of a transaction', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner, { connections: 1 });
  dispatcher.setPartnerUpdates('send');
  partner.script = async () => ({ result: 4, text: 'no such subnet' });
  const hold = gate(partner);
  const number = shards.send(0, [{ address: BASE }, { address: BASE + 1 }]);
  await until(() => partner.inFlight === 1);
  stream.comeUp();
  await delay(10);
  hold.release();
  await until(() => stream.hasLog);
  t.equal(partner.received.length, 2, 'the other record has gone the way of the first');
  t.same(shards.of(0, number), [Verdict.rejected]);
  const next = shards.send(0, [{ address: BASE + 2 }]);
  stream.read();
  stream.acknowledge();
  await shards.settled(0, 2);
  t.same(shards.of(0, next), [Verdict.confirmed]);
});

t.test('no request overtakes what is on its way by the stream', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  shards.send(0, [{ address: BASE }]);
  stream.read();
  // The log comes back, as before a connection is left; updates are still to be sent.
  stream.isUp = false;
  stream.recall();
  stream.giveBack();
  const newer = shards.send(0, [{ address: BASE, expireSec: 1_800_000_001 }]);
  dispatcher.partnerAnswered();
  await delay(20);
  t.equal(partner.received.length, 0, 'the older one is not answered yet');
  stream.acknowledge();
  await shards.settled(0, 2);
  t.same(shards.of(0, newer), [Verdict.confirmed]);
  t.equal(partner.received.length, 1);
});

t.test('what is owed by request waits for what is on its way by the stream', async (t) => {
  const partner = await startPartner(t);
  const { shards, stream, dispatcher } = dispatch(t, partner);
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  shards.send(0, [{ address: BASE }]);
  stream.read();
  dispatcher.setPartnerUpdates('withhold');
  // Its shard did not know yet that nothing is sent any more.
  shards.send(0, [{ address: BASE, expireSec: 1_800_000_001 }]);
  stream.giveBack();
  await shards.settled(0, 1);
  dispatcher.setPartnerUpdates('send');
  dispatcher.partnerAnswered();
  await delay(20);
  t.equal(partner.received.length, 0);
  t.equal(stream.hasLog, false);
  stream.acknowledge();
  t.same(stream.delivered, [BASE]);
  stream.answer();
  await until(() => stream.hasLog);
  t.equal(partner.received.length, 0, 'then it is sent, and the log lent again');
});

t.test('backups get every update while the log is lent', async (t) => {
  const partner = await startPartner(t);
  const backup = await startPartner(t, 'backup1');
  const { shards, stream, dispatcher } = dispatch(t, partner, { backups: [backupOf(backup.client)] });
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  for (let i = 0; i < 100; i++) shards.send(0, [{ address: BASE + i }]);
  stream.read();
  stream.acknowledge();
  await until(() => backup.leases.size === 100);
  t.equal(partner.received.length, 0);
  t.equal(stream.taken.length, 100);
});

type Step =
  | { readonly kind: 'send'; readonly at: number; readonly records: number; readonly awaited: boolean }
  | { readonly kind: 'mode'; readonly mode: PartnerUpdates }
  | {
      readonly kind:
        | 'read'
        | 'acknowledge'
        | 'giveBack'
        | 'end'
        | 'comeUp'
        | 'answered'
        | 'pause'
        | 'answer'
        | 'backlog';
    };

const anyStep = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      at: fc.nat(5),
      records: fc.integer({ min: 1, max: 2 }),
      awaited: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('read', 'acknowledge', 'giveBack', 'answer') }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('end', 'comeUp', 'answered', 'pause', 'backlog') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mode' as const),
      mode: fc.constantFrom<PartnerUpdates>('send', 'send', 'queue', 'withhold'),
    }),
  },
);

async function perform(step: Step, { shards, stream, dispatcher }: ReturnType<typeof dispatch>) {
  switch (step.kind) {
    case 'send': {
      const records = Array.from({ length: step.records }, (_, i) => ({ address: BASE + step.at + i }));
      shards.send(step.at % 2, records, step.awaited);
      return;
    }
    case 'mode':
      return dispatcher.setPartnerUpdates(step.mode);
    case 'comeUp':
      return stream.isUp ? undefined : stream.comeUp();
    case 'answer':
      return stream.isDelivering ? stream.answer() : undefined;
    case 'answered':
      return dispatcher.partnerAnswered();
    case 'backlog':
      return void dispatcher.sendBacklog();
    case 'pause':
      return delay(2);
    default:
      return stream[step.kind]();
  }
}

t.test('every awaited transaction gets exactly one verdict, whatever stream and modes do', async (t) => {
  const partner = await startPartner(t);
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 150 }), async (steps) => {
      const parts = dispatch(null, partner);
      const { shards, stream, dispatcher } = parts;
      dispatcher.setPartnerUpdates('send');
      const awaited = [0, 0];
      for (const step of steps) {
        await perform(step, parts);
        if (step.kind === 'send' && step.awaited) awaited[step.at % 2]!++;
      }
      stream.end();
      shards.ring();
      await Promise.all(awaited.map((count, shard) => shards.settled(shard, count)));
      await dispatcher.close();
      for (const [shard, given] of shards.given.entries()) {
        assert.equal(given.size, awaited[shard]);
        for (const verdicts of given.values()) assert.equal(verdicts.length, 1);
      }
    }),
    { seed: 9, numRuns: 60 },
  );
});

t.test('a partner that synchronizes gets whatever changes, where updates are withheld', async (t) => {
  const unsent: number[] = [];
  const { shards, stream, dispatcher } = dispatch(t, await startPartner(t), {
    listener: { ...NOBODY, unsent: (transactions) => void unsent.push(transactions) },
  });
  stream.comeUp();
  shards.send(0, [{ address: BASE }], false);
  await until(() => unsent.length === 1);
  const answers: unknown[] = [];
  stream.news.asked((refused) => answers.push(refused));
  t.same([stream.hasLog, dispatcher.isFollowed, answers], [true, true, [null]]);
  shards.send(0, [{ address: BASE + 1 }], false);
  stream.read();
  t.same(stream.taken, [BASE + 1], 'from then on; what was before stands in the table');
  stream.acknowledge();
  dispatcher.setPartnerUpdates('send');
  t.same([stream.hasLog, stream.isRecalled], [true, false], 'normal operation finds it lent');
  t.same(unsent, [1]);
});

t.test('the stream ends between a synchronization and normal operation: that was not sent', async (t) => {
  const unsent: number[] = [];
  const { shards, stream, dispatcher } = dispatch(t, await startPartner(t), {
    listener: { ...NOBODY, unsent: (transactions) => void unsent.push(transactions) },
  });
  stream.comeUp();
  stream.news.asked(() => {});
  shards.send(0, [{ address: BASE }], false);
  stream.read();
  stream.end();
  t.equal(dispatcher.isFollowed, false, 'nobody may say that it is complete');
  t.same(unsent, [1], 'what was on its way');
  shards.send(0, [{ address: BASE + 1 }], false);
  await until(() => unsent.length === 2);
  stream.comeUp();
  t.equal(stream.hasLog, false, 'a new stream is not for the one of before');
});

t.test('leases that are given beside the log end the following, and wait for it', async (t) => {
  const { shards, stream, dispatcher } = dispatch(t, await startPartner(t));
  stream.comeUp();
  stream.news.asked(() => {});
  shards.send(0, [{ address: BASE }], false);
  stream.read();
  const lease = { ...shards.leaseAt(BASE)!, address: BASE + 9 };
  const delivery = dispatcher.sendLeases([encodeLease(lease, true)]);
  const answers: (string | null)[] = [];
  stream.news.asked((refused) => void answers.push(refused));
  t.match(answers, [/are being given/]);
  t.same([dispatcher.isFollowed, stream.isRecalled], [false, true]);
  stream.giveBack();
  stream.acknowledge();
  await until(() => stream.isDelivering);
  t.same(stream.delivered, [BASE + 9]);
  stream.answer();
  t.match(await delivery, { taken: 1, failure: null });
  stream.news.asked((refused) => void answers.push(refused));
  t.equal(answers[1], null, 'and then it is as before');
});

/** A dispatcher that owes its partner a lease. */
async function owing(t: Test) {
  const parts = dispatch(t, await startPartner(t));
  const { shards, stream, dispatcher } = parts;
  stream.comeUp();
  dispatcher.setPartnerUpdates('send');
  shards.send(0, [{ address: BASE }], false);
  stream.read();
  stream.end();
  return parts;
}

t.test('what the partner is owed goes before it gets whatever changes', async (t) => {
  const { stream, dispatcher } = await owing(t);
  stream.comeUp();
  dispatcher.partnerAnswered();
  const answers: unknown[] = [];
  stream.news.asked((refused) => answers.push(refused));
  await until(() => stream.isDelivering);
  t.same([stream.delivered, answers], [[BASE], []]);
  stream.answer();
  await until(() => stream.hasLog);
  t.same(answers, [null]);
});

t.test(
  'a partner that may have been alone as well gets what it was owed by its synchronization',
  async (t) => {
    const { stream, dispatcher } = await owing(t);
    dispatcher.setPartnerUpdates('withhold');
    dispatcher.partnerAnswered();
    stream.comeUp();
    const answers: unknown[] = [];
    stream.news.asked((refused) => answers.push(refused));
    t.same([stream.hasLog, stream.delivered, answers], [true, [], [null]]);
    dispatcher.setPartnerUpdates('queue');
    stream.giveBack();
    dispatcher.setPartnerUpdates('send');
    await until(() => stream.hasLog);
    t.same(stream.delivered, [], 'and is owed nothing later');
  },
);

/** A dispatcher whose partner follows, and waits for its clients again. @returns also what `settled` has come to so far */
async function handOver(t: Test) {
  const parts = dispatch(t, await startPartner(t));
  const { shards, stream, dispatcher } = parts;
  stream.comeUp();
  stream.news.asked(() => {});
  shards.send(0, [{ address: BASE }], false);
  dispatcher.setPartnerUpdates('send');
  const outcomes: boolean[] = [];
  const settled = dispatcher.settled().then((isSettled) => void outcomes.push(isSettled));
  return { ...parts, settled, outcomes };
}

t.test('all is settled when the partner has acknowledged what stood in the log', async (t) => {
  const { stream, settled, outcomes } = await handOver(t);
  await delay(10);
  t.same(outcomes, [], 'it stands in the log');
  stream.read();
  await delay(10);
  t.same([stream.taken, outcomes], [[BASE], []], 'it is on its way');
  stream.acknowledge();
  await settled;
  t.same(outcomes, [true]);
});

t.test('nothing is settled when the stream ends meanwhile', async (t) => {
  const { stream, dispatcher, settled, outcomes } = await handOver(t);
  stream.read();
  stream.end();
  await settled;
  t.same(outcomes, [false]);
  stream.comeUp();
  t.equal(await dispatcher.settled(), false, 'nor is it by the next one');
});

t.test('nothing is settled with a partner that does not follow', async (t) => {
  const { stream, dispatcher } = dispatch(t, await startPartner(t));
  t.equal(await dispatcher.settled(), false, 'no stream is up');
  stream.comeUp();
  t.equal(await dispatcher.settled(), false, 'it has not asked');
  dispatcher.setPartnerUpdates('send');
  t.equal(stream.hasLog, true);
  t.equal(await dispatcher.settled(), false, 'a log that is lent and empty does not make it follow');
});

t.test(
  'what was withheld once more is not settled: the partner follows from when it asks again',
  async (t) => {
    const { stream, dispatcher, settled, outcomes } = await handOver(t);
    stream.read();
    stream.acknowledge();
    await settled;
    dispatcher.setPartnerUpdates('withhold');
    stream.giveBack();
    dispatcher.setPartnerUpdates('send');
    t.equal(stream.hasLog, true);
    t.equal(await dispatcher.settled(), false);
    stream.news.asked(() => {});
    t.equal(await dispatcher.settled(), true);
    t.same(outcomes, [true]);
  },
);
