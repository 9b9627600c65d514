/** Shards as the dispatcher sees them: they write updates into the real log and read their real verdict rings. */
import { ByteRingWriter } from '../../../src/base/byte-ring.ts';
import {
  allocateUpdateLog,
  type UpdateLogMemory,
  UpdateRecord,
  UpdateWord,
} from '../../../src/engine/parked/shard-link.ts';
import { allocateVerdicts, VerdictReader } from '../../../src/engine/parked/verdicts.ts';
import { leaseOfRecord } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../../../src/lease/dhcp4/update-record.ts';
import type { LeaseAddress } from '../../../src/lease/update-family.ts';
import type { RecordKit, TestChange } from './record-kit.ts';

export interface TestRecord {
  readonly address: number;
  /** Default: an update, not a deletion. */
  readonly isUpdate?: boolean;
  readonly state?: number;
  /** Makes versions of a lease distinguishable. */
  readonly expireSec?: number;
  readonly userContext?: string;
  /** True: nobody's lease, as after a DECLINE. */
  readonly anonymous?: boolean;
}

const NOTHING = new Uint8Array(0);

export class TestShards<Change extends TestChange = TestRecord, Lease = Lease4> {
  readonly updates: UpdateLogMemory;
  readonly verdicts: readonly SharedArrayBuffer[];
  readonly #words: Int32Array;
  readonly #writer: ByteRingWriter;
  readonly #readers: readonly VerdictReader[];
  readonly #numbers: number[];
  /** Per shard: transaction number -> its verdicts in the order in which they came. */
  readonly given: readonly Map<number, number[]>[];
  readonly #waiters: (() => void)[] = [];
  wakes = 0;
  readonly #leases = new Map<LeaseAddress, Change>();
  readonly #kit: RecordKit<Change, Lease>;

  /** The lease of an address after what was written; null = none. */
  readonly leaseAt = (address: LeaseAddress): Lease | null => {
    const record = this.#leases.get(address);
    return record === undefined || record.isUpdate === false ? null : this.#kit.leaseOf(record);
  };

  /** @param readers of the log: two where there are a partner and backups */
  constructor(
    count: number,
    readers: 1 | 2 = 1,
    kit: RecordKit<Change, Lease> = records4 as unknown as RecordKit<Change, Lease>,
  ) {
    this.#kit = kit;
    this.updates = allocateUpdateLog(1 << 20, readers);
    this.#words = new Int32Array(this.updates.words);
    this.#writer = new ByteRingWriter(this.updates.ring);
    this.verdicts = Array.from({ length: count }, () => allocateVerdicts(4096));
    this.#readers = this.verdicts.map((memory) => new VerdictReader(memory));
    this.#numbers = this.verdicts.map(() => 0);
    this.given = this.verdicts.map(() => new Map());
  }

  /** Writes one transaction without ringing; returns its number, or 0 when the log is full. */
  write(shard: number, records: readonly Change[], awaited = true): number {
    if (this.#writer.free() < records.length * 8192) return 0;
    const number = ++this.#numbers[shard]!;
    records.forEach((record, index) => {
      const bytes = this.#kit.encode(record);
      this.#leases.set(record.address, record);
      const kind =
        (awaited ? UpdateRecord.awaited : 0) |
        (index === records.length - 1 ? UpdateRecord.last : 0) |
        (shard << UpdateRecord.shardShift);
      if (!this.#writer.write(kind, number, bytes, bytes.length))
        throw new Error('the log was full after all');
    });
    return number;
  }

  ring(): void {
    Atomics.add(this.#words, UpdateWord.pending, 1);
    Atomics.notify(this.#words, UpdateWord.pending);
  }

  /** Writes one transaction and rings. */
  send(shard: number, records: readonly Change[], awaited = true): number {
    const number = this.write(shard, records, awaited);
    this.ring();
    return number;
  }

  /** What the dispatcher calls when verdicts are there. */
  readonly wake = (shard: number): void => {
    this.wakes++;
    const reader = this.#readers[shard]!;
    while (reader.next()) {
      for (let i = 0; i < reader.count; i++) {
        const number = (reader.first + i) >>> 0;
        const given = this.given[shard]!;
        given.set(number, [...(given.get(number) ?? []), reader.verdict]);
      }
    }
    for (const resolve of this.#waiters.splice(0)) resolve();
  };

  /** Verdicts of a transaction so far. */
  of(shard: number, number: number): readonly number[] {
    return this.given[shard]!.get(number) ?? [];
  }

  /** Resolves when a shard has `count` transactions with a verdict. */
  async settled(shard: number, count: number): Promise<void> {
    while (this.given[shard]!.size < count) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }
}

export const records4: RecordKit<TestRecord, Lease4> = {
  encode: encodeRecord,
  leaseOf: (record) => leaseOfRecord(sourceOf(record)),
};

/** The payload of a record. */
export function encodeRecord(record: TestRecord): Uint8Array {
  const bytes = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  return bytes.subarray(0, encodeUpdateRecord(bytes, 0, sourceOf(record), record.isUpdate ?? true));
}

function sourceOf(record: TestRecord) {
  const hw = Uint8Array.from([
    2,
    0,
    record.address >>> 24,
    record.address >>> 16,
    record.address >>> 8,
    record.address,
  ]);
  const userContext = record.userContext === undefined ? NOTHING : Buffer.from(record.userContext);
  return {
    address: record.address,
    hw,
    hwOffset: 0,
    hwLength: record.anonymous === true ? 0 : 6,
    clientId: hw,
    clientIdOffset: 0,
    clientIdLength: record.anonymous === true ? 0 : 6,
    subnetId: 1,
    poolId: 0,
    validLifetimeSec: 3600,
    expireSec: record.expireSec ?? 1_800_000_000,
    state: record.state ?? 0,
    hostname: NOTHING,
    hostnameOffset: 0,
    hostnameLength: 0,
    fqdnFwd: false,
    fqdnRev: false,
    userContext,
    userContextOffset: 0,
    userContextLength: userContext.length,
  };
}
