/** What an answer to lease updates means: who is told, what is sent once more, when a partner is of no use any more. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { encodeLease } from '../../src/ha/sync/dhcp4/leases.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { peerFamily4 } from '../../src/peer/dhcp4/family.ts';
import { OWED_ADDRESSES_MAX } from '../../src/peer/limits.ts';
import { judge } from '../../src/peer/outcome.ts';
import { PartnerOutcomes } from '../../src/peer/partner-outcomes.ts';
import { type HeldUpdate, holdUpdate } from '../../src/peer/request.ts';
import { lease } from '../ha/support/memory-store.ts';
import { VirtualTime } from '../ha/support/virtual-time.ts';
import { SILENT } from './support/listener.ts';
import { recordLog } from './support/log.ts';
import { standingBy } from './support/standing.ts';

const BASE = parseIpv4('10.0.0.0')!;
const LOST = { kind: 'failed', reason: 'timed out' } as const;

function setup() {
  const time = new VirtualTime();
  const calls: string[] = [];
  const leases = new Map<number, Lease4>();
  const recorded = recordLog();
  const outcomes = new PartnerOutcomes({
    updates: undefined as never,
    verdicts: [],
    wake: () => {},
    partner: null,
    backups: [],
    stream: null,
    waitBackupAck: false,
    delayedUpdatesLimit: 0,
    sendsUpdates: true,
    heartbeatDelayMs: 0,
    connections: 1,
    listener: {
      ...SILENT,
      partnerFailed: (reason) => void calls.push(`failed: ${reason}`),
      rejected: (clients) => void calls.push(`rejected ${clients.length}`),
      refused: (count, reason) => void calls.push(`refused ${count}: ${reason}`),
      updatesLost: () => void calls.push('lost'),
    },
    family: peerFamily4,
    standing: standingBy((address) => leases.get(address) ?? null, time),
    clock: time,
    log: recorded.log,
  });
  const hold = (host: number, changes: Partial<Lease4> = {}): HeldUpdate => {
    const held = lease(BASE + host, time.wallSec(), changes);
    leases.set(held.address, held);
    return holdUpdate(encodeLease(held, true), []);
  };
  const answer = (update: HeldUpdate, result: number, text = 'no') =>
    outcomes.note([{ update, outcome: judge({ kind: 'answer', result, text, arguments: undefined }) }]);
  const lose = (...updates: HeldUpdate[]) =>
    outcomes.note(updates.map((update) => ({ update, outcome: judge(LOST) })));
  const owed = (): string[] => {
    const found: string[] = [];
    for (let update = outcomes.takeOwed(); update !== null; update = outcomes.takeOwed())
      found.push(`${Number(update.address) - BASE} ${update.isUpdate ? 'update' : 'deletion'}`);
    return found;
  };
  return { time, calls, leases, recorded, outcomes, hold, answer, lose, owed };
}

t.test('a lease that did not reach the partner is sent once more when a heartbeat is answered', async (t) => {
  const { outcomes, hold, lose, owed, leases, time } = setup();
  for (const host of [1, 2, 3, 4, 5]) lose(hold(host, host === 5 ? { validLifetimeSec: 60 } : {}));
  lose(hold(1));
  t.same(owed(), [], 'not while the partner is silent');
  leases.delete(BASE + 2);
  leases.set(BASE + 3, { ...leases.get(BASE + 3)!, state: LeaseState.released, validLifetimeSec: 0 });
  await time.advance(61_000);
  t.ok(outcomes.partnerAnswered());
  t.same(owed(), ['1 update', '2 deletion', '3 deletion', '4 update'], 'as each stands now, each once');
  t.notOk(outcomes.partnerAnswered(), 'and no more');
});

t.test('a failure stops what is sent once more until the next heartbeat', async (t) => {
  const { outcomes, hold, lose, owed } = setup();
  lose(hold(1));
  outcomes.partnerAnswered();
  lose(hold(2));
  t.same(owed(), []);
  outcomes.partnerAnswered();
  t.same(owed(), ['1 update', '2 update']);
});

t.test('the leases of a request that failed are owed together, and the failure is told once', async (t) => {
  const { outcomes, hold, lose, owed, calls } = setup();
  lose(hold(1), hold(2), hold(3));
  t.same(calls, ['failed: timed out']);
  outcomes.partnerAnswered();
  t.same(owed(), ['1 update', '2 update', '3 update']);
});

t.test('of a request that was answered each lease counts for itself', async (t) => {
  const { outcomes, hold, calls } = setup();
  const outcomesOf = ['conflict', 'taken', 'refused', 'refused'] as const;
  outcomes.note(
    outcomesOf.map((kind, at) => ({
      update: hold(at + 1),
      outcome: kind === 'taken' ? { kind } : { kind, reason: kind },
    })),
  );
  t.same(calls, ['refused 2: refused', 'rejected 1']);
  t.notOk(outcomes.partnerAnswered());
});

t.test('more than can be kept in mind: the partner must synchronize', async (t) => {
  const { calls, outcomes } = setup();
  const many = Array.from({ length: OWED_ADDRESSES_MAX + 1 }, (_, host) => BASE + host);
  outcomes.noteFailure(LOST.reason, many);
  t.same(calls, ['lost', 'failed: timed out']);
  t.notOk(outcomes.partnerAnswered(), 'nothing is kept any more');
});

t.test('what the partner refuses or what conflicts is not sent again', async (t) => {
  const { calls, hold, answer, outcomes } = setup();
  answer(hold(1), 1, 'too long');
  answer(hold(2), 4);
  t.same(calls, ['refused 1: too long', 'rejected 1']);
  t.notOk(outcomes.partnerAnswered());
});

t.test('a partner that refuses ten clients in a row takes nothing any more', async (t) => {
  const { calls, hold, answer } = setup();
  for (let host = 1; host <= 9; host++) answer(hold(host), 1);
  for (let again = 0; again < 20; again++) answer(hold(1), 1);
  answer(hold(100), 0);
  for (let host = 1; host <= 9; host++) answer(hold(host), 1);
  t.notOk(
    calls.some((call) => call.startsWith('failed')),
    'one client again and again, or one that is accepted, says nothing',
  );
  answer(hold(10), 1, 'cannot');
  t.match(calls.at(-1), /^failed: it refused the leases of 10 clients in a row, the last because: cannot/);
});

t.test('refusals are logged once a minute, with what came in between', async (t) => {
  const { hold, answer, time, recorded } = setup();
  for (let i = 0; i < 5; i++) answer(hold(1), 1, 'too long');
  t.equal(recorded.count('TDM_PEER_LEASE_REFUSED'), 1);
  await time.advance(60_000);
  answer(hold(1), 1, 'too long');
  t.match(recorded.events.at(-1), {
    id: 'TDM_PEER_LEASE_REFUSED',
    fields: { hwAddress: '02:00:00:00:00:01', reason: 'too long', suppressed: 4 },
  });
});
