/** The servers that the end-to-end benchmarks load: each on loopback, with a relay port and files of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addressOf,
  createIdentity,
  createLocalServer,
  type LocalServer,
  type ServerKind,
} from '../src/demo/local-server.ts';
import { Pair, RELAY_ADDRESS } from '../src/demo/pair.ts';
import { poolOf, SERVER_ADDRESS, singleConfig } from '../src/demo/pair-config.ts';
import { findFreeUdpPort } from '../src/demo/ports.ts';
import type { Endpoint } from '../src/load/model.ts';
import { Reflector } from './reflector.ts';

/** Seconds. */
export interface CpuTime {
  readonly user: number;
  readonly kernel: number;
}

export interface Rival {
  readonly name: string;
  readonly relay: Endpoint;
  readonly servers: readonly Endpoint[];
  /** Port of its HTTP control API on 127.0.0.1; null when it has none. */
  readonly controlPort: number | null;
  /** CPU time that its processes have used; null when it has none of its own. */
  cpu(): CpuTime | null;
  /** Resident memory of its processes in bytes; 0 when it has none of its own. */
  residentBytes(): number;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Addresses of a server, or of the two pools of a pair together. */
const POOL_SIZE = 1 << 21;
const LEASE_TIME_SEC = 7200;
const NORMAL_STATE_TIMEOUT_MS = 60_000;
/** Nothing fails over here, however late a heartbeat is under full load. */
const TIMING = {
  heartbeatDelayMs: 1000,
  maxResponseDelayMs: 60_000,
  maxAckDelayMs: 10_000,
  maxUnackedClients: 1000,
};

/** @param from the relay that it answers to, by default one of its own */
export async function startReflector(from?: Endpoint): Promise<Rival> {
  const relay = from ?? (await createRelay());
  const reflector = await Reflector.start(addressOf(SERVER_ADDRESS), relay);
  return {
    name: 'reflector: no lease, no disk',
    relay,
    servers: [reflector.endpoint],
    controlPort: null,
    cpu: () => null,
    residentBytes: () => 0,
    close: () => reflector.stop(),
  };
}

/**
 * A server without a partner; it may still be starting when this returns.
 * @param writeLeases fills its lease file before it starts
 */
export async function startSingle(
  kind: ServerKind,
  writeLeases?: (leaseFile: string) => void,
): Promise<Rival> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const removeFiles = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    return await startSingleIn(directory, kind, writeLeases, removeFiles);
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

async function startSingleIn(
  directory: string,
  kind: ServerKind,
  writeLeases: ((leaseFile: string) => void) | undefined,
  removeFiles: () => Promise<void>,
): Promise<Rival> {
  const relay = await createRelay();
  const identity = await createIdentity('single', SERVER_ADDRESS, directory);
  const configuration = singleConfig({
    ...identity,
    relayAddress: RELAY_ADDRESS,
    leaseTimeSec: LEASE_TIME_SEC,
    pools: [poolOf(0, POOL_SIZE)],
  });
  const server = await createLocalServer(kind, identity, configuration, directory, relay.port);
  writeLeases?.(identity.leaseFile);
  await server.process.start();
  return {
    name: kind.name,
    relay,
    servers: [server.endpoint],
    controlPort: identity.controlPort,
    cpu: () => cpuOf([server]),
    residentBytes: () => residentBytesOf([server]),
    close: async () => {
      await server.process.kill();
      await server.commands.close();
      await removeFiles();
    },
  };
}

/** A hot-standby pair in its normal state, of one program or of two. */
export async function startPair(primary: ServerKind, standby: ServerKind = primary): Promise<Rival> {
  const pair = await Pair.create({
    kinds: [primary, standby],
    mode: 'hot-standby',
    poolSize: POOL_SIZE / 2,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: TIMING,
  });
  try {
    await pair.start();
    await pair.waitForNormal(NORMAL_STATE_TIMEOUT_MS, new AbortController().signal);
  } catch (error) {
    await pair.destroy();
    throw error;
  }
  return {
    name: primary === standby ? `${primary.name} pair` : `${primary.name} primary, ${standby.name} standby`,
    relay: pair.relay,
    servers: pair.servers.map((server) => server.endpoint),
    controlPort: pair.servers[0].identity.controlPort,
    cpu: () => cpuOf(pair.servers),
    residentBytes: () => residentBytesOf(pair.servers),
    close: () => pair.destroy(),
  };
}

async function createRelay(): Promise<Endpoint> {
  return { address: addressOf(RELAY_ADDRESS), port: await findFreeUdpPort(RELAY_ADDRESS) };
}

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SEC = 100;
/** Fields 14 and 15 of /proc/PID/stat (proc(5)), counted behind the command name. */
const UTIME = 11;
const STIME = 12;

function cpuOf(servers: readonly LocalServer[]): CpuTime {
  let user = 0;
  let kernel = 0;
  for (const { process } of servers) {
    if (process.pid === null) continue;
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    // The command name may hold blanks and parentheses of its own.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    user += Number(fields[UTIME]) / TICKS_PER_SEC;
    kernel += Number(fields[STIME]) / TICKS_PER_SEC;
  }
  return { user, kernel };
}

function residentBytesOf(servers: readonly LocalServer[]): number {
  let kilobytes = 0;
  for (const { process } of servers) {
    if (process.pid === null) continue;
    const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
    kilobytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  return kilobytes * 1024;
}
