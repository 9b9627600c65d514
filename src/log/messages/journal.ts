import type { LogMessage } from '../messages.ts';

export const journalMessages = {
  TDM_JOURNAL_FILE_CREATED: {
    level: 'info',
    text: 'there was no lease file, an empty one was created',
    meaning:
      'Usual at the very first start. At any other time the server has lost its leases: look whether `name` in `lease-database` is still the right one.',
  },
  TDM_JOURNAL_LOADED: {
    level: 'info',
    text: 'the leases were loaded',
    meaning: 'The files that were read, oldest first, the good rows, deletions among them, and the bad rows.',
  },
  TDM_JOURNAL_ROW_BAD: {
    level: 'warn',
    text: 'a row of the lease file cannot be read and was skipped',
    meaning:
      'The lease of this row is unknown, unless a later row has the same address. At most 20 such rows are logged; TDM_JOURNAL_LOADED has the number of all. Correct the row if the lease matters; the next clean-up leaves it out.',
  },
  TDM_JOURNAL_LEASE_MISPLACED: {
    level: 'warn',
    text: 'a lease in the file is not in the subnet that its row names',
    meaning:
      'Its address is in the subnet `rightSubnetId`, null = in none; `subnetId` was changed, moved or taken out since the row was written. `done` is what `sanity-checks.lease-checks` asks for: `kept` as it is, `mended` in memory, or `dropped`. At most 20 rows are logged; TDM_JOURNAL_LEASES_MISPLACED has the numbers.',
  },
  TDM_JOURNAL_LEASES_MISPLACED: {
    level: 'warn',
    text: 'leases in the file were not in the subnets that their rows name',
    meaning:
      'How many rows were kept, mended and dropped. A kept lease holds its address until it ends, but counts for the subnet that its row names: set `sanity-checks.lease-checks` to "fix", or give the subnets the ids that they had.',
  },
  TDM_JOURNAL_EXTENDED_INFO_REMOVED: {
    level: 'warn',
    text: 'what a lease in the file says of its relay is wrong and was taken out of it',
    meaning:
      'The lease itself stays, and so does what else its user context holds; the client’s next query through the relay says it anew. How much is looked at is set by `sanity-checks.extended-info-checks`. At most 20 rows are logged; TDM_JOURNAL_EXTENDED_INFOS_REMOVED has the number.',
  },
  TDM_JOURNAL_EXTENDED_INFOS_REMOVED: {
    level: 'warn',
    text: 'leases in the file said something wrong of their relays',
    meaning: 'How many rows something was taken out of, see TDM_JOURNAL_EXTENDED_INFO_REMOVED.',
  },
  TDM_JOURNAL_FILE_REPAIRED: {
    level: 'warn',
    text: 'the end of the lease file was mended',
    meaning:
      '`cut`: the last row was torn by a crash and removed; no answer had left for it. `newline`: the last row was good but lacked its newline. `header`: the file was created but its header not written.',
  },
  TDM_JOURNAL_LEASES_NOT_KEPT: {
    level: 'error',
    text: 'there is no memory for all leases of the lease file',
    meaning:
      'The addresses of these leases may be given to other clients. Raise `max-leases` in the `tandem` map of the configuration and restart at once.',
  },
  TDM_JOURNAL_FAILING: {
    level: 'error',
    text: 'the lease file cannot be written',
    meaning:
      'No client gets a new or renewed lease until this is repaired, because no answer may leave before its lease is on disk; nothing is lost and nothing needs a restart. It is tried again five times a second.',
  },
  TDM_JOURNAL_RECOVERED: {
    level: 'info',
    text: 'the lease file can be written again',
    meaning: 'Everything that waited has been written, in order.',
  },
  TDM_JOURNAL_STALLED: {
    level: 'error',
    text: 'the journal has not moved for five seconds',
    meaning:
      'A write or a sync does not return: the disk or the network file system hangs. Leases wait. Look at the kernel log.',
  },
  TDM_JOURNAL_MOVES_AGAIN: {
    level: 'info',
    text: 'the journal moves again',
    meaning: 'The system call that hung has returned after `stoodMs`.',
  },
  TDM_JOURNAL_CLEANUP_STARTED: {
    level: 'info',
    text: 'the lease file clean-up has started',
    meaning: '`resumed`: it finishes one that was cut short.',
  },
  TDM_JOURNAL_CLEANUP_DONE: {
    level: 'info',
    text: 'the lease file clean-up is done',
    meaning: '`rows` were read and `leases` written; both are 0 when only the last step was left to do.',
  },
  TDM_JOURNAL_ROWS_LEFT_OUT: {
    level: 'warn',
    text: 'bad rows were left out of the cleaned lease file',
    meaning: 'They are gone from the files now. TDM_JOURNAL_ROW_BAD named them at the last start.',
  },
  TDM_JOURNAL_CLEANUP_CUT_SHORT: {
    level: 'info',
    text: 'the lease file clean-up is cut short because the server stops',
    meaning: 'Nothing is lost: the next start finishes it.',
  },
  TDM_JOURNAL_CLEANUP_FAILED: {
    level: 'error',
    text: 'the lease file clean-up failed',
    meaning:
      'No lease is lost and the service goes on, but the lease file grows until a clean-up succeeds. It is tried again at the next `lfc-interval`.',
  },
} as const satisfies Record<string, LogMessage>;
