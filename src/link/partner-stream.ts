/**
 * The stream of one relationship as main sees it: its connections, and whose the update log is. The work is the link
 * thread's; the order of messages between the two makes sure that only one of them ever reads the log.
 *
 *     ours --lend--> lent --recall--> recalled --back--> ours         the end of the connection: ours
 */

import { assert } from '../base/assert.ts';
import { type UpdateLogMemory, UpdateWord } from '../engine/parked/shard-link.ts';
import type { StreamSocket } from '../io/stream-socket.ts';
import type { UpdateBytes } from '../lease/update-family.ts';
import type { Log } from '../log/logger.ts';
import type { BackupStream } from '../peer/backup-peer.ts';
import type { PartnerStream, PartnerStreamListener, StreamDelivery } from '../peer/model.ts';
import { Changes } from './changes.ts';
import type { LinkClient } from './client.ts';
import { Deliveries } from './deliveries.ts';
import { encodeDelivery } from './delivery.ts';
import { Fences } from './fences.ts';
import { allocateFigures, readFigures, type StreamFigureValues } from './figures.ts';
import type { StreamNames } from './hello.ts';
import type { LinkReport } from './messages.ts';
import { PartnerSync } from './partner-sync.ts';
import { type StreamEnd, streamFact } from './stream-fact.ts';

type Report<Kind extends LinkReport['kind']> = Extract<LinkReport, { kind: Kind }>;

/** Leases that are not urgent wait so long for the stream that is expected. */
const ARRIVAL_MS = 1_000;

export class RelationshipStream implements PartnerStream, BackupStream {
  readonly #client: LinkClient;
  readonly #names: StreamNames;
  readonly #log: Log;
  readonly #end: StreamEnd;
  readonly #route: number;
  readonly #figures = allocateFigures();
  /** The partner's leases. */
  readonly source: PartnerSync;
  /** By number; the last one is in use, those before it are about to be closed. */
  readonly #sockets = new Map<number, StreamSocket>();
  #words: Int32Array | null = null;
  #listener: PartnerStreamListener | null = null;
  #onEnd: () => void = () => {};
  #connection = 0;
  #isUp = false;
  /** It is about to be closed. */
  #isLeaving = false;
  #isExpected = false;
  #place: 'ours' | 'lent' | 'recalled' = 'ours';
  #lentTo = 0;
  /** Updates may be on their way that were taken out of the log. */
  #isUnderWay = false;
  readonly #deliveries = new Deliveries();
  readonly #changes = new Changes();
  readonly #fences = new Fences();
  readonly #settlements = new Fences();

  constructor(client: LinkClient, names: StreamNames, log: Log, end: StreamEnd = 'partner') {
    this.#client = client;
    this.#names = names;
    this.#log = log;
    this.#end = end;
    this.#route = client.nextRoute();
    this.source = new PartnerSync({
      send: (order) => client.send(order),
      key: () => (this.isUp && client.isRunning ? this.#key() : null),
      figures: this.#figures,
    });
  }

  /** Streams can be opened from now on. */
  start(updates: UpdateLogMemory): void {
    this.#words = new Int32Array(updates.words);
    const task = { route: this.#route, names: this.#names, updates, figures: this.#figures };
    this.#client.attach({ kind: 'attach', ...task }, (report) => this.#hear(report));
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isLeaving;
  }

  /** Whether a connection is there, be it one on which nobody has said hello yet. */
  get isOpen(): boolean {
    return this.#sockets.has(this.#connection);
  }

  get hasLog(): boolean {
    return this.#place !== 'ours';
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay || this.#deliveries.isUnderWay;
  }

  figures(): StreamFigureValues {
    return readFigures(this.#figures);
  }

  /** For people: which way lease updates go. */
  fact(): string {
    const remote = this.#isUp ? this.#sockets.get(this.#connection)!.remote : null;
    const standing = { ...this.figures(), peer: this.#names.partner, remote, hasLog: this.hasLog };
    return streamFact(this.#end, standing) + (this.#isUp ? this.source.fact() : '');
  }

  listen(listener: PartnerStreamListener): void {
    this.#listener = listener;
  }

  /** @param listener is told whenever the connection has ended and no other is there, after everybody else */
  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  /** Uses a connection from now on instead of the one that there may be. @param head octets that came with the opening */
  open(socket: StreamSocket, head: Uint8Array): void {
    // The thread ends before the ports do, by which one may still come.
    if (this.#words === null || !this.#client.isRunning) return socket.close();
    this.#connection++;
    this.#isUp = false;
    this.#isLeaving = false;
    this.#sockets.set(this.#connection, socket);
    const { fd, secrets } = socket;
    // A copy: what is sent between threads is the whole memory in which the octets stand.
    this.#client.send({ kind: 'open', ...this.#key(), fd, secrets, head: Uint8Array.from(head) });
  }

  /** Closes the connection unless updates are under way: their fate shows whether it works. */
  dropIdle(reason: string): void {
    if (this.isOpen) this.#client.send({ kind: 'close', ...this.#key(), reason });
  }

  /** Closes the connection when what is under way in either direction has arrived, or has failed by itself. */
  async leave(reason: string): Promise<void> {
    if (!this.isOpen || this.#isLeaving) return;
    const key = this.#key();
    this.#isLeaving = true;
    this.recall();
    await this.idle();
    this.#client.send({ kind: 'finish', ...key, reason });
  }

  /**
   * Resolves when everything that the partner has sent by the stream up to now is in the table, or never will be. What comes
   * by another way afterwards is newer.
   */
  async fence(): Promise<void> {
    if (!this.isOpen || this.#words === null || !this.#client.isRunning) return;
    this.#client.send({ kind: 'fence', route: this.#route });
    await this.#fences.pass();
  }

  async settle(): Promise<boolean> {
    if (!this.isUp || this.#place !== 'lent' || !this.#client.isRunning) return false;
    this.#client.send({ kind: 'settle', route: this.#route });
    return this.#settlements.pass();
  }

  lend(): void {
    assert(
      this.#isUp && this.#place === 'ours' && !this.#deliveries.isUnderWay,
      'a log is lent to a stream that is up and has nothing else to do, once',
    );
    this.#place = 'lent';
    this.#lentTo = this.#connection;
    this.#isUnderWay = true;
    Atomics.store(this.#words!, UpdateWord.isLent, 1);
    this.#client.send({ kind: 'lend', ...this.#key() });
  }

  recall(): void {
    if (this.#place !== 'lent') return;
    this.#place = 'recalled';
    this.#client.send({ kind: 'recall', route: this.#route });
  }

  track(on: boolean): void {
    this.#client.send({ kind: 'track', route: this.#route, on });
  }

  /** Whether one is to be expected, because the partner takes it. */
  expect(on: boolean): void {
    this.#isExpected = on;
    if (!on) this.#changes.tell();
  }

  async arrival(msMax = ARRIVAL_MS): Promise<void> {
    await this.#changes.until(() => this.isUp || !this.#isExpected, msMax);
  }

  async deliver(updates: readonly UpdateBytes[]): Promise<StreamDelivery | null> {
    while (this.#deliveries.isUnderWay) await this.#changes.next();
    if (!this.isUp || !this.#client.isRunning) return null;
    assert(this.#place === 'ours' && !this.#isUnderWay, 'nothing out of the log is on its way');
    const key = this.#key();
    return this.#deliveries.begin(this.#connection, (delivery) =>
      this.#client.send({ kind: 'deliver', ...key, delivery, records: encodeDelivery(updates) }),
    );
  }

  async idle(): Promise<void> {
    while (this.isUnderWay) await this.#changes.next();
  }

  endSync(reason: string): void {
    if (this.isOpen) this.#client.send({ kind: 'abandon', ...this.#key(), reason });
  }

  /** Ends with the relationship; resolves when its connections are closed. */
  async close(): Promise<void> {
    if (this.#words === null) return;
    this.#client.send({ kind: 'detach', route: this.#route });
    this.#words = null;
    while (this.#sockets.size > 0) await this.#changes.next();
    for (const waiting of [this.#fences, this.#settlements]) waiting.openAll();
    this.#client.forget(this.#route);
  }

  #key(): { readonly route: number; readonly connection: number } {
    return { route: this.#route, connection: this.#connection };
  }

  #hear(report: Exclude<LinkReport, { kind: 'paused' }>): void {
    switch (report.kind) {
      case 'up':
        return this.#heardUp(report);
      case 'down':
        return this.#heardDown(report);
      case 'back':
        if (report.connection !== this.#lentTo || !this.hasLog) return;
        this.#place = 'ours';
        return this.#listener?.changed();
      case 'drained':
        return this.#heardDrained(report);
      case 'delivered':
        this.#deliveries.heard(report);
        this.#changes.tell();
        return this.#listener?.changed();
      case 'synchronized':
        return this.#heardSync(report);
      case 'last':
        if (report.connection === this.#connection) void this.leave('the partner sends no more records');
        return;
      case 'fenced':
        return this.#fences.openNext(true);
      case 'settled':
        return this.#settlements.openNext(report.isSettled);
      case 'news':
        this.#listener?.news(report.news);
        return this.#listener?.completed();
      case 'completed':
        return this.#listener?.completed();
    }
  }

  #heardUp({ connection }: Report<'up'>): void {
    if (connection !== this.#connection) return;
    this.#isUp = true;
    const { partner } = this.#names;
    this.#log('TDM_STREAM_UP', { partner, remote: this.#sockets.get(connection)!.remote });
    this.#changes.tell();
    this.#listener?.changed();
  }

  #heardDown({ connection, wasUp, reason, unconfirmed, owed }: Report<'down'>): void {
    const socket = this.#sockets.get(connection);
    // What was given up must not arrive any more: it may be sent by another way now, as it stands now.
    if (unconfirmed > 0) socket?.reset();
    else socket?.close();
    this.#sockets.delete(connection);
    if (connection === this.#connection) this.#isUp = false;
    const { partner } = this.#names;
    this.#log(wasUp ? 'TDM_STREAM_DOWN' : 'TDM_STREAM_NOT_UP', { partner, reason, unconfirmed });
    if (connection === this.#lentTo) {
      this.#place = 'ours';
      this.#isUnderWay = false;
    }
    this.#deliveries.ended(connection, `the lease stream ended: ${reason}`);
    this.source.ended(connection, reason);
    this.#changes.tell();
    if (owed.length > 0) this.#listener?.failed(`the lease stream ended: ${reason}`, owed);
    else this.#listener?.changed();
    if (connection === this.#connection) this.#onEnd();
  }

  #heardSync({ connection, report }: Report<'synchronized'>): void {
    if (report.kind !== 'asked') return this.source.heard(connection, report);
    const answer = { kind: 'answer', route: this.#route, connection } as const;
    this.#listener?.asked((refused) => this.#client.send({ ...answer, refused }));
  }

  #heardDrained({ connection }: Report<'drained'>): void {
    // It may have been lent again meanwhile.
    if (connection !== this.#lentTo || this.hasLog) return;
    this.#isUnderWay = false;
    this.#changes.tell();
    this.#listener?.changed();
  }
}
