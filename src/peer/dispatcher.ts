/**
 * Lease updates from the shards to the other servers of the relationship, and verdicts back.
 *
 *     update log --> partner   send       requests, verdict by the answer
 *                              queue      backlog, confirmed at once
 *                              withhold   counted; what awaits the partner's answer is refused
 *                --> backups   each its own queue, in every mode
 *
 * Batching adapts itself: while a request may be sent it is sent with whatever is there, else the updates stay in the log
 * until an answer frees the place; so requests are small and fast when idle, large under load, and no timer decides. A
 * full log is the backpressure: the shards stop changing leases.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import { UpdateRecord } from '../engine/shard-link.ts';
import { Backlog } from './backlog.ts';
import { deliverBacklog } from './backlog-delivery.ts';
import { BackupLink } from './backups.ts';
import type { Batch, UpdateBytes } from './batch.ts';
import { type DispatcherParts, singleInFlightMax } from './dispatcher-parts.ts';
import { deliverLeases } from './lease-delivery.ts';
import { RECORDS_PER_TURN_MAX, SEND_LIMITS, type SendLimits } from './limits.ts';
import type { Delivery, DispatcherSettings, LeaseToSend, PartnerUpdates, UpdateDispatcher } from './model.ts';
import type { Outcome } from './outcome.ts';
import { PartnerOutcomes } from './partner-outcomes.ts';
import { type HeldUpdate, holdUpdate, UpdateSender } from './sender.ts';
import { type Transaction, TransactionDesk } from './transactions.ts';
import { type LoggedUpdate, UpdateLogReader } from './update-log.ts';

/** Starts in `withhold`, to a partner that is taken for a Kea. */
export function createUpdateDispatcher(parts: DispatcherParts): UpdateDispatcher {
  return new Dispatcher(parts);
}

class Dispatcher implements UpdateDispatcher {
  readonly #parts: DispatcherParts;
  /** Shared with the senders, which ask before each request. */
  readonly #limits: { -readonly [K in keyof SendLimits]: SendLimits[K] };
  #settings: DispatcherSettings;
  readonly #updates: UpdateLogReader;
  readonly #desk: TransactionDesk;
  readonly #sender: UpdateSender | null;
  readonly #backups: readonly BackupLink[];
  readonly #backlog: Backlog;
  readonly #outcomes: PartnerOutcomes;
  #delivery: Promise<boolean> | null = null;
  #mode: PartnerUpdates = 'withhold';
  #unsent = 0;
  #pumping = false;
  #pumpAgain = false;
  #closed = false;

  constructor(parts: DispatcherParts) {
    const { partner, clock, log } = parts;
    const limits = { ...SEND_LIMITS, singleInFlightMax: singleInFlightMax(parts), ...parts.limits };
    const desk = new TransactionDesk(parts.verdicts, parts.wake);
    this.#parts = parts;
    this.#settings = parts;
    this.#limits = limits;
    this.#desk = desk;
    this.#backlog = new Backlog(parts.delayedUpdatesLimit);
    this.#outcomes = new PartnerOutcomes(parts);
    this.#sender =
      partner === null
        ? null
        : new UpdateSender(partner, limits, (batch, outcome) => this.#finished(batch, outcome));
    this.#backups = parts.backups.map((client) => new BackupLink({ client, limits, desk, clock, log }));
    this.#updates = new UpdateLogReader(parts.updates, () => this.#pump());
    this.#pump();
  }

  setPartnerUpdates(mode: PartnerUpdates): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode !== 'send') for (const update of this.#sender?.withdraw() ?? []) this.#divert(update);
    this.#pump();
  }

  trackConfirmed(on: boolean): void {
    this.#outcomes.tracksConfirmed = on;
  }

  setPartnerBulk(supported: boolean): void {
    if (this.#sender !== null) this.#sender.bulk = supported;
  }

  partnerAnswered(): void {
    if (this.#outcomes.partnerAnswered()) this.#pump();
  }

  async sendLeases(leases: Iterable<LeaseToSend>): Promise<Delivery> {
    const sender = this.#sender;
    const { partner } = this.#parts;
    if (sender === null || partner === null)
      return { taken: 0, refused: 0, named: [], failure: 'no partner' };
    await sender.idle();
    return deliverLeases(partner, sender.bulk, this.#limits, leases);
  }

  backlog(): { readonly length: number; readonly overflown: boolean } {
    return { length: this.#backlog.length, overflown: this.#backlog.overflown };
  }

  retune(settings: DispatcherSettings): void {
    this.#settings = settings;
    this.#limits.singleInFlightMax = singleInFlightMax(settings);
    this.#backlog.limit = settings.delayedUpdatesLimit;
  }

  clearBacklog(owe: boolean): void {
    for (let at = 0; owe && at < this.#backlog.length; at++) this.#outcomes.owe(this.#backlog.at(at)!);
    this.#backlog.clear();
  }

  sendBacklog(): Promise<boolean> {
    this.#delivery ??= this.#deliver().finally(() => {
      this.#delivery = null;
      this.#pump();
    });
    return this.#delivery;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#updates.close();
    await Promise.all([
      this.#sender?.idle(),
      this.#delivery,
      ...this.#backups.map((backup) => backup.close()),
    ]);
  }

  async #deliver(): Promise<boolean> {
    const sender = this.#sender;
    const { partner } = this.#parts;
    if (sender === null || partner === null) return true;
    // Requests from before are older than the backlog and must not overtake it.
    await sender.idle();
    return deliverBacklog(this.#backlog, {
      client: partner,
      isBulk: () => sender.bulk,
      limits: this.#limits,
      updateOf: (address) => this.#outcomes.standing(address),
      noted: (batch, outcome) => this.#outcomes.noteBacklog(batch, outcome),
    });
  }

  /** Moves updates from the log to where they belong, as far as there is room. */
  #pump(): void {
    if (this.#closed) return;
    // The listener may change the mode while it is told something.
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    do {
      this.#pumpAgain = false;
      this.#updates.mark();
      const wantsMore = this.#sends() ? this.#fillRequests() : this.#drain();
      for (const backup of this.#backups) backup.pump();
      this.#desk.flush();
      this.#reportUnsent();
      // With every place taken nobody is waited for: the next answer pumps again.
      if (wantsMore === 'more') setImmediate(() => this.#pump());
      else if (wantsMore === 'empty') this.#updates.watch();
    } while (this.#pumpAgain);
    this.#pumping = false;
  }

  #sends(): boolean {
    return this.#mode === 'send' && this.#sender !== null;
  }

  /** Starts requests while there is something to send and a place to send it. */
  #fillRequests(): 'empty' | 'full' | 'more' {
    const sender = this.#sender!;
    // The backlog is older than what is in the log: its end pumps again.
    if (this.#delivery !== null) return 'full';
    let left = RECORDS_PER_TURN_MAX;
    while (sender.hasSlot) {
      sender.begin();
      for (let owed = this.#nextOwed(sender); owed !== null; owed = this.#nextOwed(sender))
        sender.offer(owed, null);
      let update: LoggedUpdate | null = null;
      while (!sender.isFull && left > 0) {
        update = this.#updates.next();
        if (update === null) break;
        left--;
        this.#take(update);
      }
      this.#updates.release();
      const sent = sender.flush();
      if (left === 0) return 'more';
      if (!sent) return 'empty';
    }
    return 'full';
  }

  #nextOwed(sender: UpdateSender): UpdateBytes | null {
    return sender.isFull ? null : this.#outcomes.takeOwed();
  }

  /** Takes what is in the log without sending it to the partner. */
  #drain(): 'empty' | 'more' {
    for (let left = RECORDS_PER_TURN_MAX; left > 0; left--) {
      const update = this.#updates.next();
      if (update === null) {
        this.#updates.release();
        return 'empty';
      }
      this.#take(update);
    }
    this.#updates.release();
    return 'more';
  }

  /** Gives one record to everybody it is for. */
  #take(update: LoggedUpdate): void {
    const { kind } = update;
    const isLast = (kind & UpdateRecord.last) !== 0;
    const awaited = (kind & UpdateRecord.awaited) !== 0;
    const transaction = awaited ? this.#desk.of(kind, update.transaction) : null;
    if (this.#sender !== null) this.#takeForPartner(this.#sender, update, transaction, isLast);
    if (this.#backups.length > 0)
      this.#takeForBackups(update, this.#settings.waitBackupAck ? transaction : null);
    if (transaction !== null) this.#desk.recordTaken(transaction, isLast);
  }

  #takeForPartner(
    sender: UpdateSender,
    update: LoggedUpdate,
    transaction: Transaction | null,
    isLast: boolean,
  ): void {
    switch (this.#mode) {
      case 'send':
        if (transaction !== null) this.#desk.expect(transaction);
        sender.offer(update, transaction);
        break;
      case 'queue':
        this.#queue(update.address);
        break;
      case 'withhold':
        if (isLast) this.#unsent++;
        // Its shard did not know yet that nothing is sent any more: the partner lacks it, so nobody may rely on it.
        if (transaction === null) break;
        transaction.failed = true;
        this.#outcomes.owe(update.address);
        break;
    }
  }

  #takeForBackups(update: LoggedUpdate, transaction: Transaction | null): void {
    const held = holdUpdate(update, []);
    for (const backup of this.#backups) backup.push(held, transaction);
  }

  #queue(address: Ipv4): void {
    const wasOverflown = this.#backlog.overflown;
    this.#backlog.push(address);
    if (!wasOverflown && this.#backlog.overflown)
      this.#parts.log('TDM_PEER_BACKLOG_OVERFLOWN', { limit: this.#settings.delayedUpdatesLimit });
  }

  /** What was to be sent when sending ended: as if it were read from the log now. */
  #divert(update: HeldUpdate): void {
    const kept = this.#mode === 'queue';
    if (kept) this.#queue(update.address);
    else {
      this.#unsent += Math.max(1, update.transactions.length);
      this.#outcomes.owe(update.address);
    }
    for (const transaction of update.transactions) this.#desk.settle(transaction, kept);
  }

  #finished(batch: Batch, outcome: Outcome): void {
    let completed = false;
    for (const entry of batch.entries) {
      const ok = !outcome.refused.has(entry);
      for (const transaction of entry.transactions) {
        this.#desk.settle(transaction, ok);
        completed = true;
      }
    }
    this.#desk.flush();
    this.#outcomes.note(batch, outcome);
    if (completed) this.#parts.listener.completed();
    this.#pump();
  }

  #reportUnsent(): void {
    if (this.#unsent === 0) return;
    const transactions = this.#unsent;
    this.#unsent = 0;
    this.#parts.listener.unsent(transactions);
  }
}
