/**
 * What the shards report of clients that the partner leaves without an answer. It is looked at only while a policy asks for
 * it: the main thread of a server whose partner is well does not wake up for it.
 */

import { type ByteRingMemory, ByteRingReader, type RingRecord } from '../../base/byte-ring.ts';
import { formatHex } from '../../base/hex.ts';
import { readU32 } from '../../base/little-endian.ts';
import { ObservationAt } from '../../engine/parked/shard-link.ts';
import type { ClientObservation } from '../../ha/service/model.ts';
import type { Timers } from '../../ha/service/timers.ts';

/** Observed clients decide only at heartbeats: this is often enough for a ring of some 6,000 observations. */
const OBSERVE_MS = 100;

export class Observations {
  readonly #readers: readonly ByteRingReader[];
  readonly #deliver: (relationship: number, clients: readonly ClientObservation[]) => void;
  /** Relationships whose policy asks for observations. */
  readonly #asking = new Set<number>();
  readonly #timers: Timers;
  /** Null while nobody asks. */
  #cancel: (() => void) | null = null;

  /**
   * @param rings one a shard
   * @param deliver takes what was seen of one relationship, by its position in the configuration; at least one client
   */
  constructor(
    rings: readonly ByteRingMemory[],
    deliver: (relationship: number, clients: readonly ClientObservation[]) => void,
    timers: Timers,
  ) {
    this.#timers = timers;
    this.#readers = rings.map((ring) => new ByteRingReader(ring));
    this.#deliver = deliver;
  }

  /** The policy of a relationship asks for observations from now on, or no more; call it before the shards see the policy. */
  watch(relationship: number, isOn: boolean): void {
    if (isOn) this.#asking.add(relationship);
    else this.#asking.delete(relationship);
    if (this.#asking.size === 0) return this.stop();
    if (this.#cancel !== null) return;
    // What the shards still wrote when nobody asked any more tells of another silence.
    this.#take();
    this.#lookLater();
  }

  /** Looks no more, until a policy asks again. */
  stop(): void {
    this.#asking.clear();
    this.#cancel?.();
    this.#cancel = null;
  }

  #lookLater(): void {
    this.#cancel = this.#timers.after(OBSERVE_MS, () => {
      this.#lookLater();
      for (const [relationship, clients] of this.#take()) this.#deliver(relationship, clients);
    });
  }

  /** Empties the rings. @returns by relationship what was in them */
  #take(): Map<number, ClientObservation[]> {
    const taken = new Map<number, ClientObservation[]>();
    const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
    for (const reader of this.#readers) {
      while (reader.next(record)) {
        const relationship = reader.bytes[record.offset + ObservationAt.relationship]!;
        const clients = taken.get(relationship) ?? [];
        taken.set(relationship, clients);
        clients.push(readObservation(reader.bytes, record.offset));
      }
      reader.release();
    }
    return taken;
  }
}

/** Reads what shard/observations.ts wrote. */
function readObservation(bytes: Uint8Array, offset: number): ClientObservation {
  const hwAt = offset + ObservationAt.hw;
  const clientIdAt = hwAt + bytes[offset + ObservationAt.hwLength]!;
  return {
    waitedMs: readU32(bytes, offset + ObservationAt.waitedMs),
    hwAddress: formatHex(bytes.subarray(hwAt, clientIdAt)),
    clientId: formatHex(
      bytes.subarray(clientIdAt, clientIdAt + bytes[offset + ObservationAt.clientIdLength]!),
    ),
  };
}
