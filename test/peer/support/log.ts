/** A log that remembers, for tests. */
import type { Log } from '../../../src/log/logger.ts';
import type { LogId } from '../../../src/log/messages.ts';

export interface RecordedLog {
  readonly log: Log;
  readonly events: { readonly id: LogId; readonly fields: Readonly<Record<string, unknown>> }[];
  count(id: LogId): number;
}

export function recordLog(): RecordedLog {
  const events: RecordedLog['events'] = [];
  return {
    log: (id, fields = {}) => void events.push({ id, fields }),
    events,
    count: (id) => events.filter((event) => event.id === id).length,
  };
}
