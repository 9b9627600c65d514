/**
 * The lease book of DHCPv6: table, pools, open offers and change log as one thing, with the operations that keep them
 * together. Shards and main work through it. Callers hold the lock (`table.lock()`), from the first look at a row to the
 * last change of it.
 */
import { LeaseBookBase } from '../book-base.ts';
import type { ChangeLogMemory } from '../change-log.ts';
import { NO_SLOT } from '../hash-chain.ts';
import { LimitedKind, type LimitedMemory } from '../limited-counts.ts';
import { RowFlag } from '../row-flag.ts';
import type { LeaseTableMemory6 } from './layout.ts';
import { LeaseType } from './model.ts';
import { nextMark, offerOf, rowOnOffer } from './offer.ts';
import type { PoolMemory6 } from './pools/memory.ts';
import { PoolSet6 } from './pools/pool-set.ts';
import { emptyRecord6, type LeaseRecord6 } from './record.ts';
import { rowCodec6 } from './row-codec.ts';
import { LeaseTable6 } from './table.ts';
import { readClient } from './table-copy.ts';

export interface LeaseBookMemory6 {
  readonly table: LeaseTableMemory6;
  readonly pools: PoolMemory6;
  readonly changes: ChangeLogMemory;
}

/** A pool is told by its number. */
export class LeaseBook6 extends LeaseBookBase<LeaseTable6, LeaseRecord6, number> {
  #pools: PoolSet6;
  readonly #record = emptyRecord6();

  /** @param limited where leases are counted whose number is limited; null = nowhere */
  constructor({ table, pools, changes }: LeaseBookMemory6, limited: LimitedMemory | null = null) {
    super(new LeaseTable6(table), table, changes, rowCodec6, limited);
    this.#pools = new PoolSet6(pools);
  }

  get pools(): PoolSet6 {
    return this.#pools;
  }

  /** Works with another table from now on; `replacePools` must follow. No shard runs. */
  replaceTable(memory: LeaseTableMemory6): void {
    this.useTable(new LeaseTable6(memory), memory);
  }

  /** Works with other pools from now on; the addresses of live leases are taken in them. */
  replacePools(memory: PoolMemory6, nowSec: number): void {
    this.#pools = new PoolSet6(memory);
    const { rows } = this.table;
    for (let slot = 0; slot < this.table.highWater(); slot++)
      if (!rows.isFree(slot) && this.isLive(slot, nowSec)) this.hold(rows.bytes, rows.addressOffset(slot));
  }

  /** Takes an address, or the prefix that begins with it, out of the free ones. @param bytes with 16 octets at `offset` */
  hold(bytes: Uint8Array, offset: number): void {
    this.#pools.hold(bytes, offset);
  }

  /** Gives it back to its pools. @returns whether a bit is free now and was not */
  release(bytes: Uint8Array, offset: number): boolean {
    return this.#pools.release(bytes, offset);
  }

  override recordOf(slot: number): LeaseRecord6 {
    const { rows } = this.table;
    const record = this.#record;
    rows.addressRange(slot, record.address);
    readClient(rows, slot, record);
    record.preferredLifetimeSec = rows.preferredLifetimeSec(slot);
    record.validLifetimeSec = rows.validLifetimeSec(slot);
    record.expireSec = rows.expireSec(slot);
    record.subnetId = rows.subnetId(slot);
    record.poolId = rows.poolId(slot);
    record.state = rows.state(slot);
    record.fqdnFwd = (rows.flags(slot) & RowFlag.fqdnFwd) !== 0;
    record.fqdnRev = (rows.flags(slot) & RowFlag.fqdnRev) !== 0;
    return record;
  }

  /**
   * Writes a lease over whatever stands at its address, and takes or frees the address as the lease demands. The record
   * must not point into the table.
   * @returns the row, or NO_SLOT when there is no memory for it: then nothing is changed
   */
  write(record: LeaseRecord6, nowSec: number): number {
    const { table } = this;
    const { bytes, offset } = record.address;
    let slot = table.findByAddress(bytes, offset);
    const isNew = slot === NO_SLOT;
    if (isNew) slot = table.insert(bytes, offset);
    if (slot === NO_SLOT) return NO_SLOT;
    if (!isNew) this.countOut(slot);
    if (!table.setClient(slot, record)) {
      if (isNew) table.remove(slot);
      else this.countIn(slot);
      return NO_SLOT;
    }
    const { rows } = table;
    if (!isNew) this.settlePlace(slot);
    rows.setState(slot, record.state);
    rows.setFlags(slot, (record.fqdnFwd ? RowFlag.fqdnFwd : 0) | (record.fqdnRev ? RowFlag.fqdnRev : 0));
    const { preferredLifetimeSec, validLifetimeSec, expireSec } = record;
    rows.setTimes(slot, Math.max(0, expireSec - validLifetimeSec), preferredLifetimeSec, validLifetimeSec);
    this.setPlace(slot, record.subnetId, record.poolId);
    this.countIn(slot);
    if (this.isLive(slot, nowSec)) this.hold(bytes, offset);
    else this.release(bytes, offset);
    return slot;
  }

  override remove(slot: number): void {
    const { rows } = this.table;
    this.release(rows.bytes, rows.addressOffset(slot));
    this.countOut(slot);
    this.table.remove(slot);
  }

  protected override limitedKind(slot: number): number {
    return this.table.rows.type(slot) === LeaseType.pd ? LimitedKind.prefixes : LimitedKind.addresses;
  }

  /** Sets the subnet and the pool id of a row. */
  setPlace(slot: number, subnetId: number, poolId: number): void {
    this.table.rows.setPlace(slot, subnetId, poolId);
  }

  /** Remembers that a row is on offer; the oldest offer goes when too many are open. */
  pushOffer(slot: number): void {
    const { rows } = this.table;
    rows.setOfferMark(slot, nextMark(this.offers.pushes()));
    this.remember(offerOf(rows, slot));
  }

  /** Takes back the oldest offers, some dozens, for the memory of their identifiers; that of row `slot` stays. */
  recallOffers(slot: number): void {
    this.recallOldest(offerOf(this.table.rows, slot));
  }

  protected override rowOnOffer(offer: number): number {
    return rowOnOffer(this.table.rows, offer);
  }

  /** An offer that is none any more is every pool's, so that it leaves the queue. */
  protected override isOfferOf(offer: number, pool: number): boolean {
    const { rows } = this.table;
    const slot = this.rowOnOffer(offer);
    return slot === NO_SLOT || this.#pools.has(pool, rows.bytes, rows.addressOffset(slot));
  }

  protected override recall(offer: number): boolean {
    const { rows } = this.table;
    const slot = this.rowOnOffer(offer);
    if (slot === NO_SLOT) return false;
    // What is reserved is free for nobody.
    const isFreed = !this.#pools.isReserved(rows.bytes, rows.addressOffset(slot));
    this.remove(slot);
    return isFreed;
  }
}
