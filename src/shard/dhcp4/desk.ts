/**
 * The desk of DHCPv4: recvmmsg into WASM memory -> classify -> each query to the engine -> its reply into a slot, with the way
 * that it goes.
 */
import type { Clock } from '../../base/clock.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { secondsWaited } from '../../dhcp4/secs.ts';
import { compileConfiguration } from '../../engine/compiled/compiled-configuration.ts';
import { type Context, Outcome } from '../../engine/context.ts';
import { countDrop, hasReply, OUT_OF_SCOPE, serve } from '../../engine/engine.ts';
import { durationPairOf, durationSubnetOf } from '../../engine/figures/duration-pair.ts';
import { DurationWriter } from '../../engine/figures/durations.ts';
import { G } from '../../engine/figures/statistics.ts';
import { isGranted } from '../../engine/parked/granted-lease.ts';
import { KEPT_MAX, Repeats } from '../../engine/parked/repeats.ts';
import { UpdateMode } from '../../engine/policy.ts';
import type { ServerSocket } from '../../engine/query.ts';
import { longestReplyBytes } from '../../engine/reply/option-size.ts';
import { serverIdentifiersOf } from '../../engine/reply/reply-plan.ts';
import { ReplyRouter, RoutedSlots } from '../../engine/reply/reply-route.ts';
import { realtimeUs } from '../../io/arrivals.ts';
import { DatagramSender } from '../../io/mmsg.ts';
import { BATCH_MAX } from '../../wasm/layout.ts';
import type { Desk, DeskCells, ReplyExit } from '../desk.ts';
import { ObservationWriter } from '../observations.ts';
import { SHORT_POLL_MS } from '../sleep.ts';
import { ShardSockets } from '../sockets.ts';
import { type Channel, channelsOf } from './channel.ts';
import { buildContext, type ShardTask } from './context.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import { CHECKS_MAX, PingChecks } from './ping-checks.ts';
import { RepeatedQueries } from './repeated-queries.ts';
import { readSocketTable } from './socket-table.ts';

export class Desk4 implements Desk<Channel> {
  readonly context: Context;
  readonly sockets: ShardSockets<Channel, ServerSocket>;
  readonly outbox: Outbox;
  readonly cells: DeskCells = {
    received: G['pkt4-received'],
    receiveDrop: G['pkt4-receive-drop'],
    serviceDisabled: G['pkt4-service-disabled'],
    sent: G['pkt4-sent'],
    dropServiceDisabled: G['tandem-drop-service-disabled'],
    dropSocketGone: G['tandem-drop-socket-gone'],
    dropUpdateRejected: G['tandem-drop-update-rejected'],
    dropLeaseOver: G['tandem-drop-lease-over'],
    dropParkedTooLong: G['tandem-drop-parked-too-long'],
    dropSendFailed: G['tandem-drop-send-failed'],
    joinRefused: G['tandem-join-refused'],
  };
  readonly #task: ShardTask;
  readonly #exit: ReplyExit;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  readonly #slots: RoutedSlots;
  readonly #pings: PingChecks | null;
  readonly #repeats: Repeats;
  readonly #repeated: RepeatedQueries;
  /** Null = nobody wants to know how long answers take. */
  readonly #durations: DurationWriter | null;
  readonly #router: ReplyRouter;
  readonly #observations: ObservationWriter;

  constructor(task: ShardTask, exit: ReplyExit, clock: Clock) {
    this.#task = task;
    this.#exit = exit;
    this.#clock = clock;
    this.#inbox = new Inbox(task.config.hooks.bootp, task.durations !== null);
    const keptMax = Math.min(KEPT_MAX, task.parkedMax);
    const slots = task.parkedMax + BATCH_MAX + keptMax + (task.ping === null ? 0 : CHECKS_MAX);
    const slotBytes = longestReplyBytes(task.config);
    const sender = new DatagramSender(slots, slotBytes, BATCH_MAX);
    this.#slots = new RoutedSlots(sender.bytes, slots, slotBytes);
    this.outbox = new Outbox(this.#slots, sender, exit);
    const others = task.ping === null ? [] : [task.ping.socket.fd];
    const sockets = { read: readSocketTable, channelsOf };
    this.sockets = new ShardSockets<Channel, ServerSocket>(task, others, sockets, sender.joining);
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
      release: (slot: number): void => exit.enqueue(slot),
      discard: (slot: number, cell: number): void => exit.discard(slot, cell),
    };
    this.#pings = task.ping && new PingChecks(task.ping, this.context, clock, checked);
    const { memory } = this.#inbox.classifier;
    this.#repeats = new Repeats(this.#slots, this.context.book.table.rows, memory.buffer, keptMax);
    this.#repeated = new RepeatedQueries(this.context, this.#repeats, (slot) => this.#sendAgain(slot));
    this.#durations = task.durations && new DurationWriter(task.durations, task.shard, slots, clock);
    this.#router = new ReplyRouter(this.#slots, task.forcedPort);
    this.#observations = new ObservationWriter(task.link.observations);
  }

  /** Checks of addresses become due, main measures. */
  waitMs(longestMs: number): number {
    const mostMs = this.#durations === null ? longestMs : SHORT_POLL_MS;
    return this.#pings?.waitMs(mostMs) ?? mostMs;
  }

  receive(channel: Channel): number {
    return this.#inbox.receive(channel);
  }

  takeHanded(): number {
    return this.#inbox.takeHanded(this.#task.handed);
  }

  begin(count: number): void {
    this.#durations?.read(realtimeUs());
    if (this.context.rateLimits !== null) this.context.wallMs = this.#clock.wallMs();
    this.#inbox.classify(count);
    this.#durations?.queued();
  }

  serve(index: number, shed: boolean): void {
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
    this.#exit.enqueue(slot);
  }

  #dispatch(outcome: number): void {
    const { park, changes, policy, slot, nowMs, nowSec, query, subnet } = this.context;
    this.#router.route(slot, query);
    if (this.#durations !== null) {
      const pair = durationPairOf(query.field(Field.messageType), this.#slots.cells[slot]!);
      this.#durations.answer(slot, pair, durationSubnetOf(pair, subnet));
    }
    if (outcome === Outcome.send) return this.#exit.enqueue(slot);
    if (outcome === Outcome.check) return this.#pings!.begin(slot);
    this.#slots.rows[slot] = changes.lastRow;
    this.#slots.changes[slot] = changes.lastChange;
    this.#repeats.remember(slot, query, nowSec);
    park.add(slot, changes.lastChange, policy.updateMode === UpdateMode.await, nowMs);
  }

  #observe(): void {
    const { query, relationship, statistics } = this.context;
    const waitedMs = secondsWaited(query.field(Field.secs)) * 1000;
    if (!this.#observations.write(relationship, waitedMs, query.hw, query.clientId))
      statistics.add(G['tandem-observations-lost']);
  }

  /** Answers to echo requests. */
  look(nowMs: number): boolean {
    return this.#pings?.look(nowMs, this.sockets.isReadyBeside(0)) === true;
  }

  renew(): void {
    if (this.#durations?.renew() === true) this.sockets.stampArrivals(this.#durations.isOn);
  }

  /** A query that names one of their addresses as its server means us. */
  takeSockets(): void {
    this.context.serverIdentifiers = serverIdentifiersOf(this.#task.config, this.sockets.list);
    if (this.#durations?.isOn === true) this.sockets.stampArrivals(true);
  }

  forgetAnswers(): void {
    this.#repeats.clear();
    this.#pings?.dropAll();
  }

  dropChecks(): void {
    this.#pings?.dropAll();
  }

  complete(slot: number): void {
    this.#durations?.complete(slot);
  }

  isOver(slot: number): boolean {
    const { table } = this.context.book;
    // Nearly always nothing has happened to the row since.
    if (table.rows.unsettledChange(this.#slots.rows[slot]!) === this.#slots.changes[slot]) return false;
    table.lock();
    const isStill = isGranted(this.#slots, table.rows, slot);
    table.unlock();
    return !isStill;
  }

  settle(slot: number): void {
    const { book, dns } = this.context;
    const row = this.#slots.rows[slot]!;
    const change = this.#slots.changes[slot]!;
    if (dns !== null) dns.settle(book, row, change);
    book.table.rows.settle(row, change);
  }

  refuse(slot: number): void {
    this.context.book.table.rows.refuse(this.#slots.rows[slot]!, this.#slots.changes[slot]!);
  }

  forget(slot: number): void {
    this.#repeats.forget(slot);
  }

  keep(slot: number): boolean {
    return this.#repeats.keep(slot);
  }

  end(): void {
    if (this.#durations !== null) this.sockets.stampArrivals(false);
  }
}
