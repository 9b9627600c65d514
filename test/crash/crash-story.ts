/**
 * A pair under load whose processes are killed, one, the other or both, at moments that a seed decides: while they serve, while
 * one serves alone, while one takes over the other's leases, while it starts. After one to three kills everything is let
 * run until both work as a pair again, and their disks are compared with what the clients hold.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NAMES, type Name } from '../app/hot-standby-pair.ts';
import type { Owner } from '../app/reloading.ts';
import { numbersFrom } from '../support/numbers.ts';
import { CrashClients } from './crash-clients.ts';
import { CrashingPair, type Mode } from './crashing-pair.ts';
import { violationsOf } from './witness.ts';

const VICTIMS: readonly (readonly Name[])[] = [['a'], ['b'], ['a', 'b']];
const BURST_MAX = 3;
/** From a steady pair to the first kill of a round; from a start to the next kill. */
const BEFORE_MS_MAX = 300;
const BETWEEN_MS_MAX = 700;
/** Until what was killed is started again; both come back before either takes the other for dead. */
const AWAY_MS_MAX = 150;
/** A server that comes back and finds nobody takes over with the leases that it had when it was killed. */
const NEW_STATES = new Set(['waiting', 'syncing', 'ready']);
/** How long one has served alone when the other is started. */
const ALONE_MS_MAX = 200;

export interface CrashWish {
  readonly mode: Mode;
  readonly threads?: number;
  readonly kills: number;
  readonly seed: number;
}

export interface CrashReport {
  /** Processes that were killed: two where both were at once. */
  kills: number;
  rounds: number;
  served: number;
  takeovers: number;
  /** Lease files whose end was torn, and mended. */
  mended: number;
  /** Rounds in which a server took a partner for dead that was not, or had missed what that had done: what they came to is apart. */
  apart: number;
  /** In the other rounds. */
  readonly violations: string[];
}

export class CrashStory {
  readonly #pair: CrashingPair;
  readonly #clients: CrashClients;
  readonly #chance: (below: number) => number;
  readonly #report: CrashReport = {
    kills: 0,
    rounds: 0,
    served: 0,
    takeovers: 0,
    mended: 0,
    apart: 0,
    violations: [],
  };

  private constructor(pair: CrashingPair, clients: CrashClients, seed: number) {
    this.#pair = pair;
    this.#clients = clients;
    this.#chance = numbersFrom(seed);
  }

  /** @param say is told of each round */
  static async tell(owner: Owner, wish: CrashWish, say: (line: string) => void): Promise<CrashReport> {
    const pair = await CrashingPair.start(owner, wish);
    const clients = await CrashClients.start([pair.ports.a, pair.ports.b], pair.relayPort);
    owner.teardown(() => clients.stop());
    const story = new CrashStory(pair, clients, wish.seed);
    while (story.#report.kills < wish.kills) await story.#round(say);
    return story.#report;
  }

  async #round(say: (line: string) => void): Promise<void> {
    const pair = this.#pair;
    const report = this.#report;
    const killsBefore = { ...pair.kills };
    const takeoversBefore = pair.takeovers.length;
    const conflictsBefore = this.#clients.conflicts;
    const refusedBefore = pair.refusedRows;
    await sleep(this.#chance(BEFORE_MS_MAX));
    const told: string[] = [];
    for (let kills = 1 + this.#chance(BURST_MAX); kills > 0; kills--) told.push(await this.#kill());
    await pair.settled();
    await this.#clients.pause();
    const violations = await violationsOf(pair, this.#clients);
    const conflicts = this.#clients.conflicts - conflictsBefore;
    if (conflicts > 0) violations.push(`${conflicts} addresses were given twice`);
    if (pair.refusedRows > refusedBefore) violations.push(`${pair.refusedRows - refusedBefore} rows refused`);
    const takeovers = pair.takeovers.slice(takeoversBefore);
    const isApart = takeovers.some(
      ({ name, from, partnerKills }) =>
        NEW_STATES.has(from) || partnerKills === killsBefore[name === 'a' ? 'b' : 'a'],
    );
    report.rounds++;
    report.kills = pair.kills.a + pair.kills.b;
    report.served = this.#clients.served;
    report.takeovers = pair.takeovers.length;
    report.mended = pair.mended;
    if (isApart) report.apart++;
    else report.violations.push(...violations);
    say(
      `${report.kills} kills: ${told.join(', then ')}; ${takeovers.length} takeovers${isApart ? ', apart' : ''}; ${violations.join('; ') || 'all is well'}`,
    );
    this.#clients.resume();
  }

  /** Kills one or both, and starts what was killed. @returns what was done */
  async #kill(): Promise<string> {
    const pair = this.#pair;
    const victims = VICTIMS[this.#chance(VICTIMS.length)]!;
    const states = victims.map((name) => `${name} (${pair.state(name) || 'starting'})`).join(' and ');
    const survivor = NAMES.find((name) => !victims.includes(name));
    const wasNormal = survivor !== undefined && pair.state(survivor) === pair.mode;
    await pair.kill(victims);
    const isLong = this.#chance(2) === 1;
    if (isLong && wasNormal) {
      await pair.until('alone', () => pair.state(survivor) === 'partner-down');
      await sleep(this.#chance(ALONE_MS_MAX));
    }
    for (const name of victims) {
      await sleep(this.#chance(AWAY_MS_MAX));
      pair.begin(name);
    }
    await sleep(this.#chance(BETWEEN_MS_MAX));
    return states;
  }
}
