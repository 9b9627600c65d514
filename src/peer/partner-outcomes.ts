/** What the partner's answers to lease updates mean to the rest of the server: who is told, what is sent once more. */
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { ClientKey, PartnerStream, SendOutcome, UpdateNews } from './model.ts';
import { clientOf, failureOf, newsOf, newsOfSent } from './outcome.ts';
import { OwedLeases } from './owed.ts';
import { Refusals } from './refusals.ts';
import type { SentLease } from './request.ts';
import { sendByStream, takePortion } from './stream-delivery.ts';

export class PartnerOutcomes {
  readonly #parts: DispatcherParts;
  readonly #owed = new OwedLeases();
  readonly #refusals: Refusals;
  /** The partner has answered a heartbeat since the last failure: it may be sent what it is owed. */
  #owedDue = false;
  /** Whether the listener wants to know of clients whose updates were accepted. */
  tracksConfirmed = false;

  constructor(parts: DispatcherParts) {
    const { listener, log, clock } = parts;
    this.#parts = parts;
    this.#refusals = new Refusals(listener, log, () => clock.monotonicMs());
  }

  /** Tells the listener what an answer to new updates means. */
  note(leases: readonly SentLease[]): void {
    const failure = failureOf(leases);
    if (failure === null) this.noteNews(newsOf(this.#parts.family, leases, this.tracksConfirmed));
    else
      this.noteFailure(
        failure,
        leases.map(({ update }) => update.address),
      );
  }

  /** The partner is of no use: what was on its way to it is to be sent once more. */
  noteFailure(reason: string, owed: Iterable<LeaseAddress>): void {
    this.#owedDue = false;
    for (const address of owed) this.owe(address);
    this.#parts.listener.partnerFailed(reason);
  }

  /** The partner is well, whatever it said of some leases. */
  noteNews(news: UpdateNews): void {
    const { listener } = this.#parts;
    const failure = this.#refusals.note(news);
    this.#noteConflicts(news);
    if (this.tracksConfirmed && news.accepted.length > 0) listener.confirmed(news.accepted);
    if (failure !== null) listener.partnerFailed(failure);
  }

  /**
   * The same for a part of the backlog, whose clients have their answers already. What conflicts is sent again as it
   * stands when the partner has answered a heartbeat.
   * @returns whether the delivery may go on
   */
  noteBacklog(outcome: SendOutcome): boolean {
    if (outcome.failure !== null) return false;
    const news = newsOfSent(outcome, []);
    // Also many refusals in a row are no reason for both servers to synchronize: they would be refused again.
    this.#refusals.note(news);
    this.#noteConflicts(news);
    for (const { address, isConflict } of outcome.refused) if (isConflict) this.owe(address);
    return true;
  }

  /** The lease at an address is to be sent, as it stands then, when the partner has answered a heartbeat. */
  owe(address: LeaseAddress): void {
    if (!this.#owed.add(address)) this.#parts.listener.updatesLost();
  }

  /** The partner gets everything by another way. */
  forgetOwed(): void {
    this.#owed.clear();
  }

  /** Whether the partner is owed something, now or after its next heartbeat. */
  get owesAny(): boolean {
    return this.#owed.size > 0;
  }

  /** Whether it may be sent what it is owed. */
  get isOwedDue(): boolean {
    return this.#owedDue;
  }

  /** The partner answered a heartbeat. @returns whether it is owed anything */
  partnerAnswered(): boolean {
    this.#owedDue = this.#owed.size > 0;
    return this.#owedDue;
  }

  /** The next update that the partner is owed, as its lease stands now; null when there is none for now. */
  takeOwed(): UpdateBytes | null {
    while (this.#owedDue) {
      const address = this.#owed.take();
      if (address === null) return null;
      const owed = this.#parts.standing(address);
      if (owed !== null) return owed;
    }
    return null;
  }

  /** Sends by the stream what the partner is owed, as much as goes at once. Pre: nothing is under way to it. */
  async deliverOwed(stream: PartnerStream): Promise<void> {
    const portion = takePortion(() => this.takeOwed());
    if (portion.length === 0) return;
    const addresses = portion.map(({ address }) => address);
    const outcome = await sendByStream(this.#parts.family, stream, portion);
    if (outcome === null) for (const address of addresses) this.owe(address);
    else if (outcome.failure !== null) this.noteFailure(outcome.failure, addresses);
    else this.noteNews(newsOfSent(outcome, this.#acceptedOf(portion, outcome)));
  }

  #acceptedOf(portion: readonly UpdateBytes[], { refused }: SendOutcome): readonly ClientKey[] {
    if (!this.tracksConfirmed) return [];
    const addresses = new Set(refused.map(({ address }) => address));
    return portion
      .filter(({ address }) => !addresses.has(address))
      .map((update) => clientOf(this.#parts.family, update));
  }

  #noteConflicts({ conflicts, conflictReason }: UpdateNews): void {
    if (conflicts.length === 0) return;
    this.#parts.log('TDM_PEER_CONFLICT', { leases: conflicts.length, reason: conflictReason });
    this.#parts.listener.rejected(conflicts);
  }
}
