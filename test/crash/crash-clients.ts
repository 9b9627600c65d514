/** The clients of a pair that crashes, or works at full speed: some renew, some come again from the beginning, some give back what they got. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import type { LoadClient } from '../../src/load/client.ts';
import { HARDWARE_BYTES, writeHardwareAddress } from '../../src/load/identity.ts';
import type { AcknowledgedLease, Ledger } from '../../src/load/ledger.ts';
import type { LoadOptions } from '../../src/load/model.ts';
import { startClients } from '../app/reloading.ts';
import { RELAYS } from './crashing-pair.ts';

const RATE_PER_SEC = 120;
const RETRY_MS = 250;
const IN_FLIGHT_MAX = 64;
const DRAIN_MS = 5_000;
const LOOK_MS = 5;

const KINDS: readonly Partial<LoadOptions>[] = [
  { clients: { kind: 'renewing', count: 150 } },
  { clients: { kind: 'bounded', count: 150 } },
  { clients: { kind: 'bounded', count: 100 }, releasing: true },
];

/** A lease that a client has an acknowledgement for, and has not given back. */
export interface HeldLease {
  readonly address: string;
  readonly hardware: string;
}

export class CrashClients {
  readonly #loads: readonly LoadClient[];

  private constructor(loads: readonly LoadClient[]) {
    this.#loads = loads;
  }

  /**
   * @param ports of the servers
   * @param ratePerSec of each kind of clients; 0 = as fast as they are served
   */
  static async start(
    ports: readonly number[],
    relayPort: number,
    ratePerSec = RATE_PER_SEC,
  ): Promise<CrashClients> {
    const common = { ratePerSec, retryAfterMs: RETRY_MS, inFlightMax: IN_FLIGHT_MAX };
    const loads = KINDS.map((kind, index) =>
      startClients(ports, relayPort, { ...common, ...kind, seed: index + 1 }, RELAYS[index]!),
    );
    return new CrashClients(await Promise.all(loads));
  }

  /** Exchanges and renewals that were completed. */
  get served(): number {
    return this.#sum('exchanges-completed') + this.#sum('renewals-completed');
  }

  /** Acknowledgements of an address that another client of the same kind holds. */
  get conflicts(): number {
    return this.#sum('address-conflicts');
  }

  #sum(counter: 'exchanges-completed' | 'renewals-completed' | 'address-conflicts' | 'in-flight'): number {
    return this.#loads.reduce((total, load) => total + load.counts()[counter], 0);
  }

  /** Begins nothing more, and waits until nobody waits for an answer, or gives up. @param drainMs how long it waits */
  async pause(drainMs = DRAIN_MS): Promise<void> {
    for (const load of this.#loads) load.setInFlight(0);
    const end = performance.now() + drainMs;
    while (this.#sum('in-flight') > 0 && performance.now() < end) await sleep(LOOK_MS);
    for (const load of this.#loads) load.forget();
    while (this.#sum('in-flight') > 0) await sleep(LOOK_MS);
  }

  resume(): void {
    for (const load of this.#loads) load.setInFlight(IN_FLIGHT_MAX);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loads.map((load) => load.stop(DRAIN_MS)));
  }

  /** What the clients hold now. Of each client only what it got last: whoever gets another address leaves the one before. */
  held(nowSec: number): HeldLease[] {
    return this.#loads.flatMap((load, index) => lastLeases(load.ledger, index + 1, nowSec));
  }
}

function lastLeases(ledger: Ledger, seed: number, nowSec: number): HeldLease[] {
  const last = new Map<number, AcknowledgedLease>();
  for (const lease of ledger.leases()) {
    const before = last.get(lease.client);
    // In the same second nobody knows what came last: what was given back is not claimed to be held.
    const isLater = before === undefined || lease.ackSec > before.ackSec;
    if (isLater || (lease.ackSec === before.ackSec && lease.leaseTimeSec === 0))
      last.set(lease.client, lease);
  }
  const hardware = new Uint8Array(HARDWARE_BYTES);
  const held = [...last.values()].filter(({ ackSec, leaseTimeSec }) => ackSec + leaseTimeSec > nowSec);
  return held.map(({ client, address }) => {
    writeHardwareAddress(hardware, 0, seed, client);
    return { address: formatIpv4(address), hardware: formatHex(hardware) };
  });
}
