/** Tells the log what a load found. */
import type { Log } from '../log/logger.ts';
import type { LoadReport } from './load.ts';

/** A file full of nonsense must not become a log full of it. */
const ROW_ERRORS_LOGGED_MAX = 20;

export function logLoad(log: Log, report: LoadReport): void {
  const { files, rows, deletions, notKept, rowErrorCount, rowErrors, repair, created } = report;
  if (created) log('TDM_JOURNAL_FILE_CREATED');
  for (const { file, line, reason } of rowErrors.slice(0, ROW_ERRORS_LOGGED_MAX)) {
    log('TDM_JOURNAL_ROW_BAD', { file, line, reason });
  }
  if (repair !== null) log('TDM_JOURNAL_FILE_REPAIRED', { ...repair });
  if (notKept > 0) log('TDM_JOURNAL_LEASES_NOT_KEPT', { notKept });
  log('TDM_JOURNAL_LOADED', {
    files,
    rows,
    deletions,
    rowErrors: rowErrorCount,
    durationMs: Math.round(report.durationMs),
  });
}
