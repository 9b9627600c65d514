/** Whole servers with many leases: how long they take to start, and how much memory a lease takes. */
import type { ServerKind } from '../src/demo/local-server.ts';
import { kindsOf } from './contenders.ts';
import { waitForAnswer } from './first-answer.ts';
import { formatNumber, median, roundsOf, sizeOf } from './harness.ts';
import { KEA_2 } from './kea.ts';
import { createRows, writeLeaseFile } from './lease-rows.ts';
import type { Bench } from './model.ts';
import { startSingle } from './rivals.ts';

const LEASE_SEC = 86_400;
const ROUNDS_MAX = 3;

interface Start {
  readonly sec: number;
  readonly residentBytes: number;
}

export const leaseFile: Bench = {
  name: 'lease-file',
  question:
    'How long does a server take to start with many leases on disk, and how much memory does each take?',
  run: async ({ scale, contenders: chosen }) => {
    const count = sizeOf(scale, 1000, 500_000);
    const rounds = Math.min(roundsOf(scale), ROUNDS_MAX);
    const rows = createRows(count, Math.floor(Date.now() / 1000), LEASE_SEC);
    const contenders = kindsOf(chosen).map((kind) => ({
      kind,
      empty: [] as Start[],
      full: [] as Start[],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const { kind, empty, full } of contenders) {
        empty.push(await start(kind, []));
        full.push(await start(kind, rows));
      }
    }
    return {
      columns: [
        'server',
        'start without leases, s',
        `start with ${formatNumber(count)} leases, s`,
        'leases/s',
        'bytes a lease',
      ],
      rows: contenders.map(({ kind, empty, full }) => rowOf(kind.name, count, empty, full)),
      digest: null,
    };
  },
};

async function start(kind: ServerKind, rows: readonly Uint8Array[]): Promise<Start> {
  let begin = 0;
  const rival = await startSingle(kind, {
    writeLeases: (path) => {
      writeLeaseFile(path, rows, kind === KEA_2);
      begin = performance.now();
    },
  });
  try {
    await waitForAnswer(rival);
    return { sec: (performance.now() - begin) / 1000, residentBytes: rival.residentBytes()[0]! };
  } finally {
    await rival.close();
  }
}

function rowOf(name: string, count: number, empty: readonly Start[], full: readonly Start[]): string[] {
  const middle = (starts: readonly Start[], value: (each: Start) => number): number =>
    median(starts.map(value));
  const emptySec = middle(empty, (each) => each.sec);
  const fullSec = middle(full, (each) => each.sec);
  const bytes = middle(full, (each) => each.residentBytes) - middle(empty, (each) => each.residentBytes);
  return [
    name,
    emptySec.toFixed(2),
    fullSec.toFixed(2),
    formatNumber(count / (fullSec - emptySec)),
    formatNumber(bytes / count),
  ];
}
