/**
 * What DNS is to be told, on its way from whoever changes leases to the thread that sends it. One ring, written under the
 * lease table's lock, so that the requests for one name leave in the order in which its leases changed. Whoever writes
 * waits for nobody: when the ring is full a request is lost and counted, never a lease.
 *
 *     record   u8 flags | u8 htype | u8 hwLength | u8 clientIdLength | u8 nameLength | 3 unused
 *              u32 address | u32 subnet | u32 lifetime | u32 cltt | hw | client-id | name
 */
import { allocateByteRing, type ByteRingMemory, ByteRingWriter } from '../../base/byte-ring.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';

/** `kind` of a record. */
export const DnsChange = { add: 0, remove: 1 } as const;

/** Offsets in a record. */
export const DnsField = {
  flags: 0,
  htype: 1,
  hwLength: 2,
  clientIdLength: 3,
  nameLength: 4,
  address: 8,
  subnetId: 12,
  validLifetimeSec: 16,
  clttSec: 20,
  bytes: 24,
} as const;

/** Indexes of the control words (Int32). */
export const DnsWord = {
  /** Writers -> main, which waits on it: grows, and is notified, when records were written. */
  pending: 0,
  /** Requests that found no room since the start. */
  lost: 1,
} as const;

const RECORD_BYTES_MAX = DnsField.bytes + 16 + 255 + 255;
const FQDN_FLAGS = RowFlag.fqdnFwd | RowFlag.fqdnRev;

export interface DnsLogMemory {
  readonly words: SharedArrayBuffer;
  readonly ring: ByteRingMemory;
}

/** @param ringBytes a power of two */
export function allocateDnsLog(ringBytes: number): DnsLogMemory {
  return { words: new SharedArrayBuffer(64), ring: allocateByteRing(ringBytes) };
}

export class DnsLog {
  readonly #words: Int32Array;
  readonly #writer: ByteRingWriter;
  readonly #record = new Uint8Array(RECORD_BYTES_MAX);
  readonly #view = new DataView(this.#record.buffer);
  #isDirty = false;
  /** Whether the row that is being written has a name that DNS does not know yet. */
  isNews = false;

  constructor(memory: DnsLogMemory) {
    this.#words = new Int32Array(memory.words);
    this.#writer = new ByteRingWriter(memory.ring);
  }

  /** The name of an assigned row goes. Pre: the row stands as it was; the lock is held. */
  remove(book: LeaseBook, slot: number): void {
    const { rows } = book.table;
    // What DNS was never told it need not forget.
    if ((rows.flags(slot) & RowFlag.dnsPending) !== 0 || rows.state(slot) !== LeaseState.assigned) return;
    this.#write(DnsChange.remove, book, slot);
  }

  /** DNS shall know the name of a row. Pre: the lock is held. */
  add(book: LeaseBook, slot: number): void {
    this.#write(DnsChange.add, book, slot);
  }

  /** A change of a row is safe: its client hears of it, and so does DNS, unless a newer change was made since. */
  settle(book: LeaseBook, slot: number, change: number): void {
    const { table } = book;
    if ((table.rows.flags(slot) & RowFlag.dnsPending) === 0) return;
    table.lock();
    const flags = table.rows.flags(slot);
    if ((flags & RowFlag.dnsPending) !== 0 && table.rows.unsettledChange(slot) === change >>> 0) {
      this.add(book, slot);
      table.rows.setFlags(slot, flags & ~RowFlag.dnsPending);
    }
    table.unlock();
    this.announce();
  }

  #write(kind: number, book: LeaseBook, slot: number): void {
    const lease = book.recordOf(slot);
    const flags = book.table.rows.flags(slot) & FQDN_FLAGS;
    if (flags === 0 || lease.hostnameLength === 0) return;
    const view = this.#view;
    const out = this.#record;
    out[DnsField.flags] = flags;
    out[DnsField.htype] = book.table.rows.htype(slot);
    out[DnsField.hwLength] = lease.hwLength;
    out[DnsField.clientIdLength] = lease.clientIdLength;
    out[DnsField.nameLength] = lease.hostnameLength;
    view.setUint32(DnsField.address, lease.address);
    view.setUint32(DnsField.subnetId, lease.subnetId);
    view.setUint32(DnsField.validLifetimeSec, lease.validLifetimeSec);
    view.setUint32(DnsField.clttSec, book.table.rows.clttSec(slot));
    let at: number = DnsField.bytes;
    for (let i = 0; i < lease.hwLength; i++) out[at++] = lease.hw[lease.hwOffset + i]!;
    for (let i = 0; i < lease.clientIdLength; i++) out[at++] = lease.clientId[lease.clientIdOffset + i]!;
    for (let i = 0; i < lease.hostnameLength; i++) out[at++] = lease.hostname[lease.hostnameOffset + i]!;
    if (!this.#writer.write(kind, 0, out, at)) Atomics.add(this.#words, DnsWord.lost, 1);
    this.#isDirty = true;
  }

  /** Wakes main when something was written since the last call; once a batch is enough. */
  announce(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    Atomics.add(this.#words, DnsWord.pending, 1);
    Atomics.notify(this.#words, DnsWord.pending);
  }
}
