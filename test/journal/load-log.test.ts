import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { logLoad } from '../../src/journal/load-log.ts';
import type { Log } from '../../src/log/logger.ts';
import { HEADER, LeaseMap, rowText, tryLoad } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

function logged(path: string, capacity = 10): unknown[] {
  const events: unknown[] = [];
  const log: Log = (id, fields) => events.push([id, fields]);
  const outcome = tryLoad(path, new LeaseMap(capacity));
  if (outcome.kind === 'loaded') logLoad(log, outcome.report);
  return events;
}

t.test('a first start and an ordinary one', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  t.match(logged(path), [['TDM_JOURNAL_FILE_CREATED'], ['TDM_JOURNAL_LOADED', { files: [], rows: 0 }]]);
  t.match(logged(path), [['TDM_JOURNAL_LOADED', { files: [path], rowErrors: 0 }]]);
});

t.test('everything that is not in order is logged, nonsense only at its beginning', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, `${HEADER}${'x\n'.repeat(500)}${rowText(0)}${rowText(1)}torn`);
  const events = logged(path, 1);
  t.equal(events.length, 20 + 3);
  t.match(events[0], ['TDM_JOURNAL_ROW_BAD', { file: path, line: 2, reason: /columns/ }]);
  t.match(events.slice(20), [
    ['TDM_JOURNAL_FILE_REPAIRED', { kind: 'cut', tornBytes: 4, text: 'torn' }],
    ['TDM_JOURNAL_LEASES_NOT_KEPT', { notKept: 1 }],
    ['TDM_JOURNAL_LOADED', { rows: 2, deletions: 0, rowErrors: 500 }],
  ]);
});
