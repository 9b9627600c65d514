/** What is said of a synchronization by the stream while it goes on. */
import t from 'tap';
import type { Clock } from '../../../src/base/clock.ts';
import { syncByStream } from '../../../src/ha/sync/stream.ts';
import type { StreamSync, SyncProgress } from '../../../src/peer/model.ts';
import { recordLog } from '../../peer/support/log.ts';

/** Passes so much time as is asked for at once, and ends the synchronization after so many looks. */
async function run(looks: number, progress: SyncProgress | null, cancelledAt = Number.POSITIVE_INFINITY) {
  const { log, events } = recordLog();
  const abandoned: string[] = [];
  let nowMs = 0;
  let left = looks;
  let end = (_: StreamSync): void => {};
  const outcome = await syncByStream(
    {
      log,
      subnets: null,
      clock: { monotonicMs: () => nowMs } as Partial<Clock> as Clock,
      passTime: async (delayMs) => {
        nowMs += delayMs;
        if (--left === 0) end({ kind: 'failed', reason: 'over' });
      },
    },
    {
      synchronize: () =>
        new Promise((resolve) => {
          end = resolve;
        }),
      abandon: (reason) => void abandoned.push(reason),
      progress: () => progress,
    },
    'fetch',
    () => nowMs >= cancelledAt,
  );
  return { outcome, abandoned, lines: events.filter(({ id }) => id === 'TDM_HA_SYNC_PROGRESS') };
}

t.test('a line every ten seconds says how far it is and how long it takes', async (t) => {
  const { outcome, lines } = await run(250, { rows: 30_000, total: 90_000, perSecond: 7_000 });
  t.match(outcome, { kind: 'failed', reason: 'over' });
  t.equal(lines.length, 2, 'in 25 s');
  t.match(lines[0], { fields: { rows: 30_000, total: 90_000, perSecond: 7_000, leftSec: 9 } });
});

t.test('no time is left to be told while nothing has come, and none is negative', async (t) => {
  const [idle] = (await run(110, { rows: 0, total: 9, perSecond: 0 })).lines;
  t.match(idle, { fields: { leftSec: null } });
  const [more] = (await run(110, { rows: 12, total: 9, perSecond: 1 })).lines;
  t.match(more, { fields: { leftSec: 0 } });
  t.same((await run(110, null)).lines, []);
});

t.test('who does not want it any more gives it up', async (t) => {
  const { abandoned } = await run(5, null, 300);
  t.match(abandoned, [/cancelled/]);
});
