/**
 * The memory that the shards share with main.
 *
 *     all shards -> main   lease updates for the peers, ONE ring a relationship: a record is written under the lease
 *                          table's lock, so that updates of one address reach the peers in the order in which the table
 *                          changed
 *     shard -> main        observations of clients that the silent partner should have answered, one ring a shard
 *     main  -> shard       verdicts on awaited transactions, one ring a shard
 *     link  -> shard       the same from the link thread, while it has the update log
 *
 * The rows for the lease file go by the change log (lease/change-log.ts), also written under the lock.
 * Transaction numbers are counted by each shard: u32, from 1, growing by one for each query that changes leases.
 */
import { allocateBell, type BellMemory } from '../../base/bell.ts';
import { allocateByteRing, type ByteRingMemory } from '../../base/byte-ring.ts';
import { allocateVerdicts } from './verdicts.ts';

/**
 * `kind` of a record in the update ring: these bits, and the shard's index in the bits from `shardShift` on. The
 * record's `sequence` is that shard's transaction number; the payload says what became of the lease
 * (lease/dhcp4/update-record.ts).
 */
export const UpdateRecord = {
  /** Of the main thread, beside the log: nobody waits for a verdict. Never in the log itself. */
  delivery: 1,
  /** The shard has parked the reply of this transaction and waits for a verdict. */
  awaited: 2,
  /** The last record of its transaction. */
  last: 4,
  shardShift: 8,
} as const;

export interface UpdateLogMemory {
  readonly words: SharedArrayBuffer;
  readonly ring: ByteRingMemory;
}

/** Indexes of the update log's control words (Int32). */
export const UpdateWord = {
  /** Shards -> main, which waits on it: grows, and is notified, when a batch of updates was written. */
  pending: 0,
  /** Main -> shards: 1 = the link thread reads the log for the partner, and is to be woken. It sets it back itself. */
  isLent: 1,
} as const;

/**
 * @param ringBytes a power of two
 * @param readers two where partner and backups get what stands in it, each at a pace of its own
 */
export function allocateUpdateLog(ringBytes: number, readers: 1 | 2 = 1): UpdateLogMemory {
  return { words: new SharedArrayBuffer(128), ring: allocateByteRing(ringBytes, readers) };
}

/** Where the parts of an observation stand: u32 waited, u8 the others; the client identifier follows the hardware address. */
export const ObservationAt = { waitedMs: 0, relationship: 4, hwLength: 5, clientIdLength: 6, hw: 7 } as const;

/** Indexes of a shard's control words (Int32). */
export const ShardWord = {
  /** Main -> shard: 1 = return as soon as parked replies are gone or the deadline has passed. */
  stop: 0,
  /** Shard -> main: version of the policy that the shard works by. Notified on change. */
  policyVersion: 1,
  /** Shard -> main: replies parked now. */
  parked: 2,
  /** Shard -> main: loop turns, a sign of life. */
  turns: 3,
  /** Shard -> its successor: number of its last transaction (u32). */
  transactions: 4,
  /** Main -> shard: version of the sockets in its table (shard/dhcp4/socket-table.ts). */
  socketsGiven: 5,
  /** Shard -> main: version of the sockets that the shard works with. Notified on change. */
  socketsTaken: 6,
  /** Shard -> main: sockets for which joined replies were refused, since the beginning. Notified on change. */
  joinRefusals: 7,
  /** Shard -> main: of the last of them, its errno and its address. */
  joinErrno: 8,
  joinFd: 9,
} as const;
const WORDS = 32;

/**
 * The bell wakes the shard out of poll(): rung for what parked replies wait for, something durable or a verdict; its eventfd is
 * signalled in any case for a policy, other sockets, stop.
 */
export interface ShardLinkMemory extends BellMemory {
  readonly words: SharedArrayBuffer;
  readonly observations: ByteRingMemory;
  /** Main's verdicts, and those of the link thread: each ring has one writer. */
  readonly verdicts: SharedArrayBuffer;
  readonly linkVerdicts: SharedArrayBuffer;
}

/** @param parkedMax replies that one shard may have parked, a power of two */
export function allocateShardLink(eventFd: number, parkedMax: number): ShardLinkMemory {
  return {
    words: new SharedArrayBuffer(WORDS * 4),
    observations: allocateByteRing(1 << 18),
    verdicts: allocateVerdicts(parkedMax * 2),
    linkVerdicts: allocateVerdicts(parkedMax * 2),
    eventFd,
    asleep: allocateBell(eventFd).asleep,
  };
}
