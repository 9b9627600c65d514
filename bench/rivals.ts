/** The servers that the end-to-end benchmarks load, each with a relay port and files of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIdentity,
  createLocalServer,
  type LocalServer,
  type ServerKind,
} from '../src/demo/local-server.ts';
import type { DemoMode } from '../src/demo/model.ts';
import { createRelay, ON_LOOPBACK, Pair, type PairSite } from '../src/demo/pair.ts';
import { type AnyConfiguration, poolOf, singleConfig, type TlsFiles } from '../src/demo/pair-config.ts';
import type { Endpoint, LoadOptions, LoadOptions6 } from '../src/load/model.ts';
import { Authority } from '../test/support/authority.ts';
import type { Contender } from './contenders.ts';

/** @typeParam At how its family names where something is */
export interface Rival<At = Endpoint> {
  readonly name: string;
  readonly relay: At;
  readonly servers: readonly At[];
  /** Port of its HTTP control API. */
  readonly controlPort: number;
  /** The interface that its clients are on; null = they are behind the relay. */
  readonly link: string | null;
  /** What its clients do otherwise than those of others. */
  readonly load?: Partial<LoadOptions> | Partial<LoadOptions6>;
  /** The command that runs a program where the relay is. */
  readonly enterRelay: readonly string[];
  /** Starts it; a server without a partner may still be starting when this resolves. */
  start(): Promise<void>;
  readonly pids: readonly number[];
  /** Resident memory of each server that runs, in bytes. */
  residentBytes(): readonly number[];
  /** Ends it; its files stay for the next start. */
  halt(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Addresses of a server, or of the two pools of a pair together. */
export const POOL_SIZE = 1 << 21;
export const LEASE_TIME_SEC = 7200;
export const NORMAL_STATE_TIMEOUT_MS = 60_000;
/** Between SIGTERM and SIGKILL. */
const STOP_MS = 10_000;
/** Nothing fails over here, however late a heartbeat is under full load. */
export const TIMING = {
  heartbeatDelayMs: 1000,
  maxResponseDelayMs: 60_000,
  maxAckDelayMs: 10_000,
  maxUnackedClients: 1000,
};

export interface SingleChoice {
  /** When it is not the program's. */
  readonly name?: string;
  readonly site?: PairSite;
  /** Fills its lease file before it starts. */
  readonly writeLeases?: (leaseFile: string) => void;
  /** The relay that it answers to, when it has none of its own. */
  readonly relay?: Endpoint;
  /** Its port, when it is not to be any that is free. */
  readonly port?: number;
}

/** A server without a partner that has not been started. */
export async function createSingle(kind: ServerKind, choice: SingleChoice = {}): Promise<Rival> {
  const { site = ON_LOOPBACK, name = kind.name, writeLeases } = choice;
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const removeFiles = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const relay = choice.relay ?? (await createRelay(site));
    const identity = await createIdentity('single', site.identifiers[0], directory, site.places[0]);
    const configuration = singleConfig({
      ...identity,
      relayAddress: site.relay.address,
      leaseTimeSec: LEASE_TIME_SEC,
      pools: [poolOf(0, POOL_SIZE)],
    });
    const server = await createLocalServer(
      answeringAnew(kind),
      identity,
      configuration,
      directory,
      relay.port,
      choice.port,
    );
    const start = async (): Promise<void> => {
      writeLeases?.(identity.leaseFile);
      await server.process.start();
    };
    const close = async (): Promise<void> => {
      await server.process.kill();
      await server.commands.close();
      await removeFiles();
    };
    return createRival(name, [server], {
      relay,
      link: null,
      enterRelay: site.relay.enter,
      start,
      close,
    });
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

/** As `createSingle`, started. */
export async function startSingle(...args: Parameters<typeof createSingle>): Promise<Rival> {
  const rival = await createSingle(...args);
  try {
    await rival.start();
    return rival;
  } catch (error) {
    await rival.close();
    throw error;
  }
}

export interface PairChoice {
  /** When it is not the contender's. */
  readonly name?: string;
  readonly mode: DemoMode;
  readonly site: PairSite;
  /** TLS between the servers. */
  readonly tls: boolean;
  /** When it is not the one of load tests. */
  readonly heartbeatDelayMs?: number;
}

/** A pair, of one program or of two; once started it is in its normal state. */
export async function createPair(contender: Contender, choice: PairChoice): Promise<Rival> {
  const { mode, site, tls, name = contender.name, heartbeatDelayMs = TIMING.heartbeatDelayMs } = choice;
  const [primary, standby] = contender.kinds;
  const pair = await Pair.create({
    kinds: [answeringAnew(primary), answeringAnew(standby)],
    mode,
    poolSize: POOL_SIZE / 2,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: { ...TIMING, heartbeatDelayMs },
    site,
    ...(tls && { certify }),
  });
  const start = async (): Promise<void> => {
    await pair.start();
    await pair.waitForNormal(NORMAL_STATE_TIMEOUT_MS, new AbortController().signal);
  };
  const close = (): Promise<void> => pair.destroy();
  const { relay, servers } = pair;
  return createRival(name, servers, { relay, link: null, enterRelay: site.relay.enter, start, close });
}

/** What a rival is beside its servers is for its maker to say. */
export function createRival<At>(
  name: string,
  servers: readonly LocalServer<At>[],
  own: Pick<Rival<At>, 'relay' | 'link' | 'load' | 'enterRelay' | 'start' | 'close'>,
): Rival<At> {
  return {
    ...own,
    name,
    servers: servers.map((server) => server.endpoint),
    controlPort: servers[0]!.identity.controlPort,
    get pids() {
      return servers.flatMap(({ process: { pid } }) => (pid === null ? [] : [pid]));
    },
    residentBytes: () => residentBytesOf(servers),
    halt: async () => {
      await Promise.all(servers.map(({ process }) => process.stop(STOP_MS)));
    },
  };
}

/** Every renewal is written, as at half of the lease time, where no server answers out of what it has just written. */
export function answeringAnew(kind: ServerKind): ServerKind {
  // Kea wants a point in the number.
  const never = { 'cache-threshold': 0.000_001 };
  const always = (configuration: AnyConfiguration): AnyConfiguration =>
    'Dhcp4' in configuration
      ? { Dhcp4: { ...configuration.Dhcp4, ...never } }
      : { Dhcp6: { ...configuration.Dhcp6, ...never } };
  return { ...kind, adapt: (configuration) => kind.adapt(always(configuration)) };
}

/** Certificates of one authority for the two servers of a pair. */
export function certify(directory: string): readonly [TlsFiles, TlsFiles] {
  const authority = new Authority(directory, 'authority');
  const issue = (name: string): TlsFiles => {
    const { certificate, key } = authority.issue(name);
    return { 'trust-anchor': authority.certificate, 'cert-file': certificate, 'key-file': key };
  };
  return [issue('server1'), issue('server2')];
}

function residentBytesOf(servers: readonly Pick<LocalServer, 'process'>[]): number[] {
  return servers.flatMap(({ process: { pid } }) => {
    if (pid === null) return [];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return [Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024];
  });
}
