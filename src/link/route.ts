/**
 * The stream of one relationship: whose the update log is, and the connection that there may be.
 *
 * The log is lent for as long as everything in it is to go to the partner at once. It goes back at the end of a
 * transaction, on demand or with the connection; what was taken out of it stays this side's business to its end.
 */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { VerdictRuns } from '../engine/parked/verdict-runs.ts';
import { StreamConnection } from './connection.ts';
import { DeliveryReader } from './delivery.ts';
import type { LinkRecord } from './family.ts';
import { FenceAnswers } from './fence-answers.ts';
import { StreamFigures } from './figures.ts';
import { ByeReason } from './hello.ts';
import { LentLog } from './lent-log.ts';
import { COMPLETED_EVERY_MS } from './limits.ts';
import type { LinkOrder, LinkReport, RouteTask } from './messages.ts';
import { NewsOfRecords } from './news.ts';
import type { RecordSource } from './outbound.ts';
import { wireOf } from './sealed-wire.ts';
import type { TableTaker } from './taker.ts';

export interface RouteParts<Record extends LinkRecord> {
  readonly verdicts: VerdictRuns;
  readonly taker: TableTaker<Record>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly report: (report: LinkReport) => void;
}

type Order<Kind extends LinkOrder['kind']> = Extract<LinkOrder, { kind: Kind }>;

export class Route<Record extends LinkRecord> {
  readonly #parts: RouteParts<Record>;
  readonly #task: RouteTask;
  readonly #figures: StreamFigures;
  readonly #news: NewsOfRecords;
  readonly #fences: FenceAnswers;
  #connection: StreamConnection<Record> | null = null;
  #connectionNumber = 0;
  #wasUp = false;
  readonly #log: LentLog;
  /** What main sends itself, while the log is its own. */
  #delivery: { readonly number: number; readonly reader: DeliveryReader } | null = null;
  /** Main has called the log back and waits for what is on its way. */
  #isDraining = false;
  #completedMs = Number.NEGATIVE_INFINITY;
  #acknowledged = 0;
  #isLastReported = false;

  constructor(parts: RouteParts<Record>, task: RouteTask) {
    this.#parts = parts;
    this.#task = task;
    this.#news = new NewsOfRecords(parts.taker.family);
    this.#figures = new StreamFigures(task.figures);
    const { route } = task;
    this.#fences = new FenceAnswers(() => parts.report({ kind: 'fenced', route }));
    this.#log = new LentLog(task.updates, (isSettled) => parts.report({ kind: 'settled', route, isSettled }));
  }

  get #key() {
    return { route: this.#task.route, connection: this.#connectionNumber };
  }

  get connection(): StreamConnection<Record> | null {
    return this.#connection;
  }

  open({ connection, fd, secrets, head }: Order<'open'>): void {
    this.#connection?.bid(ByeReason.replaced, 'a newer connection is there');
    this.settleEnd();
    const { names } = this.#task;
    const parts = { ...this.#parts, names, outcomes: this.#news, figures: this.#figures };
    this.#connection = new StreamConnection(parts, wireOf(fd, secrets), head);
    this.#connectionNumber = connection;
    this.#wasUp = false;
    this.#isLastReported = false;
    this.#acknowledged = 0;
    this.#noteUp();
  }

  close({ connection, reason }: Order<'close'>): void {
    if (connection !== this.#connectionNumber || this.#connection === null) return;
    const { outbound, inbound, session } = this.#connection;
    if (outbound.inFlight + inbound.inFlight === 0 && !session.isActive)
      this.#connection.bid(ByeReason.leaving, reason);
  }

  finish({ connection, reason }: Order<'finish'>): void {
    if (connection === this.#connectionNumber) this.#connection?.finish(reason);
  }

  synchronize({ connection, how, subnets }: Order<'synchronize'>): void {
    // One that has ended meanwhile: main knows, or will in a moment.
    if (connection === this.#connectionNumber && this.#connection?.isUp === true)
      this.#connection.session.ask(how, subnets);
  }

  answer({ connection, refused }: Order<'answer'>): void {
    if (connection === this.#connectionNumber) this.#connection?.session.answer(refused);
  }

  abandon({ connection, reason }: Order<'abandon'>): void {
    if (connection === this.#connectionNumber && this.#connection?.session.isActive === true)
      this.#connection.bid(ByeReason.leaving, reason);
  }

  /** Answers when whatever has come by now is taken. */
  fence(): void {
    this.#fences.add();
    if (this.#connection === null) this.#fences.answerAll();
  }

  /** To be called after the connections have been looked at and read. */
  passFences(): void {
    if (this.#connection?.hasMore !== true) this.#fences.answerAll();
  }

  settle(): void {
    this.#log.settle(this.#connection?.outbound);
  }

  /** The relationship ends, or the server does. */
  leave(reason: string): void {
    this.#connection?.bid(ByeReason.leaving, reason);
    this.settleEnd();
  }

  lend({ connection }: Order<'lend'>): void {
    // It has ended meanwhile: main knows, or will in a moment.
    if (connection !== this.#connectionNumber || this.#connection?.isUp !== true) {
      this.#log.giveBack();
      return this.#parts.report({ kind: 'back', route: this.#task.route, connection });
    }
    this.#isDraining = false;
    this.#log.take();
  }

  recall(): void {
    if (this.#log.reader === null) return;
    this.#giveBack();
    this.#isDraining = true;
    this.#parts.report({ kind: 'back', ...this.#key });
    this.#noteDrained();
  }

  /** Of a connection that has ended meanwhile main hears, or has heard, the end. */
  deliver({ connection, delivery, records }: Order<'deliver'>): void {
    if (connection !== this.#connectionNumber || this.#connection?.isUp !== true) return;
    assert(this.#log.reader === null && this.#connection.outbound.inFlight === 0, 'a delivery goes alone');
    this.#delivery = { number: delivery, reader: new DeliveryReader(records) };
  }

  track(on: boolean): void {
    this.#news.wantsAccepted = on;
  }

  /** The log is main's again, from a place between two transactions. */
  #giveBack(): void {
    const { reader } = this.#log;
    if (reader === null) return;
    const { outbound } = this.#connection!;
    // The shard that writes a transaction is in the middle of it: the rest is there within microseconds.
    while (outbound.isMidTransaction) this.#fill(reader, true);
    this.#log.giveBack();
  }

  /** Where records come from now: the log, or what main delivers. */
  get #source(): RecordSource | null {
    return this.#log.reader ?? this.#delivery?.reader ?? null;
  }

  /** Whether something can be done now: there is something to send, or somebody waits for what has come to be taken. */
  get hasWork(): boolean {
    if (this.#connection?.isHeld === true) return this.#connection.mayGoOn;
    if (this.#fences.areOpen) return true;
    return this.#connection?.session.hasWork === true || this.hasRecords;
  }

  /** Whether there are records that can be put on their way. */
  get hasRecords(): boolean {
    return this.#source?.isEmpty() === false && this.#connection!.outbound.hasRoom();
  }

  /** Whether to be woken when shards write. */
  get awaitsUpdates(): boolean {
    return this.#log.reader !== null && this.#connection!.outbound.hasRoom();
  }

  /** Takes what has come. @param isHungUp the other side has closed */
  receive(isHungUp: boolean): void {
    const connection = this.#connection!;
    connection.receive(isHungUp);
    this.#noteUp();
    this.#noteLast(connection);
    const { acknowledged } = connection.outbound;
    if (acknowledged === this.#acknowledged) return;
    this.#acknowledged = acknowledged;
    this.#log.look(connection.outbound);
    this.#noteCompleted();
  }

  /** Sends what can be sent. @param durable number of the last durable change */
  send(durable: number): void {
    const connection = this.#connection;
    if (connection === null) return;
    connection.acknowledge(durable);
    if (this.#source !== null && connection.ended === null) this.#fill(this.#source, false);
    connection.synchronize(durable);
    connection.flush();
    connection.checkTime();
    this.#reportSync(connection);
  }

  #fill(log: RecordSource, toBoundary: boolean): void {
    const { outbound } = this.#connection!;
    const wasIdle = outbound.inFlight === 0;
    const taken = outbound.fill(log, toBoundary);
    if (taken === 0) return;
    if (!toBoundary) this.#log.look(outbound);
    this.#figures.add('recordsSent', taken);
    if (wasIdle) this.#connection!.startWaiting();
  }

  /** Works off the end of a connection, if it has come. @returns whether it had */
  settleEnd(): boolean {
    const connection = this.#connection;
    if (connection === null || connection.ended === null) return false;
    this.#giveBack();
    const unconfirmed = connection.outbound.inFlight;
    const owed = connection.outbound.abandon();
    this.#connection = null;
    this.#delivery = null;
    this.#news.takeDelivered();
    this.#isDraining = false;
    this.#fences.answerAll();
    this.#reportNews();
    this.#reportSync(connection);
    this.#parts.report({
      kind: 'down',
      ...this.#key,
      wasUp: this.#wasUp,
      reason: connection.ended,
      unconfirmed,
      owed,
    });
    return true;
  }

  #noteUp(): void {
    if (this.#wasUp || this.#connection?.isUp !== true) return;
    this.#wasUp = true;
    this.#figures.add('opened', 1);
    this.#parts.report({ kind: 'up', ...this.#key });
  }

  #noteLast(connection: StreamConnection<Record>): void {
    if (this.#isLastReported || !connection.isPartnerDone) return;
    this.#isLastReported = true;
    this.#parts.report({ kind: 'last', ...this.#key });
  }

  #noteDrained(): void {
    if (!this.#isDraining || this.#connection!.outbound.inFlight > 0) return;
    this.#isDraining = false;
    this.#parts.report({ kind: 'drained', ...this.#key });
  }

  #noteDelivered(): void {
    if (this.#delivery?.reader.isEmpty() !== true || this.#connection!.outbound.inFlight > 0) return;
    const { number: delivery } = this.#delivery;
    this.#delivery = null;
    const refused = this.#news.takeDelivered();
    this.#figures.add('recordsRefused', refused.length);
    this.#parts.report({ kind: 'delivered', ...this.#key, delivery, refused });
  }

  #noteCompleted(): void {
    this.#reportNews();
    this.#noteDelivered();
    this.#noteDrained();
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#completedMs < COMPLETED_EVERY_MS) return;
    this.#completedMs = nowMs;
    this.#parts.report({ kind: 'completed', route: this.#task.route });
  }

  #reportSync({ session }: StreamConnection<Record>): void {
    for (const report of session.reports.splice(0))
      this.#parts.report({ kind: 'synchronized', ...this.#key, report });
  }

  #reportNews(): void {
    const news = this.#news.take();
    if (news === null) return;
    this.#figures.add('recordsRefused', news.conflicts.length + news.refusals.length);
    this.#parts.report({ kind: 'news', route: this.#task.route, news });
  }
}
