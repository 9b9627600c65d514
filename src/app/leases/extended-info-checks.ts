/**
 * What leases of the lease file say of their relays, judged at load by Kea's `sanity-checks.extended-info-checks`. What is
 * mended is mended in memory; the next row that is written for the lease has it too.
 */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { ExtendedInfoChecks } from '../../config/model.ts';
import { checkExtendedInfo } from '../../lease/dhcp4/extended-info.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import type { Log } from '../../log/logger.ts';
import type { RowCheck } from './load-leases.ts';

/** A file that is full of it must not become a log full of it. */
const LEASES_LOGGED_MAX = 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ExtendedInfoCheck implements RowCheck<LeaseRecord> {
  readonly #checks: ExtendedInfoChecks;
  readonly #log: Log;
  #count = 0;

  constructor(checks: ExtendedInfoChecks, log: Log) {
    this.#checks = checks;
    this.#log = log;
  }

  /** Corrects the user context of a row where it stands; the lease is kept, whatever it says. */
  accepts(record: LeaseRecord): true {
    this.#mend(record);
    return true;
  }

  #mend(record: LeaseRecord): void {
    const { userContext, userContextOffset, userContextLength } = record;
    if (userContextLength === 0 || this.#checks === 'none') return;
    const before = decoder.decode(
      userContext.subarray(userContextOffset, userContextOffset + userContextLength),
    );
    const { text, fault } = checkExtendedInfo(before, this.#checks);
    if (fault !== null) this.#note(record, fault);
    if (text === before) return;
    const bytes = encoder.encode(text);
    if (bytes.length > USER_CONTEXT_BYTES_MAX) return;
    userContext.set(bytes, userContextOffset);
    record.userContextLength = bytes.length;
  }

  /** Says how many rows something was taken out of, when there were any. */
  report(): void {
    if (this.#count > 0) this.#log('TDM_JOURNAL_EXTENDED_INFOS_REMOVED', { leases: this.#count });
  }

  #note({ address }: LeaseRecord, reason: string): void {
    this.#count++;
    if (this.#count > LEASES_LOGGED_MAX) return;
    this.#log('TDM_JOURNAL_EXTENDED_INFO_REMOVED', { address: formatIpv4(address), reason });
  }
}
