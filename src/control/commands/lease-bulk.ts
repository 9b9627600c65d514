/** What the commands that apply many leases have in common. */
import { type Answer, Result } from '../answer.ts';

/** Leases in one command; a Tandem sends 512. Some 50 ms of the main thread. */
export const BULK_LEASES_MAX = 10_000;

/** @param applied how many leases were changed; @param failedDeletions, failedUpdates the others, each with its fault */
export function describeBulk(
  version: 4 | 6,
  applied: number,
  failedDeletions: readonly object[],
  failedUpdates: readonly object[],
): Answer {
  const failed = {
    ...(failedDeletions.length === 0 ? {} : { 'failed-deleted-leases': failedDeletions }),
    ...(failedUpdates.length === 0 ? {} : { 'failed-leases': failedUpdates }),
  };
  return {
    result: applied > 0 ? Result.success : Result.empty,
    text: `Bulk apply of ${applied} IPv${version} leases completed.`,
    ...(failedDeletions.length + failedUpdates.length === 0 ? {} : { arguments: failed }),
  };
}
