/**
 * A server with everything around it: clients, disk, partner, administrator and timers, each doing what it may at any
 * moment. After every step `check` compares what each of them believes; it throws where two of them disagree.
 */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { createReclaimer4 } from '../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import type { Reclaimer } from '../../src/engine/leases/reclaim.ts';
import { ShardWord } from '../../src/engine/parked/shard-link.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { PoolSet } from '../../src/lease/pool.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { BenchServer } from './bench-server.ts';
import { fatesOf } from './fates.ts';
import { leaseOf } from './leases.ts';
import { CLIENTS, ModelClient, ownerOf } from './model-clients.ts';
import { ModelDisk, ModelPartner } from './model-disk.ts';
import type { World } from './model-worlds.ts';
import { ip, number32, packet, type Reply } from './packets.ts';
import { countAssigned, type Options, SERVER } from './queries.ts';
import { TestClock } from './test-clock.ts';

const SUBNETS = {
  'valid-lifetime': 3600,
  'min-valid-lifetime': 60,
  'max-valid-lifetime': 7200,
  'decline-probation-period': 600,
  'user-context': { tandem: { 'shutdown-grace-time': 0 } },
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/24',
      pools: [{ pool: '10.0.0.10 - 10.0.0.13' }, { pool: '10.0.0.20 - 10.0.0.22' }],
    },
    { id: 2, subnet: '10.2.0.0/24', pools: [{ pool: '10.2.0.10 - 10.2.0.12' }] },
  ],
};
export interface ModelSettings {
  readonly updateMode: UpdateMode;
  /** Every so many awaited transactions the partner refuses; 0 = none. */
  readonly rejectNth: number;
  /** Leases are kept for their client after their end. */
  readonly affinity: boolean;
  readonly cacheThreshold: number;
  /** Rows of the lease table; the pools have ten addresses at least. */
  readonly capacity: number;
  readonly world: World;
}

export class Model {
  readonly clients = Array.from({ length: CLIENTS }, (_, number) => new ModelClient(number));
  readonly #settings: ModelSettings;
  readonly #clock = new TestClock();
  readonly #server: BenchServer;
  readonly #disk: ModelDisk;
  readonly #partner: ModelPartner;
  readonly #store: MainLeaseStore;
  readonly #reclaimer: Reclaimer;
  readonly #pools: PoolSet;
  /** Address -> step in which an administrator changed its lease without asking its client. */
  readonly #overridden = new Map<string, number>();
  #step = 0;
  #asked = 0;

  constructor(settings: ModelSettings) {
    this.#settings = settings;
    const { affinity, cacheThreshold, updateMode, capacity, world } = settings;
    const processing = affinity ? {} : { 'hold-reclaimed-time': 0, 'flush-reclaimed-timer-wait-time': 0 };
    const dhcp4 = { ...SUBNETS, 'cache-threshold': cacheThreshold, 'expired-leases-processing': processing };
    this.#server = new BenchServer(dhcp4, {
      clock: this.#clock,
      changeLogBytes: 1 << 22,
      capacity,
      alter: world.alter,
    });
    this.#server.policy({ activeServers: 1, scopes: 1, updateMode });
    this.#disk = new ModelDisk(this.#server);
    this.#partner = new ModelPartner(this.#server);
    const accounting = new LeaseAccounting(new StatisticsWriter(this.#server.statistics, 0), world.subnetIds);
    const durability = { durable: async () => {} };
    const { book } = this.#server;
    const clock = this.#clock;
    this.#store = new MainLeaseStore({ book, accounting: () => accounting, durability, clock });
    this.#reclaimer = createReclaimer4(
      book,
      () => accounting,
      () => this.#server.events,
      clock,
    );
    this.#pools = new PoolSet(this.#server.bookMemory.pools);
  }

  close(): void {
    this.#server.close();
  }

  /** A DISCOVER, perhaps with a wish. */
  discover(client: ModelClient, wish: number): void {
    client.held = null;
    const options: Options = wish % 3 === 0 ? [[50, ip(this.#address(client, wish))]] : [];
    this.#ask(client, MessageType.discover, '0.0.0.0', options);
  }

  /** A REQUEST in SELECTING, for what was offered or for anything else; without an address now and then. */
  select(client: ModelClient, wish: number): void {
    client.held = null;
    const address = wish % 4 !== 0 && client.offered !== null ? client.offered : this.#address(client, wish);
    const options: Options =
      wish % 11 === 0
        ? [[54, SERVER]]
        : [
            [50, ip(address)],
            [54, SERVER],
          ];
    this.#ask(client, MessageType.request, '0.0.0.0', options);
  }

  reboot(client: ModelClient, wish: number): void {
    const address =
      wish % 4 !== 0 && client.held !== null ? client.held.address : this.#address(client, wish);
    this.#ask(client, MessageType.request, '0.0.0.0', [[50, ip(address)]]);
  }

  renew(client: ModelClient, wish: number): void {
    const name: Options = wish % 5 === 0 ? [[12, [0x61 + (wish % 7)]]] : [];
    const time: Options = wish % 3 === 0 ? [[51, [0, 0, wish % 32, 0]]] : [];
    const address = this.#heldOr(client, wish);
    // Who claims another address has given up the one before.
    if (client.held?.address !== address) client.held = null;
    this.#ask(client, MessageType.request, address, [...name, ...time]);
  }

  release(client: ModelClient, wish: number): void {
    const address = this.#heldOr(client, wish);
    if (client.held?.address === address) client.held = null;
    this.#ask(client, MessageType.release, address, []);
    client.expected = null;
  }

  decline(client: ModelClient, wish: number): void {
    const address = this.#heldOr(client, wish);
    if (client.held?.address === address) client.held = null;
    this.#ask(client, MessageType.decline, '0.0.0.0', [[50, ip(address)]]);
    client.expected = null;
  }

  inform(client: ModelClient): void {
    this.#ask(client, MessageType.inform, '0.0.0.0', []);
    client.expected = null;
  }

  pass(seconds: number): void {
    this.#clock.pass(seconds);
  }

  sync(rows: number): void {
    this.#disk.sync(rows);
  }

  answer(pick: number): void {
    this.#partner.answer(pick);
  }

  /** A cycle of the expiry timer. @param maxLeases limit of the cycle, 0 = none */
  async reclaim(maxLeases: number, mayReclaim: boolean): Promise<void> {
    const limits = { maxReclaimLeases: maxLeases, maxReclaimMs: 0 };
    const config = { ...this.#server.config.expiredLeases, ...limits };
    await this.#reclaimer.cycle(config, mayReclaim, async () => {});
    if (!mayReclaim || maxLeases > 0) return;
    // Everybody has been looked at: a bit is taken for a live row, and for nothing else.
    for (const address of this.#settings.world.addresses) {
      const number = parseIpv4(address)!;
      if (this.#pools.isAside(number)) continue;
      const slot = this.#server.book.table.findByAddress(number);
      const isLive = slot >= 0 && this.#server.book.isLive(slot, this.#clock.wallSec());
      require(this.#pools.isTaken(number) === isLive, `the bit of ${address}`);
    }
  }

  /** The partner, or an administrator, gives an address to a client that is none of ours. */
  put(pick: number): void {
    const { addresses, subnetOf } = this.#settings.world;
    const address = addresses[pick % addresses.length]!;
    const hwAddress = Uint8Array.of(6, 0, 0, 0, pick & 255, 200 + (pick % 50));
    const state = pick % 7 === 0 ? LeaseState.declined : LeaseState.assigned;
    const subnetId = subnetOf(address);
    const fields = { hwAddress, state, subnetId, validLifetimeSec: 600, clttSec: this.#clock.wallSec() };
    if (this.#store.put(leaseOf(parseIpv4(address)!, fields)) !== 'full') this.#override(address);
  }

  remove(pick: number): void {
    const { addresses } = this.#settings.world;
    const address = addresses[pick % addresses.length]!;
    if (this.#store.remove(parseIpv4(address)!)) this.#override(address);
  }

  restart(): void {
    this.#server.restart();
    this.#server.turn();
  }

  /** Lets everything that is under way come to its end. */
  async settle(): Promise<void> {
    this.#partner.read(this.#settings.rejectNth);
    while (this.#partner.backlog > 0) this.answer(0);
    this.#disk.read();
    this.sync(this.#disk.backlog);
    this.#takeReplies();
    require(this.#parked() === 0, 'nothing is parked at the end');
    await this.reclaim(0, true);
  }

  /** Throws when two of the parties disagree. */
  check(): void {
    this.#step++;
    this.#disk.read();
    this.#partner.read(this.#settings.rejectNth);
    this.#takeReplies();
    this.#checkRows();
    this.#checkCounters();
  }

  #override(address: string): void {
    this.#overridden.set(address, this.#step);
    for (const client of this.clients) if (client.held?.address === address) client.held = null;
  }

  #address(client: ModelClient, pick: number): string {
    const addresses = this.#settings.world.wishes(client.subnetId);
    return addresses[pick % addresses.length]!;
  }

  #heldOr(client: ModelClient, wish: number): string {
    return wish % 6 !== 0 && client.held !== null ? client.held.address : this.#address(client, wish);
  }

  #ask(client: ModelClient, type: number, ciaddr: string, options: Options): void {
    this.#asked++;
    const identity = client.identity(this.#settings.world);
    client.expected = { xid: this.#asked, sentSec: this.#clock.wallSec(), step: this.#step };
    const all = [...options, ...identity.options];
    this.#server.send(packet({ type, xid: this.#asked, mac: identity.mac, ciaddr, options: all }));
    this.#takeReplies();
  }

  #takeReplies(): void {
    for (const reply of this.#server.replies()) {
      const client = this.clients.find(({ expected }) => expected?.xid === reply.xid);
      // An answer to what its client has given up on since.
      if (client === undefined) continue;
      if (reply.type === MessageType.nak) client.held = null;
      if (reply.type === MessageType.offer) client.offered = reply.yiaddr;
      // The answer to an INFORM gives no address.
      if (reply.type === MessageType.ack && reply.yiaddr !== '0.0.0.0') this.#takeAck(client, reply);
    }
  }

  #takeAck(client: ModelClient, reply: Reply): void {
    const { sentSec, step } = client.expected!;
    const address = reply.yiaddr;
    if ((this.#overridden.get(address) ?? -1) >= step) return;
    const nowSec = this.#clock.wallSec();
    const other = this.clients.find((each) => each !== client && each.holds(address, nowSec));
    require(other === undefined, `${address} is client ${client.number}’s and client ${other?.number}’s`);
    const host = this.#settings.world.reserved.get(address) ?? client.number;
    require(host ===
      client.number, `${address} is reserved for client ${host}, client ${client.number} got it`);
    const stored = this.#disk.durable.get(address);
    const owner = stored === undefined ? null : ownerOf(stored.hwAddress, stored.clientId);
    require(owner === client.number, `the ACK of ${address} leaves before the lease is on disk`);
    if (this.#settings.updateMode === UpdateMode.await) {
      const known = this.#partner.leases.get(address) ?? '';
      const hw = Buffer.from(stored!.hwAddress)
        .toString('hex')
        .replace(/..(?=.)/g, '$&:');
      require(known === hw, `the ACK of ${address} leaves before the partner has the lease`);
    }
    client.held = { address, untilSec: sentSec + number32(reply, 51)! };
  }

  #checkRows(): void {
    const { book } = this.#server;
    const nowSec = this.#clock.wallSec();
    const owners = new Set<string>();
    const { world } = this.#settings;
    let taken = 0;
    for (const address of this.#server.addresses()) {
      const lease = this.#server.lease(address)!;
      const slot = book.table.findByAddress(lease.address);
      const isLive = book.isLive(slot, nowSec);
      const isTaken = this.#pools.isTaken(lease.address);
      const isOfPool = this.#pools.blockOf(lease.address) >= 0;
      require(!isLive || isTaken || !isOfPool, `${address} is leased and free`);
      if (isTaken && !this.#pools.isAside(lease.address)) taken++;
      if (lease.state === LeaseState.offered) continue;
      this.#checkWritten(address);
      const owner = ownerOf(lease.hwAddress, lease.clientId);
      if (!isLive || owner === null || lease.state !== LeaseState.assigned) continue;
      const key = `${owner} in ${world.linkName(lease.subnetId)}`;
      require(!owners.has(key), `client ${key} has two leases`);
      owners.add(key);
    }
    const numbers = world.addresses.map((address) => parseIpv4(address)!);
    const free = numbers.filter((number) => !this.#pools.isTaken(number)).length;
    const aside = numbers.filter((number) => this.#pools.isAside(number)).length;
    require(free + taken + aside === numbers.length, 'a taken address without a row');
    for (const [address, lease] of this.#disk.written) {
      const isKnown = (this.#server.lease(address)?.state ?? LeaseState.offered) !== LeaseState.offered;
      const isOver =
        lease.clttSec + lease.validLifetimeSec < nowSec || lease.state === LeaseState.expiredReclaimed;
      require(isKnown || isOver, `the lease file has a live lease of ${address} that the table lacks`);
    }
  }

  /** A row of the table stands in the lease file as it is. */
  #checkWritten(address: string): void {
    const lease = this.#server.lease(address)!;
    const written = this.#disk.written.get(address);
    if (lease.validLifetimeSec === 0)
      return require(written === undefined, `${address} is not deleted on disk`);
    require(written !== undefined, `${address} is not on disk`);
    const text = (value: object): string =>
      JSON.stringify(value, (_, each) => (each instanceof Uint8Array ? [...each] : each));
    require(text(written!) === text(lease), `${address} on disk ${text(written!)}, in memory ${text(lease)}`);
  }

  #checkCounters(): void {
    const server = this.#server;
    require(server.statistic('assigned-addresses') === countAssigned(server), 'assigned-addresses');
    for (const id of this.#settings.world.subnetIds) {
      const counted = server.subnetStatistic(`subnet[${id}].assigned-addresses`);
      require(counted === countAssigned(server, id), `subnet[${id}].assigned-addresses is ${counted}`);
    }
    const declined = server.addresses().filter((each) => server.lease(each)!.state === LeaseState.declined);
    require(server.statistic('declined-addresses') === declined.length, 'declined-addresses');
    const fates = [...fatesOf(server).values()].reduce((sum, value) => sum + value, 0);
    require(server.statistic('pkt4-received') ===
      fates + this.#parked(), 'a datagram without a fate, or with two');
    require(server.book.table.count() === server.addresses().length, 'the table counts its rows');
  }

  #parked(): number {
    return Atomics.load(new Int32Array(this.#server.link.words), ShardWord.parked);
  }
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
