/** A pair whose processes are killed and started again: what runs, in which state it is, and who has taken over. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { NAMES, type Name, Pair, SUBNET } from '../app/hot-standby-pair.ts';
import { ServerUnderTest, scratch, writeConfig } from '../app/process.ts';
import { ask, type Owner, RELAY, SERVER } from '../app/reloading.ts';
import { leasesOf } from '../app/synchronizing.ts';

export type Mode = 'hot-standby' | 'load-balancing';

/** Where the clients are, those of each kind behind a relay of their own. */
export const RELAYS = [RELAY, '127.0.0.4', '127.0.0.5'] as const;
/** Two that give out addresses at the same time have a pool each. */
const POOLS = {
  'hot-standby': {},
  'load-balancing': {
    pools: [
      { pool: '10.0.0.10 - 10.0.255.250', 'client-class': 'HA_a' },
      { pool: '10.1.0.10 - 10.1.255.250', 'client-class': 'HA_b' },
    ],
  },
} as const;
/** Longer than a start takes. */
const SILENCE_MS = 1_500;
const SETTLED_MS = 60_000;
const LOOK_MS = 5;

export interface PairWish {
  readonly mode: Mode;
  /** Shards of each server; as many as there are processors when it is not said. */
  readonly threads?: number;
  /** After so long a partner that says nothing is taken for dead. */
  readonly silenceMs?: number;
}

/** A server has taken its partner for dead. */
export interface Takeover {
  readonly name: Name;
  /** The state that it was in before. */
  readonly from: string;
  /** How often its partner had been killed by then. */
  readonly partnerKills: number;
}

export class CrashingPair {
  readonly #pair: Pair;
  readonly #servers = new Map<Name, ServerUnderTest>();
  readonly #wish: PairWish;
  readonly directories: Record<Name, string>;
  readonly ports: Record<Name, number>;
  readonly kills: Record<Name, number> = { a: 0, b: 0 };
  readonly takeovers: Takeover[] = [];
  /** Lease files whose last row was torn, and was cut off at the start. */
  mended = 0;
  /** Rows that were refused at a start. */
  refusedRows = 0;
  /** Lines of the present process that have been looked at. */
  readonly #seen: Record<Name, number> = { a: 0, b: 0 };
  readonly #states: Record<Name, string> = { a: '', b: '' };

  private constructor(owner: Owner, pair: Pair, wish: PairWish, ports: Record<Name, number>) {
    this.#pair = pair;
    this.#wish = wish;
    this.ports = ports;
    this.directories = { a: scratch(owner), b: scratch(owner) };
    owner.teardown(() => Promise.all([...this.#servers.values()].map((server) => server.stop('SIGKILL'))));
  }

  /** Starts both, and waits until they work as a pair. */
  static async start(owner: Owner, wish: PairWish): Promise<CrashingPair> {
    const ports = { a: await findFreeUdpPort(SERVER), b: await findFreeUdpPort(SERVER) };
    const crashing = new CrashingPair(owner, await Pair.prepare(owner), wish, ports);
    for (const name of NAMES) crashing.begin(name);
    await crashing.settled();
    return crashing;
  }

  get mode(): Mode {
    return this.#wish.mode;
  }

  get relayPort(): number {
    return this.#pair.relayPort;
  }

  /** Starts a server; waits for nothing. */
  begin(name: Name): void {
    const directory = this.directories[name];
    const { mode, threads, silenceMs = SILENCE_MS } = this.#wish;
    const more = { 'heartbeat-delay': 100, 'max-response-delay': silenceMs };
    const threading = { 'enable-multi-threading': true, 'thread-pool-size': threads };
    const dhcp4 = {
      ...(threads === undefined ? {} : { 'multi-threading': threading }),
      'lease-database': { type: 'memfile', name: `${directory}/leases.csv`, 'lfc-interval': 10 },
      subnet4: [{ ...SUBNET, relay: { 'ip-addresses': RELAYS }, ...POOLS[mode] }],
    };
    const file = writeConfig(directory, this.#pair.config(name, { mode, more, dhcp4 }));
    const args = ['serve', '-c', file, '-p', `${this.ports[name]}`, '-P', `${this.relayPort}`];
    this.#servers.set(name, new ServerUnderTest(args));
    this.#seen[name] = 0;
  }

  /** Kills servers at one moment, and waits until the processes are gone. */
  async kill(names: readonly Name[]): Promise<void> {
    await Promise.all(names.map((name) => this.#servers.get(name)!.stop('SIGKILL')));
    this.#look();
    for (const name of names) {
      this.kills[name]++;
      this.#states[name] = '';
    }
  }

  /** The last state that a server has told of; empty = none since its start. */
  state(name: Name): string {
    this.#look();
    return this.#states[name];
  }

  /** Every lease of a server with everything that it holds, by its address, but those that were given back: the partner forgets them. */
  async leases(name: Name): Promise<Map<string, string>> {
    const socket = join(this.directories[name], 'ctl');
    const all = await leasesOf({ ask: (command, args) => ask({ socket }, command, args) });
    return new Map([...all].filter(([, lease]) => !lease.includes('"valid-lft":0')));
  }

  /** Waits until both work as a pair. */
  async settled(): Promise<void> {
    await this.until('a pair', () => NAMES.every((name) => this.state(name) === this.mode));
  }

  /** @throws when it takes too long, or a process has ended by itself */
  async until(what: string, condition: () => boolean, lookMs = LOOK_MS): Promise<void> {
    for (const end = performance.now() + SETTLED_MS; performance.now() < end; await sleep(lookMs))
      if (condition()) return;
    const logs = NAMES.map((name) => JSON.stringify(this.#servers.get(name)!.log.slice(-20)));
    throw new Error(
      `not ${what} after ${SETTLED_MS} ms: ${this.state('a')} ${this.state('b')} ${logs.join('\n')}`,
    );
  }

  /** Takes in what both have logged since the last look. */
  #look(): void {
    for (const [name, { log }] of this.#servers) {
      for (; this.#seen[name] < log.length; this.#seen[name]++) {
        const { id, to, from, rowErrors } = log[this.#seen[name]]!;
        if (id === 'TDM_JOURNAL_FILE_REPAIRED') this.mended++;
        if (id === 'TDM_JOURNAL_LOADED') this.refusedRows += rowErrors as number;
        if (id === 'TDM_HA_STATE_CHANGED') this.#noteState(name, from as string, to as string);
      }
    }
  }

  #noteState(name: Name, from: string, to: string): void {
    this.#states[name] = to;
    if (to === 'partner-down')
      this.takeovers.push({ name, from, partnerKills: this.kills[name === 'a' ? 'b' : 'a'] });
  }
}
