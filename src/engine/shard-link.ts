/**
 * The memory that one shard shares with main and the journal. Each ring has one writer and one reader:
 *
 *     shard -> journal   lease-file rows               kind: unused, sequence: the shard's transaction number
 *     shard -> main      lease updates for the peers   kind: UpdateRecord bits, sequence: transaction number
 *     shard -> main      observations of clients that the silent partner should have answered
 *     main  -> shard     verdicts on awaited transactions
 *
 * Transaction numbers are u32, start at 1 and grow by one for each query that changes leases.
 */
import { allocateByteRing, type ByteRingMemory } from '../base/byte-ring.ts';
import { allocateVerdicts } from './verdicts.ts';

/** Bits of `kind` in the shard -> main update ring; the payload is the lease as JSON, as lease4-update carries it. */
export const UpdateRecord = {
  /** lease4-update with force-create; without this bit: lease4-del. */
  update: 1,
  /** The shard has parked the reply of this transaction and waits for a verdict. */
  awaited: 2,
  /** The last record of its transaction. */
  last: 4,
} as const;

/** Payload of an observation: u16 secs as on the wire | u8 hwLength | u8 clientIdLength | hardware address | client-id. */
export const OBSERVATION_HEADER_BYTES = 4;

/** Indexes of the control words (Int32). */
export const ShardWord = {
  /** Main -> shard: 1 = return as soon as parked replies are gone or the deadline has passed. */
  stop: 0,
  /** Shard -> main: version of the policy that the shard works by. */
  policyVersion: 1,
  /** Journal -> shard: all transactions up to this number are durable. */
  durable: 2,
  /** Shard -> main, and main waits on it: grows when updates or observations were written. */
  updatesPending: 3,
  /** Shard -> main: replies parked now. */
  parked: 4,
  /** Shard -> main: loop turns, a sign of life. */
  turns: 5,
} as const;
const WORDS = 32;

export interface ShardLinkMemory {
  readonly words: SharedArrayBuffer;
  readonly journal: ByteRingMemory;
  readonly updates: ByteRingMemory;
  readonly observations: ByteRingMemory;
  readonly verdicts: SharedArrayBuffer;
  /** An eventfd that wakes the shard out of poll(). */
  readonly eventFd: number;
}

/** @param ringBytes size of the journal and update rings, a power of two */
export function allocateShardLink(eventFd: number, ringBytes: number, parkedMax: number): ShardLinkMemory {
  return {
    words: new SharedArrayBuffer(WORDS * 4),
    journal: allocateByteRing(ringBytes),
    updates: allocateByteRing(ringBytes),
    observations: allocateByteRing(1 << 18),
    verdicts: allocateVerdicts(parkedMax * 2),
    eventFd,
  };
}
