/**
 * What leases of the lease file say of their relays, judged at load by Kea's `sanity-checks.extended-info-checks`. What is
 * mended is mended in memory; the next row that is written for the lease has it too.
 */
import type { ExtendedInfoChecks } from '../../config/model.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import type { CheckedContext } from '../../lease/relay-context.ts';
import type { Log } from '../../log/logger.ts';
import type { RowCheck } from './load-leases.ts';

/** A file that is full of it must not become a log full of it. */
const LEASES_LOGGED_MAX = 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The user contexts of a family's leases. */
export interface LeaseContexts<Lease> {
  /** The octets of a context where they stand. */
  read(lease: Lease): Uint8Array;
  /** Writes another one there: there is room for USER_CONTEXT_BYTES_MAX octets. */
  write(lease: Lease, context: Uint8Array): void;
  check(text: string, checks: ExtendedInfoChecks): CheckedContext;
  /** The address of a lease, for people. */
  nameOf(lease: Lease): string;
}

export class ExtendedInfoCheck<Lease> implements RowCheck<Lease> {
  readonly #contexts: LeaseContexts<Lease>;
  readonly #checks: ExtendedInfoChecks;
  readonly #log: Log;
  #count = 0;

  constructor(contexts: LeaseContexts<Lease>, checks: ExtendedInfoChecks, log: Log) {
    this.#contexts = contexts;
    this.#checks = checks;
    this.#log = log;
  }

  /** Corrects the user context of a row where it stands; the lease is kept, whatever it says. */
  accepts(lease: Lease): true {
    if (this.#checks !== 'none') this.#mend(lease);
    return true;
  }

  #mend(lease: Lease): void {
    const octets = this.#contexts.read(lease);
    if (octets.length === 0) return;
    const before = decoder.decode(octets);
    const { text, fault } = this.#contexts.check(before, this.#checks);
    if (fault !== null) this.#note(lease, fault);
    if (text === before) return;
    const bytes = encoder.encode(text);
    if (bytes.length <= USER_CONTEXT_BYTES_MAX) this.#contexts.write(lease, bytes);
  }

  /** Says how many rows something was taken out of, when there were any. */
  report(): void {
    if (this.#count > 0) this.#log('TDM_JOURNAL_EXTENDED_INFOS_REMOVED', { leases: this.#count });
  }

  #note(lease: Lease, reason: string): void {
    this.#count++;
    if (this.#count > LEASES_LOGGED_MAX) return;
    this.#log('TDM_JOURNAL_EXTENDED_INFO_REMOVED', { address: this.#contexts.nameOf(lease), reason });
  }
}
