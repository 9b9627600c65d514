/** What a server makes of what a load of its lease file has come to. */
import type { LoadReport } from '../../journal/load.ts';
import { logLoad } from '../../journal/load-log.ts';
import type { Log } from '../../log/logger.ts';

/**
 * Logs a load. A server that forgot leases would give their addresses away: it does not start.
 * @param capacity leases that the table has room for
 * @returns whether a clean-up is due
 * @throws an Error that says what to raise when the table had no room for all leases
 */
export function acceptLoad(report: LoadReport, capacity: number, log: Log): boolean {
  logLoad(log, report);
  if (report.notKept === 0) return report.cleanupDue;
  throw new Error(
    `the lease table has no room for ${report.notKept} leases of the lease file: ` +
      `raise user-context.tandem.max-leases above ${capacity}`,
  );
}
