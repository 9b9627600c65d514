/**
 * The engine of DHCPv6 with everything around it but sockets: the classifier, the lease table, the park, the change log. The
 * journal is the test: nothing is durable before it says so.
 */
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { Field } from '../../../src/dhcp6/descriptor.ts';
import { Outcome } from '../../../src/engine/context.ts';
import { compileConfiguration6 } from '../../../src/engine/dhcp6/compiled/compiled-configuration.ts';
import type { Context6 } from '../../../src/engine/dhcp6/context.ts';
import { countDrop6, countMalformed6, isMendable6, serve6 } from '../../../src/engine/dhcp6/engine.ts';
import { makeContext6 } from '../../../src/engine/dhcp6/make-context.ts';
import type { Arrival6 } from '../../../src/engine/dhcp6/query.ts';
import { longestReplyBytes6 } from '../../../src/engine/dhcp6/reply/reply-size.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../../src/engine/dhcp6/subnets/pool-memory.ts';
import { poolSeries6 } from '../../../src/engine/dhcp6/subnets/pool-series.ts';
import { allocateRateLimits } from '../../../src/engine/figures/rate-limits.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { Listening } from '../../../src/engine/leases/lease-events.ts';
import { limitedCountsOf } from '../../../src/engine/leases/limited-scopes.ts';
import { allocateDnsLog } from '../../../src/engine/names/dns-log.ts';
import {
  allocateUpdateLog,
  type UpdateLogMemory,
  UpdateRecord,
} from '../../../src/engine/parked/shard-link.ts';
import { allocatePolicies, type Policy, publishPolicy, UpdateMode } from '../../../src/engine/policy.ts';
import { ReplySlots } from '../../../src/engine/reply/reply-slots.ts';
import { allocateChangeLog, ChangeWord } from '../../../src/lease/change-log.ts';
import type { LeaseBookMemory6 } from '../../../src/lease/dhcp6/book.ts';
import { RowDecoder6 } from '../../../src/lease/dhcp6/csv-decode.ts';
import { RowFault6 } from '../../../src/lease/dhcp6/csv-fault.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { DUID_BYTES_MAX, emptyRecord6 } from '../../../src/lease/dhcp6/record.ts';
import { decodeUpdateRecord6, isUpdateRecord6 } from '../../../src/lease/dhcp6/update-record.ts';
import { allocateLeaseEvents } from '../../../src/lease/events.ts';
import { SettledRows } from '../../../src/shard/dhcp6/settled-rows.ts';
import { Classifier } from '../../../src/wasm/module.ts';
import { place } from '../../wasm/batch.ts';
import { TestClock } from '../test-clock.ts';
import { ip6 } from './config.ts';
import { type Reply6, readReply6, SERVER_ID } from './messages.ts';

const PARKED_MAX = 64;
const LINK: Arrival6 = { interfaceName: 'eth0', address: ip6('ff02::1:2'), isUnicast: false };
const SOURCE = ip6('fe80::200:ff:fe00:1');
const classifier = new Classifier();

export interface Engine6Options {
  readonly capacity?: number;
  readonly changeLogBytes?: number;
  /** What is written down of lease events. */
  readonly listening?: Listening;
}

/** A record for the peers. */
export interface Update6 {
  /** With its prefix length. */
  readonly address: string;
  readonly clttSec: number;
  readonly isAwaited: boolean;
  readonly isLast: boolean;
  readonly isUpdate: boolean;
  readonly state: number;
  /** Its number. */
  readonly transaction: number;
}

/** Where a query comes from. */
export interface Way {
  readonly arrival?: Partial<Arrival6>;
  readonly source?: Uint8Array;
  readonly shed?: boolean;
}

export class BenchEngine6 {
  readonly clock = new TestClock();
  readonly eventMemory = allocateLeaseEvents(1 << 18);
  readonly dns = allocateDnsLog(1 << 18);
  readonly bookMemory: LeaseBookMemory6;
  readonly context: Context6;
  readonly reader: StatisticsReader<typeof STATISTICS_6>;
  readonly #changes: Int32Array;
  readonly #rows: ByteRingReader;
  readonly #decoder = new RowDecoder6();
  readonly #settled: SettledRows;
  /** Replies that have left since they were looked at. */
  readonly #left: Reply6[] = [];

  readonly #relationships: number;
  readonly #policies: SharedArrayBuffer;
  readonly #updateLogs: readonly UpdateLogMemory[];
  readonly #updates: readonly ByteRingReader[];

  constructor(config: ServerConfig6, options: Engine6Options = {}) {
    this.#relationships = Math.max(1, config.relationships.length);
    this.#policies = allocatePolicies(this.#relationships);
    this.#updateLogs = Array.from({ length: this.#relationships }, () => allocateUpdateLog(1 << 20));
    this.#updates = this.#updateLogs.map(({ ring }) => new ByteRingReader(ring));
    const changes = allocateChangeLog(options.changeLogBytes ?? 1 << 24);
    const capacity = options.capacity ?? 4096;
    const table = allocateLeaseTable6(capacity);
    this.bookMemory = { table, pools: allocateServerPools6(config), changes };
    this.#changes = new Int32Array(changes.words);
    this.#rows = new ByteRingReader(changes.ring);
    const statistics = allocateStatistics(
      2,
      config.subnets.map(({ id }) => id),
      poolSeries6(config.subnets).series,
      STATISTICS_6,
    );
    this.reader = new StatisticsReader(statistics);
    const slotBytes = longestReplyBytes6(config);
    const slots = new ReplySlots(new Uint8Array(2 * PARKED_MAX * slotBytes), 2 * PARKED_MAX, slotBytes);
    const leave = (slot: number): void => {
      this.#settled.settle(slot);
      this.#leave(slot);
    };
    const drop = (slot: number): void => slots.give(slot);
    this.context = makeContext6({
      shard: 0,
      config,
      compiled: compileConfiguration6(config),
      book: this.bookMemory,
      limited: limitedCountsOf(config.hooks.limits, capacity),
      policies: this.#policies,
      updates: this.#updateLogs.map(({ ring }) => ring),
      events: this.eventMemory,
      listening: options.listening ?? Listening.off,
      dns: this.dns,
      rates: allocateRateLimits(config.hooks.limits),
      statistics,
      serverId: SERVER_ID,
      parkedMax: PARKED_MAX,
      firstTransaction: 1,
      classified: classifier,
      slots,
      exit: { release: leave, reject: drop, expire: drop },
      clock: this.clock,
    });
    this.#settled = new SettledRows(this.context.book, this.context.dns, 2 * PARKED_MAX);
    for (let at = 0; at < this.#relationships; at++) this.allow({}, at);
  }

  /** What the state machine of a relationship allows from now on; default: all of a server alone. */
  allow(policy: Partial<Policy>, relationship = 0): void {
    publishPolicy(new Int32Array(this.#policies), relationship, {
      serviceEnabled: true,
      activeServers: 0,
      scopes: 0,
      updateMode: UpdateMode.off,
      reusesLeases: true,
      observeOutOfScope: false,
      clientIdBytesMax: DUID_BYTES_MAX,
      ...policy,
    });
    this.context.policy.refresh();
  }

  /** The records for the peers of a relationship since the last call. */
  updates(relationship = 0): Update6[] {
    const updates: Update6[] = [];
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    const reader = this.#updates[relationship]!;
    while (reader.next(record)) {
      const lease = emptyRecord6();
      const { kind, length, offset, sequence } = record;
      const fault = decodeUpdateRecord6(reader.bytes, offset, length, lease);
      if (fault !== null) throw new Error(fault);
      const { prefixLength, state } = lease;
      const isUpdate = isUpdateRecord6(reader.bytes, offset);
      const clttSec = lease.expireSec - lease.validLifetimeSec;
      const address = `${formatIpv6(reader.bytes, lease.address.offset)}/${prefixLength}`;
      const isAwaited = (kind & UpdateRecord.awaited) !== 0;
      const isLast = (kind & UpdateRecord.last) !== 0;
      updates.push({ address, clttSec, isAwaited, isLast, isUpdate, state, transaction: sequence });
    }
    reader.release();
    return updates;
  }

  /** Sends a datagram, as a shard would serve it. @returns the name of the cell that says why there is no reply, or '' */
  send(datagram: Uint8Array, { arrival, source = SOURCE, shed = false }: Way = {}): string {
    const { context } = this;
    context.nowSec = this.clock.wallSec();
    context.nowMs = this.clock.monotonicMs();
    context.wallMs = this.clock.wallMs();
    place(classifier, [datagram]);
    classifier.classify6(1);
    const malformed = classifier.words6[Field.malformed]!;
    const before = this.#drops();
    if (malformed !== 0 && !isMendable6(context, malformed))
      countMalformed6(context, malformed, classifier.words6[Field.messageType]!);
    else {
      context.query.point(0, { ...LINK, ...arrival }, source, 0, 546);
      this.#serve(shed);
    }
    const after = this.#drops();
    return [...after].find(([name, value]) => value !== before.get(name))?.[0] ?? '';
  }

  #serve(shed: boolean): void {
    const { context } = this;
    context.slot = context.slots.take();
    const outcome = serve6(context, shed);
    if (outcome === Outcome.send) this.#leave(context.slot);
    else if (outcome === Outcome.park) {
      this.#settled.note(context.slot, context.plan, context.query.duid);
      const isAwaited = context.policy.updateMode === UpdateMode.await;
      context.park.add(context.slot, context.changes.lastChange, isAwaited, context.nowMs);
    } else {
      context.slots.give(context.slot);
      countDrop6(context, outcome);
    }
  }

  #drops(): Map<string, number> {
    return new Map([...this.reader.all()].filter(([name]) => name.startsWith('tandem-drop-')));
  }

  #leave(slot: number): void {
    const { slots } = this.context;
    const from = slot * slots.slotBytes;
    this.#left.push(readReply6(slots.bytes.slice(from, from + slots.lengths[slot]!)));
    slots.give(slot);
  }

  /** Everything recorded so far is on disk. */
  makeDurable(): void {
    Atomics.store(this.#changes, ChangeWord.durable, Atomics.load(this.#changes, ChangeWord.last));
    this.context.park.advanceDurable(this.context.book.changes.durable(), this.clock.monotonicMs());
    const { rows } = this.context.book.table;
    for (let slot = 0; slot < this.context.book.table.highWater(); slot++)
      rows.settle(slot, rows.unsettledChange(slot));
  }

  /** Replies that have left since the last call. */
  replies(): Reply6[] {
    return this.#left.splice(0);
  }

  /** Sends a datagram, makes what it changed durable, and returns the only reply, or null. */
  ask(datagram: Uint8Array, way?: Way): Reply6 | null {
    this.send(datagram, way);
    this.makeDurable();
    const replies = this.replies();
    if (replies.length > 1) throw new Error(`${replies.length} replies to one query`);
    return replies[0] ?? null;
  }

  statistic(name: string): number {
    const value = this.reader.all().get(name);
    if (value === undefined) throw new Error(`no statistic ${name}`);
    return value;
  }

  /** The rows that were recorded since the last call: "address/length duid iaid state valid". */
  rows(): string[] {
    const rows: string[] = [];
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    while (this.#rows.next(record)) {
      const row = this.#rows.bytes.slice(record.offset, record.offset + record.length);
      const fault = this.#decoder.decode(row, 0, { min: 18, max: 18 });
      if (fault !== RowFault6.none) throw new Error(`a row with fault ${fault}`);
      const { address, duid, iaid, prefixLength, state, validLifetimeSec } = this.#decoder.record;
      const owner = Buffer.from(duid.bytes.subarray(duid.offset, duid.offset + duid.length)).toString('hex');
      const text = formatIpv6(address.bytes.subarray(address.offset, address.offset + address.length));
      rows.push(`${text}/${prefixLength} ${owner} ${iaid} ${state} ${validLifetimeSec}`);
    }
    this.#rows.release();
    return rows;
  }

  /** The names of the leases in their order of age: "address name", "f" and "r" behind it for the updates of DNS. */
  names(): string[] {
    const { book } = this.context;
    const { rows } = book.table;
    const names: string[] = [];
    for (let slot = 0; slot < book.table.highWater(); slot++) {
      if (rows.isFree(slot)) continue;
      const { address, fqdnFwd, fqdnRev, hostname } = book.recordOf(slot);
      const text = Buffer.from(hostname.bytes).toString(
        'latin1',
        hostname.offset,
        hostname.offset + hostname.length,
      );
      const updates = `${fqdnFwd ? 'f' : ''}${fqdnRev ? 'r' : ''}`;
      const at = formatIpv6(address.bytes.subarray(address.offset, address.offset + address.length));
      names.push(`${at} ${text}${updates === '' ? '' : ` ${updates}`}`);
    }
    return names;
  }

  /** The state of the row of an address, or null. */
  state(address: string): number | null {
    const { table } = this.context.book;
    const slot = table.findByAddress(ip6(address), 0);
    return slot < 0 ? null : table.rows.state(slot);
  }
}
