/**
 * What the lease streams need to know of a family: its records, and how they are written into its table. A process serves
 * one family, so that each of these calls has one target.
 */

import type { Applied } from '../engine/leases/lease-applier-base.ts';
import type { Standing, TimedRecord } from '../lease/precedence.ts';
import type { ChangeSource } from '../lease/store.ts';
import type { LeaseAddress, UpdateFamily } from '../lease/update-family.ts';
import type { Refusal } from './inbound.ts';
import type { LinkWorkplace } from './messages.ts';

export interface LinkRecord extends TimedRecord {
  readonly subnetId: number;
}

export interface LinkFamily<Record extends LinkRecord> extends UpdateFamily {
  /** As the hello says it: 4 = DHCPv4, 6 = DHCPv6. */
  readonly number: 4 | 6;
  createRecord(): Record;
  /**
   * Reads one record, whoever wrote it.
   * @param record is filled in and points into `bytes`
   * @returns what is wrong with the octets, or null
   */
  decode(bytes: Uint8Array, at: number, length: number, record: Record): string | null;
  /** Writes one record. @returns the offset behind it */
  encode(out: Uint8Array, at: number, record: Record, isUpdate: boolean): number;
  /** Which of two records at one address stands. */
  standing(ours: Record, theirs: Record, nowSec: number): Standing;
  /** @param statisticsRow in which the thread counts */
  openTable(workplace: LinkWorkplace, statisticsRow: number): LinkTable<Record>;
}

/** The lease table, for the partner's records; all methods but `lock`, `durable` and `faultOf` need its lock. */
export interface LinkTable<Record extends LinkRecord> {
  lock(): void;
  unlock(): void;
  /** Number of the last change that is on stable storage. */
  durable(): number;
  /** Number of the last change that was logged here, 0 = none yet. */
  readonly lastChange: number;
  /** Rows in use. */
  count(): number;
  /** Slots below this one have been used. */
  highWater(): number;
  addressOf(record: Record): LeaseAddress;
  /** The row of a record's address, or NO_SLOT. */
  slotOf(record: Record): number;
  /** The row of an address, or NO_SLOT. */
  slotAt(address: LeaseAddress): number;
  /** Whether a row holds a lease, and not an offer that nobody outside the data plane sees. */
  isLease(slot: number): boolean;
  clttSec(slot: number): number;
  /** The record view of a row, valid until the next call. */
  recordOf(slot: number): Record;
  /** A record of its own. */
  copyOf(slot: number): Record;
  /** Leases in force of the same client which it may not have beside this one, each a record of its own. */
  othersOf(record: Record, nowSec: number): Record[];
  put(record: Record, source: ChangeSource, nowSec: number): Applied;
  remove(record: Record, source: ChangeSource, nowSec: number): Applied;
  /** Why a record can be no lease here, by the configuration; null = it can. */
  faultOf(record: Record): Refusal | null;
}
