/**
 * The lease book: table, pools, open offers and change log as one thing, with the operations that keep them together.
 * Shards and main work through it. Callers hold the lock (`table.lock()`), from the first look at a row to the last
 * change of it.
 */
import { emptyRange } from '../../base/byte-range.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import { LeaseBookBase } from '../book-base.ts';
import type { ChangeLogMemory } from '../change-log.ts';
import { NO_SLOT } from '../hash-chain.ts';
import { LimitedKind, type LimitedMemory } from '../limited-counts.ts';
import { type PoolMemory, type PoolRange, PoolSet } from '../pool.ts';
import { RowFlag } from '../row-flag.ts';
import { LeaseState } from '../state.ts';
import { type LeaseTableMemory, Row } from './layout.ts';
import { emptyRecord, type LeaseRecord } from './record.ts';
import { rowCodec4 } from './row-codec.ts';
import { LeaseTable } from './table.ts';

/** Neither the lease file nor a peer tells the hardware type. */
const ETHERNET = 1;

export interface LeaseBookMemory {
  readonly table: LeaseTableMemory;
  readonly pools: PoolMemory;
  readonly changes: ChangeLogMemory;
}

/** An offer is told by its address. */
export class LeaseBook extends LeaseBookBase<LeaseTable, LeaseRecord, PoolRange> {
  #pools: PoolSet;
  readonly #record = emptyRecord();
  readonly #range = emptyRange();

  /** @param limited where leases are counted whose number is limited; null = nowhere */
  constructor({ table, pools, changes }: LeaseBookMemory, limited: LimitedMemory | null = null) {
    super(new LeaseTable(table), table, changes, rowCodec4, limited);
    this.#pools = new PoolSet(pools);
  }

  get pools(): PoolSet {
    return this.#pools;
  }

  /** Works with another table from now on; `replacePools` must follow. No shard runs. */
  replaceTable(memory: LeaseTableMemory): void {
    this.useTable(new LeaseTable(memory), memory);
  }

  /** Works with other pools from now on; the addresses of live leases are taken in them. */
  replacePools(memory: PoolMemory, nowSec: number): void {
    this.#pools = new PoolSet(memory);
    for (let slot = 0; slot < this.table.highWater(); slot++) {
      const { rows } = this.table;
      if (!rows.isFree(slot) && this.isLive(slot, nowSec)) this.hold(rows.address(slot));
    }
  }

  /** Takes an address out of the free ones; an address of no pool needs nothing. */
  hold(address: Ipv4): void {
    this.pools.take(address);
  }

  /** Gives an address back to its pools. @returns whether it is free now and was not */
  release(address: Ipv4): boolean {
    return this.pools.release(address);
  }

  override recordOf(slot: number): LeaseRecord {
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

  override remove(slot: number): void {
    this.release(this.table.rows.address(slot));
    this.countOut(slot);
    this.table.remove(slot);
  }

  /** Remembers that a row is on offer; the oldest offer goes when too many are open. */
  pushOffer(address: Ipv4): void {
    this.remember(address);
  }

  /** Takes back the oldest offers, some dozens, for the memory of their identifiers; `address` keeps what it has. */
  recallOffers(address: Ipv4): void {
    this.recallOldest(address);
  }

  protected override rowOnOffer(address: Ipv4): number {
    const slot = this.table.findByAddress(address);
    return slot !== NO_SLOT && this.table.rows.state(slot) === LeaseState.offered ? slot : NO_SLOT;
  }

  protected override isOfferOf(address: Ipv4, { first, last }: PoolRange): boolean {
    return address >= first && address <= last;
  }

  protected override recall(address: Ipv4): boolean {
    const slot = this.rowOnOffer(address);
    if (slot !== NO_SLOT) this.remove(slot);
    return !this.pools.isTaken(address);
  }

  protected override limitedKind(): number {
    return LimitedKind.addresses;
  }

  /** Sets the subnet and the pool id of a row. */
  setPlace(slot: number, subnetId: number, poolId: number): void {
    const rows = this.table.rows;
    rows.setWord(slot, Row.subnetId, subnetId);
    rows.setWord(slot, Row.poolId, poolId);
  }
}
