/** What disk and partner of the model test have: rows read from the change log, updates read from the update log. */
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { UpdateRecord } from '../../src/engine/parked/shard-link.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { ChangeWord, isReached } from '../../src/lease/change-log.ts';
import { RowDecoder } from '../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import { leaseOfRecord } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import type { BenchServer } from './bench-server.ts';
import { updateOf } from './updates.ts';

type Leases = Map<string, Lease4>;

/** Rows replayed as a server does that starts on the file. */
export class ModelDisk {
  readonly #server: BenchServer;
  readonly #reader: ByteRingReader;
  readonly #words: Int32Array;
  readonly #decoder = new RowDecoder();
  readonly #waiting: { readonly change: number; readonly lease: Lease4 }[] = [];
  /** All rows written so far. */
  readonly written: Leases = new Map();
  /** Those on stable storage. */
  readonly durable: Leases = new Map();

  /** @param leases what it has from before */
  constructor(server: BenchServer, leases: readonly Lease4[] = []) {
    this.#server = server;
    for (const lease of leases) {
      apply(this.written, lease);
      apply(this.durable, lease);
    }
    this.#reader = new ByteRingReader(server.bookMemory.changes.ring);
    this.#words = new Int32Array(server.bookMemory.changes.words);
  }

  /** Reads what was appended. */
  read(): void {
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    while (this.#reader.next(record)) {
      const row = this.#reader.bytes.slice(record.offset, record.offset + record.length);
      const fault = this.#decoder.decode(row, 0, { min: 12, max: 12 });
      if (fault !== RowFault.none) throw new Error(`row with fault ${fault}: ${Buffer.from(row)}`);
      const lease = leaseOfRecord(this.#decoder.record);
      apply(this.written, lease);
      this.#waiting.push({ change: record.sequence, lease });
    }
    this.#reader.release();
  }

  /** Makes `count` rows durable, in their order. */
  sync(count: number): void {
    this.read();
    const rows = this.#waiting.splice(0, count);
    for (const { lease } of rows) apply(this.durable, lease);
    const last = rows.at(-1);
    if (last === undefined) return;
    const before = Atomics.load(this.#words, ChangeWord.durable) >>> 0;
    if (isReached(before, last.change)) throw new Error('change numbers do not grow');
    Atomics.store(this.#words, ChangeWord.durable, last.change | 0);
    this.#server.turn();
  }

  get backlog(): number {
    return this.#waiting.length;
  }
}

function apply(leases: Leases, lease: Lease4): void {
  if (lease.validLifetimeSec === 0) leases.delete(formatIpv4(lease.address));
  else leases.set(formatIpv4(lease.address), lease);
}

/** A partner that takes updates in their order and answers in any. */
export class ModelPartner {
  readonly #server: BenchServer;
  /** Address -> hardware address that the partner has for it. */
  readonly leases = new Map<string, string>();
  readonly #open: { readonly number: number; readonly verdict: Verdict }[] = [];

  constructor(server: BenchServer) {
    this.#server = server;
  }

  /** Reads the updates; every `rejectNth` awaited transaction is refused. */
  read(rejectNth: number): void {
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    while (this.#server.updates.next(record)) {
      const { isUpdate, lease } = updateOf(this.#server.updates.bytes, record);
      const isAwaited = (record.kind & UpdateRecord.awaited) !== 0;
      const isRefused = isAwaited && rejectNth > 0 && record.sequence % rejectNth === 0;
      if (!isRefused) {
        if (isUpdate) this.leases.set(formatIpv4(lease.address), formatHex(lease.hwAddress));
        else this.leases.delete(formatIpv4(lease.address));
      }
      if (!isAwaited || (record.kind & UpdateRecord.last) === 0) continue;
      this.#open.push({ number: record.sequence, verdict: isRefused ? Verdict.rejected : Verdict.confirmed });
    }
    this.#server.updates.release();
  }

  /** Gives one verdict, on any open transaction. */
  answer(pick: number): void {
    if (this.#open.length === 0) return;
    const [transaction] = this.#open.splice(pick % this.#open.length, 1);
    this.#server.verdict(transaction!.number, 1, transaction!.verdict);
  }

  get backlog(): number {
    return this.#open.length;
  }
}
