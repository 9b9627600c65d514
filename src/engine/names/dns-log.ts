/**
 * What DNS is to be told, on its way from whoever changes leases to the thread that sends it. One ring, written under the
 * lease table's lock, so that the requests for one name leave in the order in which its leases changed. Whoever writes
 * waits for nobody: when the ring is full a request is lost and counted, never a lease.
 *
 *     record   u8 flags | u8 identifierType | u8 identifierLength | u8 nameLength | u8 addressLength | 3 unused
 *              u32 subnet | u32 lifetime | u32 cltt | 16 octets of address | identifier | name
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { allocateByteRing, type ByteRingMemory, ByteRingWriter } from '../../base/byte-ring.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';

/** `kind` of a record. */
export const DnsChange = { add: 0, remove: 1 } as const;

/** Offsets in a record. */
export const DnsField = {
  flags: 0,
  identifierType: 1,
  identifierLength: 2,
  nameLength: 3,
  addressLength: 4,
  subnetId: 8,
  validLifetimeSec: 12,
  clttSec: 16,
  address: 20,
  bytes: 36,
} as const;

/** Indexes of the control words (Int32). */
export const DnsWord = {
  /** Writers -> main, which waits on it: grows, and is notified, when records were written. */
  pending: 0,
  /** Requests that found no room since the start. */
  lost: 1,
} as const;

/** What a client is known by to DNS. [RFC4701 3.3] */
export const DnsIdentifier = {
  /** Hardware type of one octet, then the address. */
  hardwareAddress: 0,
  /** Data of option 61, which holds no DUID. */
  clientId: 1,
  duid: 2,
} as const;

const RECORD_BYTES_MAX = DnsField.bytes + 255 + 255;
const FQDN_FLAGS = RowFlag.fqdnFwd | RowFlag.fqdnRev;

export interface DnsLogMemory {
  readonly words: SharedArrayBuffer;
  readonly ring: ByteRingMemory;
}

/** @param ringBytes a power of two */
export function allocateDnsLog(ringBytes: number): DnsLogMemory {
  return { words: new SharedArrayBuffer(64), ring: allocateByteRing(ringBytes) };
}

/** A lease as DNS is to be told of it; its ranges are valid until the row changes. */
export interface NamedLease {
  subnetId: number;
  /** Seconds, u32. */
  validLifetimeSec: number;
  /** 4 or 16 octets. */
  readonly address: ByteRange;
  /** A `DnsIdentifier`. */
  identifierType: number;
  /** 0..255 octets; empty = nothing identifies the client. */
  readonly identifier: ByteRange;
  /** 0..255 octets of text; empty = DNS is told nothing. */
  readonly name: ByteRange;
}

/** What the log needs of the lease book of a family. */
export interface NamedBook {
  readonly table: {
    lock(): void;
    unlock(): void;
    readonly rows: {
      flags(slot: number): number;
      setFlags(slot: number, flags: number): void;
      state(slot: number): number;
      clttSec(slot: number): number;
      unsettledChange(slot: number): number;
    };
  };
}

/** Fills in what DNS is told of a row. */
export type NamedLeaseReader<Book> = (book: Book, slot: number, out: NamedLease) => void;

export class DnsLog<Book extends NamedBook> {
  readonly #words: Int32Array;
  readonly #writer: ByteRingWriter;
  readonly #read: NamedLeaseReader<Book>;
  readonly #lease: NamedLease = {
    subnetId: 0,
    validLifetimeSec: 0,
    address: emptyRange(),
    identifierType: DnsIdentifier.hardwareAddress,
    identifier: emptyRange(),
    name: emptyRange(),
  };
  readonly #record = new Uint8Array(RECORD_BYTES_MAX);
  readonly #view = new DataView(this.#record.buffer);
  #isDirty = false;
  /** Whether the row that is being written has a name that DNS does not know yet. */
  isNews = false;

  constructor(memory: DnsLogMemory, read: NamedLeaseReader<Book>) {
    this.#words = new Int32Array(memory.words);
    this.#writer = new ByteRingWriter(memory.ring);
    this.#read = read;
  }

  /** The name of an assigned or registered row goes. Pre: the row stands as it was; the lock is held. */
  remove(book: Book, slot: number): void {
    const { rows } = book.table;
    // What DNS was never told it need not forget.
    if ((rows.flags(slot) & RowFlag.dnsPending) !== 0) return;
    const state = rows.state(slot);
    if (state !== LeaseState.assigned && state !== LeaseState.registered) return;
    this.#write(DnsChange.remove, book, slot);
  }

  /** DNS shall know the name of a row. Pre: the lock is held. */
  add(book: Book, slot: number): void {
    this.#write(DnsChange.add, book, slot);
  }

  /** A change of a row is safe: its client hears of it, and so does DNS, unless a newer change was made since. */
  settle(book: Book, slot: number, change: number): void {
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

  #write(kind: number, book: Book, slot: number): void {
    const flags = book.table.rows.flags(slot) & FQDN_FLAGS;
    if (flags === 0) return;
    const lease = this.#lease;
    this.#read(book, slot, lease);
    const { address, identifier, name } = lease;
    if (name.length === 0) return;
    const view = this.#view;
    const out = this.#record;
    out[DnsField.flags] = flags;
    out[DnsField.identifierType] = lease.identifierType;
    out[DnsField.identifierLength] = identifier.length;
    out[DnsField.nameLength] = name.length;
    out[DnsField.addressLength] = address.length;
    view.setUint32(DnsField.subnetId, lease.subnetId);
    view.setUint32(DnsField.validLifetimeSec, lease.validLifetimeSec);
    view.setUint32(DnsField.clttSec, book.table.rows.clttSec(slot));
    put(out, DnsField.address, address);
    const end = put(out, put(out, DnsField.bytes, identifier), name);
    if (!this.#writer.write(kind, 0, out, end)) Atomics.add(this.#words, DnsWord.lost, 1);
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

/** @returns the offset behind it */
function put(out: Uint8Array, at: number, { bytes, offset, length }: ByteRange): number {
  for (let i = 0; i < length; i++) out[at + i] = bytes[offset + i]!;
  return at + length;
}
