/**
 * A load for hours against one server or a pair: addresses that are given back and given again, leases that end, clean-ups of
 * the lease file; and what the servers' memory comes to.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClient } from '../../src/load/client.ts';
import type { LoadCounter } from '../../src/load/counters.ts';
import { type Owner, RELAY, startClients } from '../app/reloading.ts';
import { type MemorySample, TENTHS } from './growth.ts';
import { memoryOf } from './memory.ts';
import { OTHER_RELAY, type Soaked, startOne, startPair } from './servers.ts';

/** Clients that lease and release in turn, as fast as they are served. */
const RELEASING = 20_000;
const IN_FLIGHT = 64;
/** Clients a second that come once and vanish; their leases end by themselves. */
const VANISHING_PER_SEC = 100;
const RETRY_MS = 2_000;
const SAMPLES = 200;
const LOOK_MS = 100;
const DRAIN_MS = 20_000;

export interface SoakWish {
  readonly exchanges: number;
  readonly isPair: boolean;
}

export interface SoakReport {
  readonly exchanges: number;
  readonly tookSec: number;
  readonly conflicts: number;
  /** Of each server, by its name. */
  readonly samples: ReadonlyMap<string, readonly MemorySample[]>;
}

/**
 * @param say is told how far it is, a line each tenth
 * @throws when a server ends
 */
export async function soak(
  owner: Owner,
  wish: SoakWish,
  say: (line: string) => void = () => {},
): Promise<SoakReport> {
  const soaked = await (wish.isPair ? startPair(owner) : startOne(owner));
  const loads = await startLoads(soaked);
  const began = performance.now();
  const samples = new Map<string, MemorySample[]>(soaked.servers.map(({ name }) => [name, []]));
  try {
    for (let sampled = -1; ; await sleep(LOOK_MS)) {
      const done = completed(loads) / wish.exchanges;
      if (Math.floor(done * SAMPLES) > sampled) {
        if (Math.floor(done * TENTHS) > Math.floor((sampled / SAMPLES) * TENTHS))
          say(
            `${Math.floor(done * TENTHS)}/${TENTHS} after ${Math.round((performance.now() - began) / 1000)} s`,
          );
        sampled = Math.floor(done * SAMPLES);
        await sample(soaked, Math.min(1, done), samples);
      }
      if (done >= 1) break;
    }
  } finally {
    await Promise.all(loads.map((load) => load.stop(DRAIN_MS)));
  }
  const tookSec = (performance.now() - began) / 1000;
  const conflicts = sum(loads, 'address-conflicts');
  return { exchanges: completed(loads), tookSec, conflicts, samples };
}

function startLoads({ servers, relayPort }: Soaked): Promise<LoadClient[]> {
  const ports = servers.map(({ server }) => server.port);
  const releasing = { kind: 'bounded', count: RELEASING } as const;
  return Promise.all([
    startClients(
      ports,
      relayPort,
      { clients: releasing, releasing: true, inFlightMax: IN_FLIGHT, seed: 1, retryAfterMs: RETRY_MS },
      RELAY,
    ),
    startClients(ports, relayPort, { ratePerSec: VANISHING_PER_SEC, seed: 2 }, OTHER_RELAY),
  ]);
}

function sum(loads: readonly LoadClient[], counter: LoadCounter): number {
  return loads.reduce((total, load) => total + load.counts()[counter], 0);
}

function completed(loads: readonly LoadClient[]): number {
  return sum(loads, 'exchanges-completed');
}

async function sample(
  { servers }: Soaked,
  done: number,
  samples: ReadonlyMap<string, MemorySample[]>,
): Promise<void> {
  for (const { name, server, controlPort, inspector } of servers) {
    await inspector.collectGarbage();
    const memory = await memoryOf(server.server.child.pid!, controlPort);
    samples.get(name)!.push({ done, ...memory });
  }
}
