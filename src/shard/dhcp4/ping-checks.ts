/**
 * Offers that wait until nobody has answered at their address. A request goes out, after its timeout the next one, and when all
 * are unanswered the offer leaves; an answer means that the address is somebody's, so that it is declined and the offer
 * dropped: its client asks again and is offered another one. What tells nothing, such as an unreachable network, is no answer.
 *
 *     sequence number of a request = entry | generation << 9     tells late answers from those that are waited for
 */
import type { Clock } from '../../base/clock.ts';
import type { Context } from '../../engine/context.ts';
import { G } from '../../engine/figures/statistics.ts';
import { declineInUse } from '../../engine/leases/decline-in-use.ts';
import { PARKED_MS_MAX } from '../../engine/parked/park.ts';
import { Echo, EchoChannel } from '../../io/echo-channel.ts';
import type { EchoSocket } from '../../io/icmp-socket.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';

const ENTRY_BITS = 9;
/** Checks at once, of one shard. */
export const CHECKS_MAX = 1 << ENTRY_BITS;
const ENTRY_MASK = CHECKS_MAX - 1;
const SEQUENCE_MASK = 0xffff;
const NO_SLOT_TAKEN = -1;
/** Messages are read in batches, so many at a look. */
const BATCHES_MAX = 8;
/** An offer that waits longer than this leaves unchecked: its client would not wait for it. */
const CHECK_MS_MAX = PARKED_MS_MAX * 0.8;

/** Addresses in use, for main to tell: a count of all, then the last ones. */
export const REPORTED_MAX = 64;
export const ReportWord = { count: 0, first: 1 } as const;

/** What a shard needs to check addresses. */
export interface PingTask {
  readonly socket: EchoSocket;
  /** Int32 words, shared by all shards. */
  readonly reports: SharedArrayBuffer;
}

export function allocateReports(): SharedArrayBuffer {
  return new SharedArrayBuffer((ReportWord.first + REPORTED_MAX) * 4);
}

/** What happens to an offer in the end. */
export interface PingExit {
  release(slot: number): void;
  discard(slot: number, cell: number): void;
}

export class PingChecks {
  readonly #context: Context;
  readonly #clock: Clock;
  readonly #exit: PingExit;
  readonly #channel: EchoChannel;
  readonly #reports: Int32Array;
  // By entry.
  readonly #slots = new Int32Array(CHECKS_MAX).fill(NO_SLOT_TAKEN);
  readonly #addresses = new Uint32Array(CHECKS_MAX);
  readonly #cltts = new Float64Array(CHECKS_MAX);
  readonly #relationships = new Uint8Array(CHECKS_MAX);
  readonly #sequences = new Uint16Array(CHECKS_MAX);
  readonly #left = new Float64Array(CHECKS_MAX);
  readonly #timeouts = new Float64Array(CHECKS_MAX);
  readonly #dueMs = new Float64Array(CHECKS_MAX);
  readonly #endMs = new Float64Array(CHECKS_MAX);
  #count = 0;

  constructor({ socket, reports }: PingTask, context: Context, clock: Clock, exit: PingExit) {
    this.#context = context;
    this.#clock = clock;
    this.#exit = exit;
    this.#channel = new EchoChannel(socket);
    this.#reports = new Int32Array(reports);
  }

  /** Milliseconds until something is due, at most `mostMs`. */
  waitMs(mostMs: number): number {
    if (this.#count === 0) return mostMs;
    const nowMs = this.#clock.monotonicMs();
    let waitMs = mostMs;
    for (let entry = 0; entry < CHECKS_MAX; entry++)
      if (this.#slots[entry]! >= 0) waitMs = Math.min(waitMs, this.#dueMs[entry]! - nowMs);
    return Math.max(0, Math.ceil(waitMs));
  }

  /** Checks the address `context.pinged` for the offer in a slot, whose route is set. */
  begin(slot: number): void {
    const { book, nowMs, pinged, pingRules, relationship, subnet } = this.#context;
    // [Kea] A client that is impatient gets no second request for its address.
    if (this.#isChecked(pinged)) return this.#exit.discard(slot, G['tandem-drop-ping-pending']);
    if (this.#count === CHECKS_MAX) return this.#exit.discard(slot, G['tandem-drop-ping-full']);
    const settings = pingRules!.settingsOf(subnet!)!;
    const row = book.table.findByAddress(pinged);
    const entry = this.#slots.indexOf(NO_SLOT_TAKEN);
    this.#count += 1;
    this.#slots[entry] = slot;
    this.#addresses[entry] = pinged;
    this.#cltts[entry] = row === NO_SLOT ? 0 : book.table.rows.clttSec(row);
    this.#relationships[entry] = relationship;
    const generation = (this.#sequences[entry]! >>> ENTRY_BITS) + 1;
    this.#sequences[entry] = (entry | (generation << ENTRY_BITS)) & SEQUENCE_MASK;
    this.#left[entry] = settings.requests;
    this.#timeouts[entry] = settings.replyTimeoutMs;
    this.#endMs[entry] = nowMs + CHECK_MS_MAX;
    this.#ask(entry, nowMs);
  }

  /**
   * Reads answers and looks which offers have waited long enough.
   * @param isReady whether the socket has something to read
   * @returns whether leases were changed
   */
  look(nowMs: number, isReady: boolean): boolean {
    let hasDeclined = false;
    for (let batch = 0; isReady && batch < BATCHES_MAX; batch++) {
      const count = this.#channel.receive();
      for (let i = 0; i < count; i++) if (this.#hear(i)) hasDeclined = true;
      if (count === 0) break;
    }
    for (let entry = 0; this.#count > 0 && entry < CHECKS_MAX; entry++) {
      if (this.#slots[entry]! < 0 || nowMs < this.#dueMs[entry]!) continue;
      if (this.#left[entry]! > 0 && nowMs < this.#endMs[entry]!) this.#ask(entry, nowMs);
      else this.#release(entry, G['tandem-ping-unanswered']);
    }
    return hasDeclined;
  }

  /** Drops all offers: another server, or other settings, may answer these clients now. */
  dropAll(): void {
    for (let entry = 0; this.#count > 0 && entry < CHECKS_MAX; entry++)
      if (this.#slots[entry]! >= 0) this.#exit.discard(this.#end(entry), G['tandem-drop-ping-abandoned']);
  }

  #isChecked(address: number): boolean {
    if (this.#count === 0) return false;
    for (let entry = 0; entry < CHECKS_MAX; entry++)
      if (this.#addresses[entry] === address && this.#slots[entry]! >= 0) return true;
    return false;
  }

  #ask(entry: number, nowMs: number): void {
    const { statistics } = this.#context;
    if (!this.#channel.send(this.#addresses[entry]!, this.#sequences[entry]!))
      return this.#release(entry, G['tandem-ping-send-failed']);
    statistics.add(G['tandem-ping-sent']);
    this.#left[entry]! -= 1;
    this.#dueMs[entry] = Math.min(nowMs + this.#timeouts[entry]!, this.#endMs[entry]!);
  }

  /** Reads one message. @returns whether an address was declined */
  #hear(i: number): boolean {
    const channel = this.#channel;
    const what = channel.read(i);
    if (what === Echo.nothing) return false;
    const entry = channel.sequence & ENTRY_MASK;
    const isAwaited =
      this.#slots[entry]! >= 0 &&
      this.#sequences[entry] === channel.sequence &&
      this.#addresses[entry] === channel.address;
    if (!isAwaited) return false;
    if (what === Echo.answered) return this.#decline(entry);
    this.#release(entry, G['tandem-ping-unreachable']);
    return false;
  }

  #decline(entry: number): boolean {
    const context = this.#context;
    const address = this.#addresses[entry]!;
    const relationship = this.#relationships[entry]!;
    context.nowSec = this.#clock.wallSec();
    context.nowMs = this.#clock.monotonicMs();
    if (context.settings.isHub) {
      context.relationship = relationship;
      context.policy.choose(relationship);
      context.changes.choose(relationship);
    }
    const isDeclined = declineInUse(context, address, this.#cltts[entry]!);
    if (isDeclined) this.#report(address);
    this.#exit.discard(this.#end(entry), G['tandem-drop-address-in-use']);
    return isDeclined;
  }

  #report(address: number): void {
    const count = Atomics.load(this.#reports, ReportWord.count);
    Atomics.store(this.#reports, ReportWord.first + (count & (REPORTED_MAX - 1)), address | 0);
    Atomics.add(this.#reports, ReportWord.count, 1);
    Atomics.notify(this.#reports, ReportWord.count);
  }

  #release(entry: number, cell: number): void {
    this.#context.statistics.add(cell);
    this.#exit.release(this.#end(entry));
  }

  /** Ends a check. @returns the slot of its offer */
  #end(entry: number): number {
    const slot = this.#slots[entry]!;
    this.#slots[entry] = NO_SLOT_TAKEN;
    this.#count -= 1;
    return slot;
  }
}
