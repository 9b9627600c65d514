/**
 * A pair of model servers with clients whose queries reach both, as relays send them, and everything that can happen to
 * the two: stop, kill, start, cuts between them, resets, maintenance, clocks that drift apart. `settle` heals it all and
 * waits until the pair says that it is whole; `differences` then tells what is not equal, and which client was betrayed.
 */
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import type { HaMode } from '../../src/config/ha-model.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { isInForce } from '../../src/lease/dhcp4/precedence.ts';
import { SKEW_MAX_SEC } from '../../src/lease/precedence.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { wired } from '../ha/support/peers.ts';
import { settle as turns, VirtualTime } from '../ha/support/virtual-time.ts';
import { type Action, PairClient } from './model-client.ts';
import { ModelServer } from './model-server.ts';
import type { PairWorld } from './pair-world.ts';

const CLIENTS = 14;
const LIFETIME_SEC = 20_000;
/** Turns that an exchange may take: packet, disk, partner, verdict, and back. */
const ROUNDS_MAX = 12;
const WHOLE_WITHIN_SEC = 300;

export type Side = 0 | 1;
export type PairMode = Exclude<HaMode, 'passive-backup'>;

const NAMES = ['server1', 'server2'] as const;
const ROLES = { 'load-balancing': 'secondary', 'hot-standby': 'standby' } as const;

export class ModelPair {
  readonly time = new VirtualTime();
  readonly clients = Array.from({ length: CLIENTS }, (_, number) => new PairClient(number + 1));
  readonly #mode: PairMode;
  readonly #world: PairWorld | null;
  readonly #servers: (ModelServer | null)[] = [null, null];
  readonly #disks: Lease4[][] = [[], []];
  readonly #aheadSec: [number, number];
  /** Whether requests of a side reach the other one. */
  readonly #reaches: [boolean, boolean] = [true, true];
  /** Addresses that a server gave without its partner's word, and which one, since the pair was last whole. */
  readonly #unshared = new Map<string, number>();
  /** Those of them that the other one then gave too: each served alone and knew nothing of it, nobody can rule that out. */
  readonly #contested = new Set<string>();
  readonly violations: string[] = [];

  /** @param world null = a subnet alone, without reservations */
  constructor(mode: PairMode, aheadSec: [number, number], world: PairWorld | null = null) {
    this.#mode = mode;
    this.#world = world;
    this.#aheadSec = aheadSec;
  }

  start(side: Side): void {
    if (this.#servers[side] !== null) return;
    const other = (1 - side) as Side;
    const role = other === 0 ? 'primary' : ROLES[this.#mode];
    const partner = wired(NAMES[other], role, () =>
      this.#reaches[side] ? (this.#servers[other]?.handlers ?? null) : null,
    );
    this.#servers[side] = new ModelServer({
      dhcp4: configOf(this.#mode, side),
      alter: (config) => this.#world?.alter(config, this.#mode) ?? config,
      time: this.time,
      aheadSec: this.#aheadSec[side],
      partner,
      leases: this.#disks[side]!,
    }).start();
  }

  async stop(side: Side): Promise<void> {
    const server = this.#servers[side];
    this.#servers[side] = null;
    if (server !== null && server !== undefined) this.#disks[side] = await server.stop();
  }

  async kill(side: Side): Promise<void> {
    const server = this.#servers[side];
    this.#servers[side] = null;
    if (server !== null && server !== undefined) this.#disks[side] = await server.kill();
  }

  cut(side: Side, reaches: boolean): void {
    this.#reaches[side] = reaches;
  }

  /** Both are alive, and one does not reach the other. */
  isParted(): boolean {
    return !this.#servers.includes(null) && this.#reaches.includes(false);
  }

  /** Sets a server's clock so far ahead of, or behind, what it was. */
  drift(side: Side, sec: number): void {
    this.#aheadSec[side] = sec;
    const server = this.#servers[side];
    if (server !== null && server !== undefined) server.clock.aheadSec = sec;
  }

  async command(side: Side, name: string): Promise<void> {
    const handler = this.#servers[side]?.handlers.get(name);
    if (handler !== undefined) await handler(undefined);
    await turns();
  }

  async pass(seconds: number): Promise<void> {
    for (let left = seconds * 1000; left > 0; left -= 500) {
      await this.time.advance(Math.min(500, left));
      this.#writeAndTurn(Number.POSITIVE_INFINITY);
      if (this.#isWhole()) this.#unshared.clear();
    }
  }

  #isWhole(): boolean {
    return this.states().every((state) => state === this.#mode);
  }

  states(): (string | null)[] {
    return this.#servers.map((server) => server?.state ?? null);
  }

  logs(): string[] {
    return this.#servers.flatMap((server, side) =>
      (server?.log ?? []).map((line) => `${NAMES[side]} ${line}`),
    );
  }

  /**
   * One exchange of a client with whoever answers.
   * @param roundsMax turns until it gives up, so that the next step finds it unfinished
   */
  async exchange(client: PairClient, action: Action, wish: number, roundsMax = ROUNDS_MAX): Promise<void> {
    let datagram: Uint8Array | null = client.begin(action, wish, this.time.monotonicMs());
    for (let round = 0; round < roundsMax; round++) {
      if (datagram !== null) for (const server of this.#servers) server?.send(datagram);
      datagram = null;
      await turns();
      this.#writeAndTurn(wish % 3 === 0 ? 1 : Number.POSITIVE_INFINITY);
      for (const [side, server] of this.#servers.entries())
        for (const reply of server?.replies() ?? []) {
          const owner = this.clients.find(({ mac }) => mac.replaceAll(':', '') === reply.mac);
          const next = owner?.answered(reply, this.time.monotonicMs()) ?? null;
          if (owner === client) datagram ??= next;
          if (owner?.held?.address === reply.yiaddr) this.#granted(owner, reply.yiaddr, side);
        }
    }
  }

  #granted(client: PairClient, address: string, side: number): void {
    const host = this.#world?.reserved.get(address) ?? client.number;
    if (host !== client.number)
      this.violations.push(`${address} is reserved for client ${host}, client ${client.number} got it`);
    const isGivenByBoth = (this.#unshared.get(address) ?? side) !== side;
    // Clocks further apart than that end a pair: which of two leases is the later one cannot be told by them.
    const isIncomparable = Math.abs(this.#aheadSec[0] - this.#aheadSec[1]) > SKEW_MAX_SEC;
    if (isGivenByBoth || isIncomparable) this.#contested.add(address);
    const state = this.#servers[side]?.state;
    if (state === 'partner-down' || state === 'communication-recovery' || state === 'terminated')
      this.#unshared.set(address, side);
    const nowMs = this.time.monotonicMs();
    const others = this.clients.filter((other) => other !== client && other.holds(address, nowMs));
    if (others.length === 0 || this.#contested.has(address)) return;
    this.violations.push(
      `${address} was given to client ${client.number}, client ${others[0]!.number} has it`,
    );
  }

  #writeAndTurn(rows: number): void {
    for (const server of this.#servers) {
      server?.sync(rows);
      server?.turn();
    }
  }

  /** Heals everything and waits until the pair is whole. @returns whether it came to that */
  async settle(): Promise<boolean> {
    this.cut(0, true);
    this.cut(1, true);
    if (Math.abs(this.#aheadSec[0] - this.#aheadSec[1]) > SKEW_MAX_SEC) this.drift(1, this.#aheadSec[0]);
    for (const side of [0, 1] as const) this.start(side);
    for (let sec = 0; sec < WHOLE_WITHIN_SEC; sec += 5) {
      await this.pass(5);
      if (this.#isWhole()) return this.#quiet();
      for (const side of [0, 1] as const) await this.#help(side, this.states()[side]!);
    }
    return false;
  }

  /** What an operator does: states that end by command or by a restart only. */
  async #help(side: Side, state: string): Promise<void> {
    if (state === 'partner-in-maintenance') await this.command(side, 'ha-maintenance-cancel');
    const isForgotten = state === 'in-maintenance' && this.states()[1 - side] !== 'partner-in-maintenance';
    if (state === 'terminated' || isForgotten) {
      await this.stop(side);
      this.start(side);
    }
  }

  /** Two more heartbeats: what is fetched or sent once more while both serve comes to its end. */
  async #quiet(): Promise<true> {
    await this.pass(6);
    return true;
  }

  differences(): string[] {
    const [first, second] = this.#servers.map((server) => this.#inForce(server!));
    const found = [...this.violations];
    for (const address of new Set([...first!.keys(), ...second!.keys()])) {
      const [a, b] = [first!.get(address), second!.get(address)];
      if (describe(a) !== describe(b)) found.push(`${address}: ${describe(a)} and ${describe(b)}`);
    }
    for (const client of this.clients) {
      const { held } = client;
      if (held === null || held.untilMs <= this.time.monotonicMs() || this.#contested.has(held.address))
        continue;
      const lease = first!.get(held.address);
      if (lease === undefined || formatHex(lease.hwAddress) !== client.mac)
        found.push(`client ${client.number} holds ${held.address}, the servers have ${describe(lease)}`);
    }
    return found;
  }

  #inForce(server: ModelServer): Map<string, Lease4> {
    const leases = server.store.all(null).filter((lease) => isInForce(lease, this.time.wallSec()));
    return new Map(leases.map((lease) => [formatIpv4(lease.address), lease]));
  }

  async close(): Promise<void> {
    await this.kill(0);
    await this.kill(1);
  }
}

function describe(lease: Lease4 | undefined): string {
  if (lease === undefined) return 'nothing';
  const client = lease.state === LeaseState.declined ? 'declined' : formatHex(lease.hwAddress);
  return `${client} cltt ${lease.clttSec} for ${lease.validLifetimeSec}`;
}

function configOf(mode: PairMode, side: Side): Record<string, unknown> {
  const guard = (name: string): object => (mode === 'load-balancing' ? { 'client-class': `HA_${name}` } : {});
  return {
    'valid-lifetime': LIFETIME_SEC,
    'decline-probation-period': 10_000,
    'user-context': { tandem: { 'shutdown-grace-time': 0 } },
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      {
        library: 'libdhcp_ha.so',
        parameters: {
          'high-availability': [
            {
              'this-server-name': NAMES[side],
              mode,
              'heartbeat-delay': 1000,
              'max-response-delay': 3000,
              'max-ack-delay': 1000,
              'max-unacked-clients': 2,
              'delayed-updates-limit': mode === 'load-balancing' ? 6 : 0,
              'sync-page-limit': 5,
              peers: NAMES.map((name, index) => ({
                name,
                url: `http://127.0.0.1:800${index + 1}/`,
                role: index === 0 ? 'primary' : ROLES[mode],
              })),
            },
          ],
        },
      },
    ],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [
          { pool: '10.0.0.10 - 10.0.0.29', ...guard('server1') },
          { pool: '10.0.0.30 - 10.0.0.49', ...guard('server2') },
        ],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
    ],
  };
}
