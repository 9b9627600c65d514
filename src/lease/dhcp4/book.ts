/**
 * The lease book: table, pools, open offers and change log as one thing, with the operations that keep them together.
 * Shards and main work through it. Callers hold the lock (`table.lock()`), from the first look at a row to the last
 * change of it.
 */

import { assert } from '../../base/assert.ts';
import { emptyRange } from '../../base/byte-range.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import { ChangeLog, type ChangeLogMemory } from '../change-log.ts';
import { NO_SLOT } from '../hash-chain.ts';
import { LimitedCounts, type LimitedCountsMemory } from '../limited-counts.ts';
import { NO_OFFER, OfferQueue } from '../offers.ts';
import { type PoolMemory, type PoolRange, PoolSet } from '../pool.ts';
import { RowFlag } from '../row-flag.ts';
import { LeaseState } from '../state.ts';
import { encodeRow, ROW_BYTES_MAX } from './csv.ts';
import { type LeaseTableMemory, Row } from './layout.ts';
import { emptyRecord, type LeaseRecord } from './record.ts';
import { LeaseTable } from './table.ts';

/** Neither the lease file nor a peer tells the hardware type. */
const ETHERNET = 1;
/** Offers looked at to find one that can be taken back. */
const RECALLS_MAX = 64;

export interface LeaseBookMemory {
  readonly table: LeaseTableMemory;
  readonly pools: PoolMemory;
  readonly changes: ChangeLogMemory;
}

export class LeaseBook {
  readonly changes: ChangeLog;
  #table: LeaseTable;
  #pools: PoolSet;
  #offers: OfferQueue;
  #limited: LimitedCounts | null;
  readonly #record = emptyRecord();
  readonly #row = new Uint8Array(ROW_BYTES_MAX);
  readonly #range = emptyRange();

  /** @param limited where leases are counted whose number is limited; null = nowhere */
  constructor(memory: LeaseBookMemory, limited: LimitedCountsMemory | null = null) {
    this.#table = new LeaseTable(memory.table);
    this.#pools = new PoolSet(memory.pools);
    this.changes = new ChangeLog(memory.changes);
    this.#offers = new OfferQueue(memory.table);
    this.#limited = limited && new LimitedCounts(limited);
  }

  get table(): LeaseTable {
    return this.#table;
  }

  get pools(): PoolSet {
    return this.#pools;
  }

  /** The counts of the leases whose number is limited, or null. */
  get limited(): LimitedCounts | null {
    return this.#limited;
  }

  /** Counts leases elsewhere from now on, all that the table holds. No shard runs. */
  replaceLimited(memory: LimitedCountsMemory | null): void {
    this.#limited = memory && new LimitedCounts(memory);
    this.#limited?.clear();
    for (let slot = 0; slot < this.table.highWater(); slot++)
      if (this.table.rows.address(slot) !== 0) this.countIn(slot);
  }

  /** Counts a row as it is after a change. */
  countIn(slot: number): void {
    if (this.#limited !== null) this.#limited.add(this.table.rows, slot, 1);
  }

  /** Takes a row out of the counts, before its state, subnet or user context changes. */
  countOut(slot: number): void {
    if (this.#limited !== null) this.#limited.add(this.table.rows, slot, -1);
  }

  /** Works with another table from now on; `replacePools` must follow. No shard runs. */
  replaceTable(memory: LeaseTableMemory): void {
    this.#table = new LeaseTable(memory);
    this.#offers = new OfferQueue(memory);
  }

  /** Works with other pools from now on; the addresses of live leases are taken in them. */
  replacePools(memory: PoolMemory, nowSec: number): void {
    this.#pools = new PoolSet(memory);
    for (let slot = 0; slot < this.table.highWater(); slot++) {
      const address = this.table.rows.address(slot);
      if (address !== 0 && this.isLive(slot, nowSec)) this.hold(address);
    }
  }

  /** True while the row keeps its address from everybody else: offered, leased or declined, and not over. */
  isLive(slot: number, nowSec: number): boolean {
    const state = this.table.rows.state(slot);
    if (state === LeaseState.expiredReclaimed || state === LeaseState.released) return false;
    return !this.table.rows.isExpired(slot, nowSec);
  }

  /** Takes an address out of the free ones; an address of no pool needs nothing. */
  hold(address: Ipv4): void {
    this.pools.take(address);
  }

  /** Gives an address back to its pools. @returns whether it is free now and was not */
  release(address: Ipv4): boolean {
    return this.pools.release(address);
  }

  /** The record view of a row, valid until the next call. */
  recordOf(slot: number): LeaseRecord {
    const rows = this.table.rows;
    const record = this.#record;
    const range = this.#range;
    record.address = rows.address(slot);
    record.hw = rows.bytes;
    record.hwOffset = rows.hwOffset(slot);
    record.hwLength = rows.hwLength(slot);
    rows.clientIdRange(slot, range);
    record.clientId = range.bytes;
    record.clientIdOffset = range.offset;
    record.clientIdLength = range.length;
    record.validLifetimeSec = rows.validLifetimeSec(slot);
    record.expireSec = rows.expireSec(slot);
    record.subnetId = rows.subnetId(slot);
    record.poolId = rows.poolId(slot);
    record.fqdnFwd = (rows.flags(slot) & RowFlag.fqdnFwd) !== 0;
    record.fqdnRev = (rows.flags(slot) & RowFlag.fqdnRev) !== 0;
    rows.hostNameRange(slot, range);
    record.hostname = range.bytes;
    record.hostnameOffset = range.offset;
    record.hostnameLength = range.length;
    record.state = rows.state(slot);
    rows.contextRange(slot, range);
    record.userContext = range.bytes;
    record.userContextOffset = range.offset;
    record.userContextLength = range.length;
    return record;
  }

  /** Appends the row as it stands now to the change log. @returns its change number, 0 = the log is full */
  logRow(slot: number): number {
    const change = this.#append(this.recordOf(slot));
    this.table.rows.setUnsettled(slot, change);
    return change;
  }

  /** Appends the deletion of a row that still stands: valid lifetime 0, expire = cltt. */
  logDeletion(slot: number): number {
    const record = this.recordOf(slot);
    record.validLifetimeSec = 0;
    record.expireSec = this.table.rows.clttSec(slot);
    return this.#append(record);
  }

  #append(record: LeaseRecord): number {
    const length = encodeRow(this.#row, 0, record);
    assert(length > 0, 'every row of the table can stand in the lease file');
    return this.changes.append(this.#row, length);
  }

  /**
   * Writes a lease over whatever stands at its address, and takes or frees the address as the lease demands. The record
   * must not point into the table.
   * @returns the row, or NO_SLOT when there is no memory for it: then nothing is changed
   */
  write(record: LeaseRecord, nowSec: number): number {
    const { table } = this;
    let slot = table.findByAddress(record.address);
    const isNew = slot === NO_SLOT;
    if (isNew) slot = table.insert(record.address);
    if (slot === NO_SLOT) return NO_SLOT;
    const hw = { bytes: record.hw, offset: record.hwOffset, length: record.hwLength };
    const clientId = { bytes: record.clientId, offset: record.clientIdOffset, length: record.clientIdLength };
    const hostName = { bytes: record.hostname, offset: record.hostnameOffset, length: record.hostnameLength };
    const context = {
      bytes: record.userContext,
      offset: record.userContextOffset,
      length: record.userContextLength,
    };
    if (!isNew) this.countOut(slot);
    if (!table.setClient(slot, ETHERNET, hw, clientId, hostName, context)) {
      if (isNew) table.remove(slot);
      else this.countIn(slot);
      return NO_SLOT;
    }
    const { rows } = table;
    if (!isNew) this.settlePlace(slot);
    rows.setState(slot, record.state);
    rows.setFlags(slot, (record.fqdnFwd ? RowFlag.fqdnFwd : 0) | (record.fqdnRev ? RowFlag.fqdnRev : 0));
    rows.setTimes(slot, Math.max(0, record.expireSec - record.validLifetimeSec), record.validLifetimeSec);
    this.setPlace(slot, record.subnetId, record.poolId);
    this.countIn(slot);
    if (this.isLive(slot, nowSec)) this.hold(record.address);
    else this.release(record.address);
    return slot;
  }

  /**
   * Before an offer becomes a lease: among the rows of its client it stands behind the leases that there are, as if it came
   * only now. [Kea] Of several leases the first is the client's, and Kea knows of no offers.
   */
  settlePlace(slot: number): void {
    const { rows } = this.table;
    if (rows.state(slot) !== LeaseState.offered) return;
    if ((rows.flags(slot) & RowFlag.leasedBefore) === 0) this.table.moveLast(slot);
  }

  /** Removes a row and frees its address. */
  remove(slot: number): void {
    this.release(this.table.rows.address(slot));
    this.countOut(slot);
    this.table.remove(slot);
  }

  /** Remembers that a row is on offer; the oldest offer goes when too many are open. */
  pushOffer(address: Ipv4): void {
    if (this.#offers.isFull()) {
      const oldest = this.#offers.pop();
      // An entry from an earlier offer of the same address says nothing about this one.
      if (oldest !== address) this.#recall(oldest);
    }
    this.#offers.push(address);
  }

  /**
   * Takes back the oldest offers until one frees an address of the pool. Those of other pools stay: a full subnet is no
   * reason to disturb the others. Slots that the caller knows may be free afterwards.
   * @returns true when the pool has a free address now
   */
  recallOffer({ first, last }: PoolRange): boolean {
    for (let tries = 0; tries < RECALLS_MAX; tries++) {
      const address = this.#offers.pop();
      if (address === NO_OFFER) return false;
      if (address < first || address > last) {
        this.#offers.push(address);
        continue;
      }
      this.#recall(address);
      if (!this.pools.isTaken(address)) return true;
    }
    return false;
  }

  /** Takes back the oldest offers, some dozens, for the memory of their identifiers; `address` keeps what it has. */
  recallOffers(address: Ipv4): void {
    for (let i = 0; i < RECALLS_MAX; i++) {
      const oldest = this.#offers.pop();
      if (oldest === NO_OFFER) return;
      if (oldest === address) this.#offers.push(oldest);
      else this.#recall(oldest);
    }
  }

  /** Drops what leads the queue of open offers and is none any more; at most `limit` entries. */
  trimOffers(nowSec: number, limit: number): void {
    for (let i = 0; i < limit; i++) {
      const address = this.#offers.peek();
      if (address === NO_OFFER) return;
      const slot = this.table.findByAddress(address);
      const isOpen = slot !== NO_SLOT && this.table.rows.state(slot) === LeaseState.offered;
      if (isOpen && this.isLive(slot, nowSec)) return;
      this.#recall(this.#offers.pop());
    }
  }

  #recall(address: Ipv4): void {
    const slot = this.table.findByAddress(address);
    if (slot !== NO_SLOT && this.table.rows.state(slot) === LeaseState.offered) this.remove(slot);
  }

  /** Sets the subnet and the pool id of a row. */
  setPlace(slot: number, subnetId: number, poolId: number): void {
    const rows = this.table.rows;
    rows.setWord(slot, Row.subnetId, subnetId);
    rows.setWord(slot, Row.poolId, poolId);
  }
}
