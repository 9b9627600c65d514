/**
 * What a shard does with queries: recvmmsg into WASM memory -> classify -> serve each -> send now or park -> what became safe
 *     -> sendmmsg. When each step is taken is the business of a loop.
 */
import type { Clock } from '../base/clock.ts';
import { Field } from '../dhcp4/descriptor.ts';
import { compileConfiguration } from '../engine/compiled/compiled-configuration.ts';
import { type Context, Outcome } from '../engine/context.ts';
import { countDrop, hasReply, OUT_OF_SCOPE, serve } from '../engine/engine.ts';
import { DurationWriter } from '../engine/figures/durations.ts';
import { G } from '../engine/figures/statistics.ts';
import { KEPT_MAX, Repeats } from '../engine/parked/repeats.ts';
import { ShardWord } from '../engine/parked/shard-link.ts';
import { VerdictReader } from '../engine/parked/verdicts.ts';
import { UpdateMode } from '../engine/policy.ts';
import { longestReplyBytes } from '../engine/reply/option-size.ts';
import { serverIdentifiersOf } from '../engine/reply/reply-plan.ts';
import { ReplyRouter } from '../engine/reply/reply-route.ts';
import { ReplySlots } from '../engine/reply/reply-slots.ts';
import { realtimeUs } from '../io/arrivals.ts';
import { DatagramSender } from '../io/mmsg.ts';
import { BATCH_MAX } from '../wasm/layout.ts';
import { Announcer } from './announce.ts';
import type { Channel } from './channel.ts';
import type { HandedQuery } from './handed-query.ts';
import { Inbox } from './inbox.ts';
import { ObservationWriter } from './observations.ts';
import { Outbox } from './outbox.ts';
import { CHECKS_MAX, PingChecks } from './ping-checks.ts';
import { RepeatedQueries } from './repeated-queries.ts';
import { SHORT_POLL_MS } from './sleep.ts';
import { NO_SOCKET, ShardSockets } from './sockets.ts';
import { buildContext, type ShardTask } from './task.ts';

export class ShardService {
  readonly #task: ShardTask;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #slots: ReplySlots;
  readonly context: Context;
  readonly #pings: PingChecks | null;
  readonly #repeats: Repeats;
  readonly #repeated: RepeatedQueries;
  /** Null = nobody wants to know how long answers take. */
  readonly #durations: DurationWriter | null;
  readonly #router: ReplyRouter;
  /** Of main, and of the link thread. */
  readonly verdicts: VerdictReader;
  readonly linkVerdicts: VerdictReader;
  readonly #observations: ObservationWriter;
  readonly sockets: ShardSockets;
  readonly #announcer: Announcer;
  readonly #words: Int32Array;
  /** The last batch was a small one, and no query of its kind is answered here. */
  #mayRest = false;

  constructor(task: ShardTask, clock: Clock) {
    this.#task = task;
    this.#clock = clock;
    this.#inbox = new Inbox(task.config.hooks.bootp, task.durations !== null);
    const keptMax = Math.min(KEPT_MAX, task.parkedMax);
    const slots = task.parkedMax + BATCH_MAX + keptMax + (task.ping === null ? 0 : CHECKS_MAX);
    const slotBytes = longestReplyBytes(task.config);
    const sender = new DatagramSender(slots, slotBytes, BATCH_MAX);
    this.#slots = new ReplySlots(sender.bytes, slots, slotBytes);
    this.#outbox = new Outbox(this.#slots, sender, (slot, wasSent) => this.#leave(slot, wasSent));
    const exit = {
      release: (slot: number): void => this.#release(slot),
      reject: (slot: number): void => this.#reject(slot),
      expire: (slot: number): void => this.#expire(slot),
    };
    this.sockets = new ShardSockets(task, sender.joining);
    this.context = buildContext(
      task,
      compileConfiguration(task.config),
      this.sockets.list,
      this.#inbox.classifier,
      this.#slots,
      exit,
      clock,
    );
    const checked = {
      release: (slot: number): void => this.#enqueue(slot),
      discard: (slot: number, cell: number): void => this.#discard(slot, cell),
    };
    this.#pings = task.ping && new PingChecks(task.ping, this.context, clock, checked);
    const { memory } = this.#inbox.classifier;
    this.#repeats = new Repeats(this.#slots, this.context.book.table.rows, memory.buffer, keptMax);
    this.#repeated = new RepeatedQueries(this.context, this.#repeats, (slot) => this.#sendAgain(slot));
    this.#durations = task.durations && new DurationWriter(task.durations, task.shard, this.#slots, clock);
    this.#router = new ReplyRouter(this.#slots, task.forcedPort);
    this.verdicts = new VerdictReader(task.link.verdicts);
    this.linkVerdicts = new VerdictReader(task.link.linkVerdicts);
    this.#observations = new ObservationWriter(task.link.observations);
    this.#announcer = new Announcer(task, this.context, clock);
    this.#words = new Int32Array(task.link.words);
  }

  /** How long a sleep may last, ms: checks of addresses become due, main measures. */
  waitMs(longestMs: number): number {
    const mostMs = this.#durations === null ? longestMs : SHORT_POLL_MS;
    return this.#pings?.waitMs(mostMs) ?? mostMs;
  }

  /** Queries for the partner alone have come last: those that come next may gather for a moment. */
  takeRest(): boolean {
    const mayRest = this.#mayRest;
    this.#mayRest = false;
    return mayRest;
  }

  /** Serves what main has read in the place of this shard. @param handed what was served is taken out */
  serveHanded(handed: HandedQuery[]): void {
    for (; handed.length > 0; this.settle()) this.#serveBatch(this.#inbox.takeHanded(handed));
  }

  /** Works with what main has given since. Pre: nothing is queued for sending. */
  renew(): void {
    const { sockets } = this;
    if (sockets.isOutdated) {
      sockets.renew(this.#slots);
      // A query that names one of their addresses as its server means us.
      this.context.serverIdentifiers = serverIdentifiersOf(this.#task.config, sockets.list);
      if (this.#durations?.isOn === true) sockets.stampArrivals(true);
    }
    if (this.#durations?.renew() === true) sockets.stampArrivals(this.#durations.isOn);
  }

  /** Works by the newest policy from here on and says so: main waits for it before it relies on the change. */
  takePolicy(): void {
    if (!this.context.policy.refresh()) return;
    // Whoever answers these clients now need not be this server.
    this.#repeats.clear();
    this.#pings?.dropAll();
    Atomics.store(this.#words, ShardWord.policyVersion, this.context.policy.version);
    Atomics.notify(this.#words, ShardWord.policyVersion);
  }

  /** Serves what waits in the sockets that were ready. @param batchesMax taken from one of them */
  drain(batchesMax: number): void {
    const { sockets } = this;
    for (let i = 0; i < sockets.channels.length; i++)
      if (sockets.isReady(i)) this.#drainOne(sockets.channels[i]!, batchesMax);
  }

  #drainOne(channel: Channel, batchesMax: number): void {
    for (let batch = 1; ; batch++) {
      const count = this.#inbox.receive(channel);
      if (count === 0) return;
      this.#mayRest = count < BATCH_MAX && this.context.policy.answersNobody;
      this.#serveBatch(count);
      this.takePolicy();
      this.settle();
      if (count < BATCH_MAX) return;
      // More waits than fits a batch: the disk is to work meanwhile.
      this.#announcer.tellJournal();
      if (batch === batchesMax) return;
    }
  }

  /** Has the new rows committed, here if they are few; what needs no disk has left before. */
  commit(): void {
    if (this.#announcer.commit()) this.settle();
  }

  /** A reload does not wait for addresses that may have seconds to answer. */
  dropChecks(): void {
    this.#pings?.dropAll();
  }

  /** No reply leaves any more. */
  end(): void {
    if (this.#durations !== null) this.sockets.stampArrivals(false);
  }

  #serveBatch(count: number): void {
    const { statistics, policy } = this.context;
    statistics.add(G['pkt4-received'], count);
    this.#durations?.read(realtimeUs());
    if (policy.serviceEnabled === 0) {
      statistics.add(G['tandem-drop-service-disabled'], count);
      statistics.add(G['pkt4-service-disabled'], count);
      statistics.add(G['pkt4-receive-drop'], count);
      return;
    }
    this.context.nowSec = this.#clock.wallSec();
    this.context.nowMs = this.#clock.monotonicMs();
    if (this.context.rateLimits !== null) this.context.wallMs = this.#clock.wallMs();
    this.#inbox.classify(count);
    this.#durations?.queued();
    const shed = this.#mustShed();
    for (let i = 0; i < count; i++) this.#serveOne(i, shed);
    this.#announcer.tell();
  }

  /** Backpressure: what would only make new work is dropped first, while there is still room to finish the old. */
  #mustShed(): boolean {
    const { park, changes } = this.context;
    return park.backlog > this.#task.parkedMax * 0.75 || changes.isCrowded();
  }

  #serveOne(index: number, shed: boolean): void {
    const context = this.context;
    const fault = this.#inbox.faultOf(index);
    if (fault !== 0) return countDrop(context, fault);
    if (this.#slots.freeCount === 0) return countDrop(context, G['tandem-drop-park-full']);
    this.#inbox.point(context.query, index);
    this.#durations?.start(this.#inbox.arrivalUs(index));
    if (this.#repeated.isAnswered()) return;
    context.slot = this.#slots.take();
    const outcome = serve(context, shed);
    if (hasReply(outcome)) return this.#dispatch(outcome);
    this.#slots.give(context.slot);
    countDrop(context, outcome);
    if (outcome === OUT_OF_SCOPE && context.policy.observeOutOfScope !== 0) this.#observe();
  }

  /** The reply in a slot answers the query in work too. */
  #sendAgain(slot: number): void {
    this.#router.route(slot, this.context.query);
    this.#durations?.again(slot);
    this.#enqueue(slot);
  }

  #dispatch(outcome: number): void {
    const { park, changes, policy, slot, nowMs, nowSec, query, subnet } = this.context;
    this.#router.route(slot, query);
    this.#durations?.answer(slot, query.field(Field.messageType), subnet);
    if (outcome === Outcome.send) return this.#enqueue(slot);
    if (outcome === Outcome.check) return this.#pings!.begin(slot);
    this.#slots.rows[slot] = changes.lastRow;
    this.#slots.changes[slot] = changes.lastChange;
    this.#repeats.remember(slot, query, nowSec);
    park.add(slot, changes.lastChange, policy.updateMode === UpdateMode.await, nowMs);
  }

  #observe(): void {
    const { query, relationship, statistics } = this.context;
    if (!this.#observations.write(query, relationship)) statistics.add(G['tandem-observations-lost']);
  }

  /** Lets go what has become safe and sends everything that may leave. */
  settle(): void {
    const { park, book } = this.context;
    const nowMs = this.#clock.monotonicMs();
    park.advanceDurable(book.changes.durable(), nowMs);
    park.readVerdicts(this.verdicts, nowMs);
    park.readVerdicts(this.linkVerdicts, nowMs);
    if (this.#pings?.look(nowMs, this.sockets.isPingReady) === true) this.#announcer.tell();
    this.#outbox.flush();
  }

  #enqueue(slot: number): void {
    const slots = this.#slots;
    if (slots.fds[slot] === NO_SOCKET) return this.#discard(slot, G['tandem-drop-socket-gone']);
    this.#durations?.complete(slot);
    this.#outbox.queue(slot);
  }

  /** A parked reply may leave: its lease is safe, also for answers to come. */
  #release(slot: number): void {
    this.#settleLease(slot);
    this.#enqueue(slot);
  }

  #reject(slot: number): void {
    const { rows } = this.context.book.table;
    rows.refuse(this.#slots.rows[slot]!, this.#slots.changes[slot]!);
    this.#discard(slot, G['tandem-drop-update-rejected']);
  }

  #expire(slot: number): void {
    this.#settleLease(slot);
    this.#discard(slot, G['tandem-drop-parked-too-long']);
  }

  #settleLease(slot: number): void {
    const { book, dns } = this.context;
    const row = this.#slots.rows[slot]!;
    const change = this.#slots.changes[slot]!;
    if (dns !== null) dns.settle(book, row, change);
    book.table.rows.settle(row, change);
  }

  #discard(slot: number, cell: number): void {
    this.#repeats.forget(slot);
    this.#slots.give(slot);
    this.context.statistics.add(cell);
  }

  /** A reply has left, or the kernel refused it. */
  #leave(slot: number, wasSent: boolean): void {
    const { statistics } = this.context;
    if (!wasSent) return this.#discard(slot, G['tandem-drop-send-failed']);
    statistics.add(G['pkt4-sent']);
    statistics.add(this.#slots.cells[slot]!);
    if (!this.#repeats.keep(slot)) this.#slots.give(slot);
  }
}
