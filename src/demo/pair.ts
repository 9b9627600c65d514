/** Two servers of this program on loopback, with files in a directory of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../load/model.ts';
import {
  addressOf,
  createIdentity,
  createLocalServer,
  type LocalServer,
  type ServerKind,
} from './local-server.ts';
import type { DemoMode } from './model.ts';
import { type PairTiming, pairConfig } from './pair-config.ts';
import { findFreeUdpPort } from './ports.ts';
import { localHaState, type ServerView, viewServer } from './server-view.ts';

/** The relay's address: giaddr, and where servers answer to. */
export const RELAY_ADDRESS = '127.0.0.3';
const STATE_POLL_MS = 50;
/** Between SIGTERM and SIGKILL. */
const STOP_MS = 5000;

export interface PairOptions {
  /** Which program each server is, primary first. */
  readonly kinds: readonly [ServerKind, ServerKind];
  readonly mode: DemoMode;
  readonly poolSize: number;
  readonly leaseTimeSec: number;
  readonly timing: PairTiming;
}

export class Pair {
  readonly servers: readonly [LocalServer, LocalServer];
  readonly relay: Endpoint;
  readonly #directory: string;
  readonly #normalState: string;

  private constructor(
    servers: readonly [LocalServer, LocalServer],
    relay: Endpoint,
    directory: string,
    normalState: string,
  ) {
    this.servers = servers;
    this.relay = relay;
    this.#directory = directory;
    this.#normalState = normalState;
  }

  /** Chooses ports and writes the configurations; starts nothing. */
  static async create(options: PairOptions): Promise<Pair> {
    const directory = await mkdtemp(join(tmpdir(), 'tandem-pair-'));
    try {
      return await Pair.#createIn(directory, options);
    } catch (error) {
      await rm(directory, { recursive: true });
      throw error;
    }
  }

  static async #createIn(directory: string, options: PairOptions): Promise<Pair> {
    const relay = { address: addressOf(RELAY_ADDRESS), port: await findFreeUdpPort(RELAY_ADDRESS) };
    const members = [
      await createIdentity('server1', '127.0.0.1', directory),
      await createIdentity('server2', '127.0.0.2', directory),
    ] as const;
    const settings = { ...options, members, relayAddress: RELAY_ADDRESS };
    const create = (index: 0 | 1): Promise<LocalServer> =>
      createLocalServer(
        options.kinds[index],
        members[index],
        pairConfig(settings, index),
        directory,
        relay.port,
      );
    return new Pair([await create(0), await create(1)], relay, directory, options.mode);
  }

  async start(): Promise<void> {
    for (const server of this.servers) await server.process.start();
  }

  /** Both servers' views; a server that does not answer is shown as down. */
  async view(): Promise<[ServerView, ServerView]> {
    const [first, second] = this.servers;
    return Promise.all([viewServer(first.commands), viewServer(second.commands)]);
  }

  /**
   * Waits until every given server is in the pair's normal state.
   * @throws when the time is over, a server's process has ended, or `signal` aborts
   */
  async waitForNormal(timeoutMs: number, signal: AbortSignal): Promise<void> {
    for (const server of this.servers) await this.waitForState(server, this.#normalState, timeoutMs, signal);
  }

  /** As `waitForNormal`, for one server and any state. */
  async waitForState(
    server: LocalServer,
    state: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let seen = 'no answer';
    while (performance.now() < deadline) {
      if (!server.process.isRunning) throw this.#failure(server, 'its process has ended');
      seen = await stateOf(server);
      if (seen === state) return;
      await sleep(STATE_POLL_MS, undefined, { signal });
    }
    throw this.#failure(server, `not ${state} after ${Math.round(timeoutMs)} ms but ${seen}`);
  }

  /** Ends both servers with SIGTERM. @returns whether both ended by themselves with exit code 0 */
  async stop(): Promise<boolean> {
    const ended = await Promise.all(this.servers.map((server) => server.process.stop(STOP_MS)));
    return ended.every((clean) => clean);
  }

  /** Kills what still runs and removes every file. */
  async destroy(): Promise<void> {
    for (const server of this.servers) {
      await server.process.kill();
      await server.commands.close();
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  #failure(server: LocalServer, reason: string): Error {
    return new Error(`${server.identity.name}: ${reason}; its last output:\n${server.process.logTail()}`);
  }
}

async function stateOf(server: LocalServer): Promise<string> {
  try {
    return localHaState(await server.commands.run('status-get')) ?? 'without a partner';
  } catch {
    return 'no answer';
  }
}
