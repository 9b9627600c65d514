/**
 * The desk of DHCPv6: recvmmsg into WASM memory -> classify -> each query to the engine -> its reply into a slot, with the way
 * that it goes.
 */
import { emptyRange } from '../../base/byte-range.ts';
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { Field } from '../../dhcp6/descriptor.ts';
import { Outcome } from '../../engine/context.ts';
import { compileConfiguration6 } from '../../engine/dhcp6/compiled/compiled-configuration.ts';
import type { Context6 } from '../../engine/dhcp6/context.ts';
import { durationPairOf6 } from '../../engine/dhcp6/duration-pair.ts';
import {
  countDrop6,
  countMalformed6,
  isMendable6,
  OUT_OF_SCOPE_6,
  serve6,
} from '../../engine/dhcp6/engine.ts';
import { makeContext6 } from '../../engine/dhcp6/make-context.ts';
import { longestReplyBytes6 } from '../../engine/dhcp6/reply/reply-size.ts';
import { G6 } from '../../engine/dhcp6/statistics.ts';
import { type DurationMemory, DurationWriter, NO_SUBNET } from '../../engine/figures/durations.ts';
import type { RateLimitMemory } from '../../engine/figures/rate-limits.ts';
import type { Listening } from '../../engine/leases/lease-events.ts';
import type { DnsLogMemory } from '../../engine/names/dns-log.ts';
import { UpdateMode } from '../../engine/policy.ts';
import { realtimeUs } from '../../io/arrivals.ts';
import { Datagram6Sender } from '../../io/mmsg6.ts';
import type { LeaseBookMemory6 } from '../../lease/dhcp6/book.ts';
import type { LeaseEventsMemory } from '../../lease/events.ts';
import type { LimitedMemory } from '../../lease/limited-counts.ts';
import { BATCH_MAX } from '../../wasm/layout.ts';
import type { Desk, DeskCells, ReplyExit } from '../desk.ts';
import { ObservationWriter } from '../observations.ts';
import { SHORT_POLL_MS } from '../sleep.ts';
import { ShardSockets } from '../sockets.ts';
import { type CommonTask, firstTransaction } from '../task.ts';
import { Inbox6 } from './inbox.ts';
import { Outbox6 } from './outbox.ts';
import { RoutedSlots6 } from './reply-route.ts';
import { SettledRows } from './settled-rows.ts';
import { readSocketTable6, type ServerSocket6 } from './socket-table.ts';

/** What main hands to a shard of DHCPv6. */
export interface ShardTask6 extends CommonTask {
  readonly config: ServerConfig6;
  readonly book: LeaseBookMemory6;
  readonly events: LeaseEventsMemory;
  readonly listening: Listening;
  readonly dns: DnsLogMemory;
  /** Where leases are counted whose number is limited, or null. */
  readonly limited: LimitedMemory | null;
  readonly rates: RateLimitMemory | null;
  /** Where is measured how long answers take, or null. */
  readonly durations: DurationMemory | null;
  /** The DUID of this server. */
  readonly serverId: Uint8Array;
}

/** The elapsed time of a message is in hundredths of a second [RFC8415 21.9]. */
const MS_PER_UNIT = 10;
/** Clients are known by their DUIDs. */
const NO_HARDWARE = emptyRange();

export class Desk6 implements Desk<ServerSocket6> {
  readonly context: Context6;
  readonly sockets: ShardSockets<ServerSocket6, ServerSocket6>;
  readonly outbox: Outbox6;
  readonly cells: DeskCells = {
    received: G6['pkt6-received'],
    receiveDrop: G6['pkt6-receive-drop'],
    serviceDisabled: G6['pkt6-service-disabled'],
    sent: G6['pkt6-sent'],
    dropServiceDisabled: G6['tandem-drop-service-disabled'],
    dropSocketGone: G6['tandem-drop-socket-gone'],
    dropUpdateRejected: G6['tandem-drop-update-rejected'],
    dropLeaseOver: G6['tandem-drop-lease-over'],
    dropParkedTooLong: G6['tandem-drop-parked-too-long'],
    dropSendFailed: G6['tandem-drop-send-failed'],
    joinRefused: G6['tandem-join-refused'],
  };
  readonly #exit: ReplyExit;
  readonly #clock: Clock;
  readonly #inbox = new Inbox6();
  readonly #slots: RoutedSlots6;
  readonly #settled: SettledRows;
  /** Null = nobody wants to know how long answers take. */
  readonly #durations: DurationWriter | null;
  readonly #observations: ObservationWriter;

  constructor(task: ShardTask6, exit: ReplyExit, clock: Clock) {
    this.#exit = exit;
    this.#clock = clock;
    const slots = task.parkedMax + BATCH_MAX;
    const slotBytes = longestReplyBytes6(task.config);
    const sender = new Datagram6Sender(slots, slotBytes, BATCH_MAX);
    this.#slots = new RoutedSlots6(sender.bytes, slots, slotBytes, task.forcedPort);
    this.outbox = new Outbox6(this.#slots, sender, exit);
    const kind = { read: readSocketTable6, channelsOf: (sockets: readonly ServerSocket6[]) => sockets };
    this.sockets = new ShardSockets<ServerSocket6, ServerSocket6>(task, [], kind, sender.joining);
    this.context = makeContext6({
      ...task,
      compiled: compileConfiguration6(task.config),
      updates: task.updates.map(({ ring }) => ring),
      firstTransaction: firstTransaction(task.link),
      classified: this.#inbox.classifier,
      slots: this.#slots,
      exit,
      clock,
    });
    this.#durations = task.durations && new DurationWriter(task.durations, task.shard, slots, clock);
    this.#observations = new ObservationWriter(task.link.observations);
    this.#settled = new SettledRows(this.context.book, this.context.dns, slots);
  }

  /** While main measures, it waits for this thread to turn to the next interval. */
  waitMs(longestMs: number): number {
    return this.#durations === null ? longestMs : SHORT_POLL_MS;
  }

  receive(socket: ServerSocket6): number {
    return this.#inbox.receive(socket);
  }

  /** Main reads nothing in the place of a shard. */
  takeHanded(): number {
    return 0;
  }

  begin(count: number): void {
    if (this.context.rateLimits !== null) this.context.wallMs = this.#clock.wallMs();
    this.#durations?.read(realtimeUs());
    this.#inbox.classify(count);
    this.#durations?.queued();
  }

  serve(index: number, shed: boolean): void {
    const { context } = this;
    const inbox = this.#inbox;
    const malformed = inbox.malformed(index);
    if (malformed !== 0 && !isMendable6(context, malformed))
      return countMalformed6(context, malformed, inbox.messageType(index));
    if (this.#slots.freeCount === 0) return countDrop6(context, G6['tandem-drop-park-full']);
    context.query.point(index, inbox.socket, inbox.source, 0, inbox.readSource(index));
    this.#durations?.start(inbox.arrivalUs(index));
    context.slot = this.#slots.take();
    const outcome = serve6(context, shed);
    if (outcome < 0) return this.#dispatch(outcome);
    this.#slots.give(context.slot);
    countDrop6(context, outcome);
    if (outcome === OUT_OF_SCOPE_6 && context.policy.observeOutOfScope !== 0) this.#observe();
  }

  #observe(): void {
    const { query, relationship, statistics } = this.context;
    // [Kea] Who has no name is not counted among those that the partner leaves alone.
    if (query.duid.length === 0) return;
    const waitedMs = query.field(Field.elapsedTime) * MS_PER_UNIT;
    if (!this.#observations.write(relationship, waitedMs, NO_HARDWARE, query.duid))
      statistics.add(G6['tandem-observations-lost']);
  }

  #dispatch(outcome: number): void {
    const { park, changes, plan, policy, slot, nowMs, query, subnet } = this.context;
    this.#slots.route(slot, query, this.#inbox.socket);
    if (this.#durations !== null) {
      const pair = durationPairOf6(query.field(Field.messageType), this.#slots.cells[slot]!);
      this.#durations.answer(slot, pair, subnet === null ? NO_SUBNET : subnet.index);
    }
    if (outcome === Outcome.send) return this.#exit.enqueue(slot);
    this.#settled.note(slot, plan, query.duid);
    park.add(slot, changes.lastChange, policy.updateMode === UpdateMode.await, nowMs);
  }

  renew(): void {
    if (this.#durations?.renew() === true) this.sockets.stampArrivals(this.#durations.isOn);
  }

  takeSockets(): void {
    if (this.#durations?.isOn === true) this.sockets.stampArrivals(true);
  }

  complete(slot: number): void {
    this.#durations?.complete(slot);
  }

  isOver(slot: number): boolean {
    return this.#settled.isOver(slot);
  }

  settle(slot: number): void {
    this.#settled.settle(slot);
  }

  refuse(slot: number): void {
    this.#settled.refuse(slot);
  }

  end(): void {
    if (this.#durations !== null) this.sockets.stampArrivals(false);
  }
}
