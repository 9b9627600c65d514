/** The owner's side of a load client: starts its thread, steers it, reads what it counts. */
import { once } from 'node:events';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { programFile } from '../base/program-file.ts';
import { allocateLoadCounters, type LoadCounts, readLoadCounters } from './counters.ts';
import { allocateLedger6, Ledger6 } from './dhcp6/ledger6.ts';
import { allocateLedger, Ledger } from './ledger.ts';
import {
  type AnyLoadOptions,
  type Endpoint,
  LOAD_DEFAULTS,
  LOAD_DEFAULTS_6,
  type LoadHistograms,
  type LoadMemory,
  type LoadOptions,
  type LoadOptions6,
  LoadWord,
  Stop,
} from './model.ts';

const CONTROL_WORDS = 16;
/** Latencies above a minute are recorded as a minute. */
const LATENCY_US_MAX = 60_000_000;

/** What must be said, and what has a default (`LOAD_DEFAULTS`). */
export type LoadSettings = {
  readonly relay: Endpoint;
  readonly servers: readonly Endpoint[];
} & Partial<LoadOptions>;

/** The same of DHCPv6 (`LOAD_DEFAULTS_6`). */
export type LoadSettings6 = Pick<LoadOptions6, 'family' | 'relay' | 'servers' | 'linkAddress'> &
  Partial<LoadOptions6>;

/** @typeParam Leases the ledger of its family */
export class LoadClient<Leases = Ledger> {
  readonly #memory: LoadMemory;
  readonly #control: Int32Array;
  readonly #ended: Promise<unknown>;
  #failure: Error | null = null;
  /** Every acknowledged lease; complete after `stop`. */
  readonly ledger: Leases;

  private constructor(worker: Worker, memory: LoadMemory, ledger: Leases) {
    this.#memory = memory;
    this.#control = new Int32Array(memory.control);
    this.ledger = ledger;
    worker.on('error', (error: Error) => {
      this.#failure = error;
    });
    this.#ended = new Promise((resolve) => worker.once('exit', resolve));
  }

  /**
   * Starts a client; the first queries leave at once.
   * @throws when the relay's socket cannot be opened
   */
  static async start(settings: LoadSettings): Promise<LoadClient> {
    const options: LoadOptions = { ...LOAD_DEFAULTS, ...settings };
    const memory = allocateMemory(options, allocateLedger(options.ledgerCapacity));
    return new LoadClient(await startThread(options, memory), memory, new Ledger(memory.ledger));
  }

  /** As `start`, of DHCPv6. */
  static async start6(settings: LoadSettings6): Promise<LoadClient<Ledger6>> {
    const options: LoadOptions6 = { ...LOAD_DEFAULTS_6, ...settings };
    const memory = allocateMemory(options, allocateLedger6(options.ledgerCapacity));
    return new LoadClient(await startThread(options, memory), memory, new Ledger6(memory.ledger));
  }

  get histograms(): LoadHistograms {
    return this.#memory.histograms;
  }

  counts(): LoadCounts {
    return readLoadCounters(this.#memory.counters);
  }

  /** @param inFlightMax exchanges that may wait for an answer at once, 0 = begin nothing more */
  setInFlight(inFlightMax: number): void {
    Atomics.store(this.#control, LoadWord.inFlightMax, inFlightMax);
  }

  /** Gives up everything in flight; counted as abandoned. */
  forget(): void {
    Atomics.add(this.#control, LoadWord.forgotten, 1);
  }

  /** @param ratePerSec new exchanges a second, 0 = closed loop */
  setRate(ratePerSec: number): void {
    Atomics.store(this.#control, LoadWord.ratePerSec, ratePerSec);
  }

  /**
   * Begins nothing new, waits for the exchanges in flight, ends the thread. May be called again.
   * @param drainMs how long to wait for answers
   * @returns the final counts; `in-flight` is what stayed without an answer
   * @throws what the thread threw
   */
  async stop(drainMs: number): Promise<LoadCounts> {
    if (Atomics.load(this.#control, LoadWord.stop) === Stop.run) {
      Atomics.store(this.#control, LoadWord.stop, Stop.drain);
    }
    const timer = setTimeout(() => Atomics.store(this.#control, LoadWord.stop, Stop.now), drainMs);
    await this.#ended;
    clearTimeout(timer);
    if (this.#failure !== null) throw this.#failure;
    return this.counts();
  }
}

/** @throws when the thread cannot open its sockets */
async function startThread(options: AnyLoadOptions, memory: LoadMemory): Promise<Worker> {
  const worker = new Worker(programFile('load/thread'), { workerData: { options, memory } });
  await once(worker, 'message');
  return worker;
}

function allocateMemory(options: AnyLoadOptions, ledger: SharedArrayBuffer): LoadMemory {
  const control = new SharedArrayBuffer(CONTROL_WORDS * 4);
  const words = new Int32Array(control);
  Atomics.store(words, LoadWord.ratePerSec, options.ratePerSec);
  Atomics.store(words, LoadWord.inFlightMax, options.inFlightMax);
  return {
    control,
    counters: allocateLoadCounters(),
    ledger,
    histograms: {
      exchangeUs: createLatencyHistogram(),
      ackUs: createLatencyHistogram(),
      recentUs: createLatencyHistogram(),
    },
  };
}

/** A histogram of microseconds, 1 µs to a minute, three significant figures. */
export function createLatencyHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LATENCY_US_MAX, figures: 3 });
}
