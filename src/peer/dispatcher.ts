/**
 * Lease updates from the shards to the other servers of the relationship, and verdicts back.
 *
 *     update log --> partner   send       the stream, while one is up; else requests, verdict by the answer
 *                              queue      backlog, confirmed at once
 *                              withhold   counted; what awaits the partner's answer is refused
 *                --> backups   each its own queue, in every mode (backup-feed.ts)
 *
 * With a stream the whole log is lent to it, so that no update passes here. That begins when nothing is under way by
 * request and what was owed has gone by the stream, and ends with the mode or the stream: two ways at once could overtake each other.
 *
 * Updates that find every place taken stay in the log until an answer frees one (sender.ts). A full log is the backpressure:
 * the shards stop changing leases.
 */

import { UpdateRecord } from '../engine/parked/shard-link.ts';
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import { BackupFeed } from './backup-feed.ts';
import { type DispatcherParts, requestsInFlightMax } from './dispatcher-parts.ts';
import { type Answer, Following } from './following.ts';
import { KeptUpdates } from './kept-updates.ts';
import { deliverLeases } from './lease-delivery.ts';
import { RECORDS_PER_TURN_MAX, type SendLimits } from './limits.ts';
import type { Delivery, DispatcherSettings, PartnerUpdates, UpdateDispatcher } from './model.ts';
import { PartnerOutcomes } from './partner-outcomes.ts';
import type { SentLease } from './request.ts';
import { UpdateSender } from './sender.ts';
import { SetAside } from './set-aside.ts';
import { StreamLoan } from './stream-loan.ts';
import { type Transaction, TransactionDesk } from './transactions.ts';
import { type LoggedUpdate, UpdateLogReader } from './update-log.ts';

/** Starts in `withhold`. */
export const createUpdateDispatcher = (parts: DispatcherParts): UpdateDispatcher => new Dispatcher(parts);

class Dispatcher implements UpdateDispatcher {
  readonly #parts: DispatcherParts;
  /** Shared with the senders, which ask before each request. */
  readonly #limits: { -readonly [K in keyof SendLimits]: SendLimits[K] };
  readonly #updates: UpdateLogReader;
  readonly #desk: TransactionDesk;
  readonly #sender: UpdateSender | null;
  readonly #backups: BackupFeed | null;
  readonly #kept: KeptUpdates;
  readonly #outcomes: PartnerOutcomes;
  readonly #following: Following;
  readonly #loan: StreamLoan;
  readonly #aside: SetAside;
  #mode: PartnerUpdates = 'withhold';
  #pumping = false;
  #pumpAgain = false;
  #closed = false;

  constructor(parts: DispatcherParts) {
    const { family, partner, stream, updates } = parts;
    const limits = { requestsInFlightMax: requestsInFlightMax(parts) };
    this.#parts = parts;
    this.#limits = limits;
    this.#desk = new TransactionDesk(parts.verdicts, parts.wake);
    this.#outcomes = new PartnerOutcomes(parts);
    this.#following = new Following(stream, parts.sendsUpdates);
    this.#loan = new StreamLoan(stream, this.#outcomes, this.#following, () => this.#pump());
    this.#kept = new KeptUpdates(parts, limits, this.#outcomes, () => this.#pump());
    this.#aside = new SetAside({ ...parts, kept: this.#kept, outcomes: this.#outcomes, desk: this.#desk });
    this.#sender =
      partner === null ? null : new UpdateSender(family, partner, limits, (leases) => this.#finished(leases));
    this.#backups = parts.backups.length === 0 ? null : new BackupFeed(parts, limits);
    this.#updates = new UpdateLogReader(family, updates, 0, () => this.#pump());
    stream?.listen({
      changed: () => this.#streamChanged(),
      news: (news) => this.#outcomes.noteNews(news),
      completed: () => parts.listener.completed(),
      failed: (reason, owed) => this.#streamFailed(reason, [...owed]),
      asked: (answer) => this.#asked(answer),
    });
    this.#backups?.pump();
    this.#pump();
  }

  setPartnerUpdates(mode: PartnerUpdates): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#following.modeChanged(mode);
    if (mode !== 'send')
      for (const update of this.#sender?.withdraw() ?? []) this.#aside.divert(mode, update);
    this.#pump();
  }

  trackConfirmed(on: boolean): void {
    this.#outcomes.tracksConfirmed = on;
    this.#parts.stream?.track(on);
  }

  partnerAnswered(): void {
    if (this.#outcomes.partnerAnswered()) this.#pump();
  }

  async sendLeases(leases: Iterable<UpdateBytes>): Promise<Delivery> {
    const { family, partner, stream } = this.#parts;
    if (partner === null) return { taken: 0, refused: 0, named: [], failure: 'no partner' };
    return this.#loan.during(async () => {
      this.#pump();
      await this.#idle();
      return deliverLeases({ family, client: partner, stream, limits: this.#limits }, leases);
    });
  }

  get isFollowed(): boolean {
    return this.#following.isOn;
  }

  async settled(): Promise<boolean> {
    return this.#following.isOn && (await this.#parts.stream!.settle());
  }

  backlog(): { readonly length: number; readonly overflown: boolean } {
    return this.#kept.state();
  }

  retune(settings: DispatcherSettings): void {
    this.#limits.requestsInFlightMax = requestsInFlightMax(settings);
    this.#kept.limit = settings.delayedUpdatesLimit;
    this.#following.sendsUpdates = settings.sendsUpdates;
    this.#backups?.retune(settings);
  }

  clearBacklog(owe: boolean): void {
    this.#kept.clear(owe);
  }

  sendBacklog(): Promise<boolean> {
    return this.#kept.deliver(() => this.#idle());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#updates.close();
    this.#parts.stream?.recall();
    await Promise.all([this.#idle(), this.#kept.delivery, this.#backups?.close()]);
  }

  /** Resolves when nothing is under way to the partner. */
  async #idle(): Promise<void> {
    await Promise.all([this.#sender?.idle(), this.#parts.stream?.idle()]);
  }

  /** Moves updates from the log to where they belong, as far as there is room. */
  #pump(): void {
    // Without a partner the log is the backups' alone.
    if (this.#closed || this.#parts.partner === null) return;
    // The listener may change the mode while it is told something.
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    do {
      this.#pumpAgain = false;
      this.#updates.mark();
      const wantsMore = this.#move();
      this.#desk.flush();
      this.#aside.report();
      // With every place taken nobody is waited for: the next answer pumps again.
      if (wantsMore === 'more') setImmediate(() => this.#pump());
      else if (wantsMore === 'empty') this.#updates.watch();
    } while (this.#pumpAgain);
    this.#pumping = false;
  }

  #move(): 'empty' | 'full' | 'more' {
    const { stream } = this.#parts;
    const sender = this.#sender!;
    const sends = this.#mode === 'send';
    if (!sends && !this.#following.isOn) {
      if (stream?.hasLog !== true) return this.#drain();
      stream.recall();
    }
    // Their ends pump again: a request could overtake an older version of the same lease, and the backlog is older.
    if (stream?.isUnderWay === true || this.#kept.delivery !== null) return 'full';
    return sends ? this.#fillRequests(sender) : this.#follow(sender);
  }

  /** Starts requests while there is something to send and a place to send it. */
  #fillRequests(sender: UpdateSender): 'empty' | 'full' | 'more' {
    // A transaction goes one way as a whole.
    const lends = this.#loan.isPossible && !this.#desk.isMidway;
    // For the stream what is under way goes first: no request more takes anything out of the log.
    let left = lends ? 0 : RECORDS_PER_TURN_MAX;
    let found: 'empty' | 'full' | 'more' = 'full';
    while (sender.hasSlot && found === 'full') {
      if (sender.sendReady()) continue;
      if (lends) {
        // Each answer of what is still under way tries again: whatever was gathered needs one.
        sender.flush();
        if (sender.isIdle) this.#loan.take();
        return 'full';
      }
      const owed = this.#outcomes.takeOwed();
      if (owed !== null) sender.send(owed, null);
      else if (left === 0) found = 'more';
      else {
        const update = this.#updates.next();
        if (update === null) found = 'empty';
        else this.#take(update);
        left--;
      }
    }
    sender.flush();
    this.#updates.release();
    return found;
  }

  /** What was withheld up to now stands in the table; what comes is the stream's. */
  #follow(sender: UpdateSender): 'empty' | 'full' | 'more' {
    const left = this.#drain();
    if (left === 'more' || this.#desk.isMidway) return left;
    // The end of what is still on its way by request pumps again.
    if (sender.isIdle && this.#loan.isPossible) this.#loan.take();
    return 'full';
  }

  /** The partner asks for our leases. */
  #asked(answer: Answer): void {
    if (this.#loan.isHeld) return answer('leases are being given to you by request');
    // It may have given leases itself since: what stands here would go over those unseen, and it is about to get all that stands.
    if (this.#mode === 'withhold') this.#outcomes.forgetOwed();
    this.#following.asked(this.#mode, answer);
    this.#pump();
  }

  #streamChanged(): void {
    this.#updates.takeBack();
    this.#following.streamChanged();
    this.#pump();
  }

  #streamFailed(reason: string, owed: readonly LeaseAddress[]): void {
    this.#updates.takeBack();
    // The partner lacks them, and takes itself for complete.
    if (this.#following.streamChanged() && this.#mode === 'withhold') this.#aside.addUnsent(owed.length);
    this.#outcomes.noteFailure(reason, owed);
    this.#parts.listener.completed();
    this.#pump();
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

  #take(update: LoggedUpdate): void {
    const { kind } = update;
    const isLast = (kind & UpdateRecord.last) !== 0;
    const awaited = (kind & UpdateRecord.awaited) !== 0;
    const transaction = awaited ? this.#desk.of(kind, update.transaction) : null;
    if (this.#sender !== null) this.#takeForPartner(this.#sender, update, transaction, isLast);
    if (transaction !== null) this.#desk.recordTaken(transaction, isLast);
  }

  #takeForPartner(
    sender: UpdateSender,
    update: LoggedUpdate,
    transaction: Transaction | null,
    isLast: boolean,
  ): void {
    if (this.#mode !== 'send') return this.#aside.take(this.#mode, update.address, transaction, isLast);
    if (transaction !== null) this.#desk.expect(transaction);
    sender.send(update, transaction);
  }

  #finished(leases: readonly SentLease[]): void {
    const wasAwaited = this.#desk.settleLeases(leases);
    this.#desk.flush();
    this.#outcomes.note(leases);
    if (wasAwaited) this.#parts.listener.completed();
    this.#pump();
  }
}
