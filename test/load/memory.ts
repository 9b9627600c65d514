/** What a load session shares with its owner, for tests that are the owner. */
import { createLatencyHistogram } from '../../src/load/client.ts';
import { allocateLoadCounters } from '../../src/load/counters.ts';
import { type LoadMemory, LoadWord } from '../../src/load/model.ts';

export function allocateLoadMemory(inFlightMax: number, ledger: SharedArrayBuffer): LoadMemory {
  const control = new SharedArrayBuffer(64);
  Atomics.store(new Int32Array(control), LoadWord.inFlightMax, inFlightMax);
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
