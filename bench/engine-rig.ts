/** The engine without sockets and threads: a query goes in as octets, and its answer is read from the slot. */
import { allocateBell } from '../src/base/bell.ts';
import { ByteRingReader, type RingRecord } from '../src/base/byte-ring.ts';
import { systemClock } from '../src/base/clock.ts';
import type { ServerConfig } from '../src/config/model.ts';
import { GIADDR_OFFSET, MessageType, YIADDR_OFFSET } from '../src/dhcp4/codes.ts';
import { compileConfiguration } from '../src/engine/compiled/compiled-configuration.ts';
import type { Context } from '../src/engine/context.ts';
import { hasReply, serve } from '../src/engine/engine.ts';
import { allocateStatistics } from '../src/engine/figures/statistics.ts';
import { Listening } from '../src/engine/leases/lease-events.ts';
import { allocateDnsLog } from '../src/engine/names/dns-log.ts';
import { allocateShardLink, allocateUpdateLog } from '../src/engine/parked/shard-link.ts';
import { allocatePolicies, publishPolicy } from '../src/engine/policy.ts';
import { longestReplyBytes } from '../src/engine/reply/option-size.ts';
import { ReplySlots } from '../src/engine/reply/reply-slots.ts';
import { allocateServerPools } from '../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../src/engine/subnets/pool-series.ts';
import { allocateJournal } from '../src/journal/memory.ts';
import { allocateChangeLog } from '../src/lease/change-log.ts';
import { allocateLeaseTable } from '../src/lease/dhcp4/layout.ts';
import { allocateLeaseEvents } from '../src/lease/events.ts';
import { QUERY_BYTES, type QueryFields, QueryWriter } from '../src/load/dhcp4/query.ts';
import { buildContext } from '../src/shard/dhcp4/context.ts';
import { allocateSocketTable } from '../src/shard/dhcp4/socket-table.ts';
import { INPUT_OFFSET } from '../src/wasm/layout.ts';
import { Classifier } from '../src/wasm/module.ts';

const SLOTS = 4;
const RING_BYTES = 1 << 22;
const SERVER = 0x7f000001;
const SEED = 7;
const SOCKET = {
  fd: 0,
  address: SERVER,
  interfaceName: 'lo',
  broadcast: false,
  replyFd: 0,
  broadcastFd: 0,
  joinMax: 0,
  raw: null,
};

export class EngineRig {
  readonly context: Context;
  readonly #classifier = new Classifier();
  readonly #queries = new QueryWriter(0, SEED);
  readonly #fields: QueryFields = {
    xid: 0,
    client: 0,
    secs: 0,
    ciaddr: 0,
    requestedAddress: 0,
    serverIdentifier: 0,
  };
  readonly #bytes: Uint8Array;
  readonly #reply: DataView;
  readonly #slotBytes: number;
  readonly #journal: ByteRingReader;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };

  /** @param capacity rows of the lease table */
  constructor(config: ServerConfig, capacity: number) {
    this.#slotBytes = longestReplyBytes(config);
    const replies = new Uint8Array(SLOTS * this.#slotBytes);
    this.#reply = new DataView(replies.buffer);
    this.#bytes = new Uint8Array(this.#classifier.memory.buffer);
    const changes = allocateChangeLog(RING_BYTES);
    this.#journal = new ByteRingReader(changes.ring);
    const policies = allocatePolicies(1);
    const task = {
      shard: 0,
      sockets: allocateSocketTable(),
      config,
      book: { table: allocateLeaseTable(capacity), pools: allocateServerPools(config), changes },
      limited: null,
      rates: null,
      ping: null,
      durations: null,
      policies,
      updates: [allocateUpdateLog(RING_BYTES)],
      events: allocateLeaseEvents(RING_BYTES),
      listening: Listening.off,
      dns: allocateDnsLog(RING_BYTES),
      link: allocateShardLink(-1, SLOTS),
      journal: allocateJournal(),
      bells: [],
      statistics: allocateStatistics(
        2,
        config.subnets.map(({ id }) => id),
        poolSeries(config.subnets).series,
      ),
      handed: [],
      parkedMax: SLOTS,
      linkBell: allocateBell(-1),
      forcedPort: 0,
    };
    const slots = new ReplySlots(replies, SLOTS, this.#slotBytes);
    const exit = { release: () => {}, reject: () => {}, expire: () => {} };
    this.context = buildContext(
      task,
      compileConfiguration(config),
      [SOCKET],
      this.#classifier,
      slots,
      exit,
      systemClock,
    );
    publishPolicy(new Int32Array(policies), 0, {
      serviceEnabled: true,
      activeServers: 0,
      scopes: 0,
      updateMode: 0,
      reusesLeases: true,
      observeOutOfScope: false,
      clientIdBytesMax: 255,
    });
    this.context.policy.refresh();
  }

  /**
   * DISCOVER and REQUEST of one client behind a relay. @returns the address of the ACK
   * @throws when there is no answer
   */
  exchange(client: number, relay: number): number {
    const offered = this.#ask(client, relay, MessageType.discover, 0);
    const address = this.#ask(client, relay, MessageType.request, offered);
    while (this.#journal.next(this.#record));
    this.#journal.release();
    return address;
  }

  #ask(client: number, relay: number, type: number, address: number): number {
    const { context } = this;
    const fields = this.#fields;
    fields.client = client;
    fields.requestedAddress = address;
    fields.serverIdentifier = address === 0 ? 0 : SERVER;
    this.#queries.write(this.#bytes, INPUT_OFFSET, type, fields);
    for (let i = 0; i < 4; i++)
      this.#bytes[INPUT_OFFSET + GIADDR_OFFSET + i] = (relay >>> (24 - i * 8)) & 255;
    this.#classifier.setLength(0, QUERY_BYTES);
    this.#classifier.classify(1);
    context.query.point(0, INPUT_OFFSET, SOCKET, relay, 67);
    context.slot = context.slots.take();
    const outcome = serve(context, false);
    const yiaddr = this.#reply.getUint32(context.slot * this.#slotBytes + YIADDR_OFFSET);
    context.slots.give(context.slot);
    if (!hasReply(outcome) || yiaddr === 0) throw new Error(`client ${client} got no address: ${outcome}`);
    return yiaddr;
  }
}
