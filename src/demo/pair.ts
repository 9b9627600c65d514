/** Two servers of this program on loopback, with files in a directory of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint, Endpoint6 } from '../load/model.ts';
import {
  addressOf,
  createIdentity,
  createLocalServer,
  createLocalServer6,
  type LocalServer,
  type ServerKind,
} from './local-server.ts';
import type { DemoMode } from './model.ts';
import {
  LOOPBACK,
  type PairTiming,
  type Place,
  pairConfig,
  type ServerIdentity,
  type TlsFiles,
} from './pair-config.ts';
import { pairConfig6, SERVICE_ADDRESS_6 } from './pair-config6.ts';
import { findFreeUdpPort } from './ports.ts';
import { localHaState, type ServerView, viewServer } from './server-view.ts';

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
  /** Loopback when it is not said. */
  readonly site?: PairSite;
  /** Makes the certificate files of each server, primary first; plain HTTP when it is not said. */
  readonly certify?: (directory: string) => readonly [TlsFiles, TlsFiles];
}

/** Where the two servers and the relay are. */
export interface PairSite {
  /** Primary first. */
  readonly places: readonly [Place, Place];
  /** The addresses that clients know them by. */
  readonly identifiers: readonly [string, string];
  readonly relay: Place;
}

export const ON_LOOPBACK: PairSite = {
  places: [LOOPBACK, LOOPBACK],
  identifiers: ['127.0.0.1', '127.0.0.2'],
  // giaddr, and where servers answer to.
  relay: { ...LOOPBACK, address: '127.0.0.3' },
};

/** @typeParam At how its family names where something is */
export class Pair<At = Endpoint> {
  readonly servers: readonly [LocalServer<At>, LocalServer<At>];
  readonly relay: At;
  readonly #directory: string;
  readonly #normalState: string;

  private constructor(
    servers: readonly [LocalServer<At>, LocalServer<At>],
    relay: At,
    directory: string,
    normalState: string,
  ) {
    this.servers = servers;
    this.relay = relay;
    this.#directory = directory;
    this.#normalState = normalState;
  }

  /** Chooses ports and writes the configurations; starts nothing. */
  static create(options: PairOptions): Promise<Pair> {
    const site = options.site ?? ON_LOOPBACK;
    return inNewDirectory(async (directory) => {
      const relay = await createRelay(site);
      const members = await createMembers(options, directory);
      const settings = { ...options, members, relayAddress: site.relay.address };
      const create = (index: 0 | 1): Promise<LocalServer> =>
        createLocalServer(
          options.kinds[index],
          members[index],
          pairConfig(settings, index),
          directory,
          relay.port,
        );
      return new Pair([await create(0), await create(1)], relay, directory, options.mode);
    });
  }

  /** As `create`, of DHCPv6; on loopback only. */
  static create6(options: Omit<PairOptions, 'poolSize' | 'site'>): Promise<Pair<Endpoint6>> {
    return inNewDirectory(async (directory) => {
      const relay = { address: SERVICE_ADDRESS_6, port: await findFreeUdpPort(LOOPBACK.address) };
      const members = await createMembers(options, directory);
      const create = (index: 0 | 1): Promise<LocalServer<Endpoint6>> =>
        createLocalServer6(
          options.kinds[index],
          members[index],
          pairConfig6({ ...options, members }, index),
          directory,
          relay.port,
        );
      return new Pair([await create(0), await create(1)], relay, directory, options.mode);
    });
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
    server: LocalServer<At>,
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

  #failure(server: LocalServer<At>, reason: string): Error {
    return new Error(`${server.identity.name}: ${reason}; its last output:\n${server.process.logTail()}`);
  }
}

/** Makes something in a directory that goes again when it cannot be made. */
async function inNewDirectory<Made>(make: (directory: string) => Promise<Made>): Promise<Made> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-pair-'));
  try {
    return await make(directory);
  } catch (error) {
    await rm(directory, { recursive: true });
    throw error;
  }
}

/** What tells the two servers apart, primary first. */
async function createMembers(
  { site = ON_LOOPBACK, certify }: Pick<PairOptions, 'site' | 'certify'>,
  directory: string,
): Promise<readonly [ServerIdentity, ServerIdentity]> {
  const certificates = certify?.(directory);
  const identify = (index: 0 | 1) =>
    createIdentity(
      `server${index + 1}`,
      site.identifiers[index],
      directory,
      site.places[index],
      certificates?.[index] ?? null,
    );
  return [await identify(0), await identify(1)];
}

/** The relay of a site, with a port that nobody has. */
export async function createRelay({ relay }: PairSite): Promise<Endpoint> {
  return { address: addressOf(relay.address), port: await findFreeUdpPort(ON_LOOPBACK.relay.address) };
}

async function stateOf(server: Pick<LocalServer, 'commands'>): Promise<string> {
  try {
    return localHaState(await server.commands.run('status-get')) ?? 'without a partner';
  } catch {
    return 'no answer';
  }
}
