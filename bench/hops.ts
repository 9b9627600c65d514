/**
 * Where the time of one exchange goes: every system call between a client's REQUEST and its ACK, of every thread of every
 * server, at the median of its begin and end. With one exchange in flight nothing overlaps with another one. Tracing
 * costs about a microsecond a call, so that the whole takes a little longer than without. Needs root and perf.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { findProgram } from '../test/support/need.ts';
import { median } from './harness.ts';
import type { LoadProcess } from './load-process.ts';
import { startLoad, warmUp } from './load-run.ts';
import type { Bench, BenchTable, Scale } from './model.ts';
import { createPair, type Rival } from './rivals.ts';
import { type SystemCall, traceSystemCalls } from './syscall-trace.ts';

const TRACE_SEC = { tiny: 0.3, quick: 1, full: 3 } as const satisfies Record<Scale, number>;
/** Time for perf to begin and to end, under load. */
const AROUND_SEC = 4;
/** Of the exchanges; what is rarer is a timer's, the garbage collector's or a heartbeat's. */
const SHARE_MIN = 0.5;
/** A futex that was given at once is no hop. */
const FUTEX_US_MIN = 5;

export const hops: Bench = {
  name: 'hops',
  question: 'Where does the time of one exchange of a pair go, from REQUEST to ACK, one in flight?',
  run: async ({ scale, contenders, modes, clients, site, tls }) => {
    const tables: BenchTable[] = [];
    const canTrace = process.getuid?.() === 0 && findProgram('perf') !== null;
    for (const mode of canTrace ? modes : []) {
      for (const contender of contenders) {
        const rival = await createPair(contender, { mode, site, tls });
        const load = startLoad(rival, clients[0]!, 1);
        try {
          await rival.start();
          await warmUp(rival, load, scale, clients[0]!);
          tables.push({
            ...(await trace(rival, load, scale)),
            title: `${rival.name}, ${mode}, ${clients[0]}`,
          });
        } finally {
          await load.close();
          await rival.close();
        }
      }
    }
    return tables;
  },
};

async function trace(rival: Rival, load: LoadProcess, scale: Scale): Promise<BenchTable> {
  const sec = TRACE_SEC[scale];
  const order = {
    inFlightMax: 1,
    ratePerSec: 0,
    settleSec: 0,
    sec: sec + AROUND_SEC,
    exchangesMax: null,
    pids: [],
  };
  const underLoad = load.order(order);
  const [primary, standby] = rival.pids;
  const calls = await traceSystemCalls([...rival.pids, load.pid], sec);
  const names = new Map([
    ...threadNames('load', load.pid),
    ...threadNames('primary', primary!),
    ...threadNames('partner', standby!),
  ]);
  await underLoad;
  return layOut(calls, names);
}

function threadNames(role: string, pid: number): [number, string][] {
  const nameOf = (tid: string): string => readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim();
  const own = nameOf(`${pid}`);
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const name = nameOf(tid);
    return [Number(tid), `${role} ${tid === `${pid}` ? 'main' : name === own ? tid : name}`];
  });
}

/** One call of every exchange: the nth of its name by its thread. */
interface Hop {
  readonly begins: number[];
  readonly ends: number[];
}

/** @param names of the threads; those of the load begin with "load" */
export function layOut(calls: readonly SystemCall[], names: ReadonlyMap<number, string>): BenchTable {
  const exchanges = exchangesOf(calls, names);
  const hops = new Map<string, Hop>();
  let next = 0;
  for (const { beginUs, endUs } of exchanges) {
    const counts = new Map<string, number>();
    // Both are in the order of time.
    while (next < calls.length && calls[next]!.endUs < beginUs) next++;
    for (; next < calls.length && calls[next]!.endUs <= endUs; next++) {
      const call = calls[next]!;
      if (call.name === 'futex' && call.endUs - call.beginUs < FUTEX_US_MIN) continue;
      const name = `${names.get(call.tid) ?? call.tid} | ${call.name}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const hop = hops.get(`${name} | ${count}`) ?? { begins: [], ends: [] };
      hops.set(`${name} | ${count}`, hop);
      hop.begins.push(call.beginUs - beginUs);
      hop.ends.push(call.endUs - beginUs);
    }
  }
  const rows = [...hops]
    .filter(([, { ends }]) => ends.length >= exchanges.length * SHARE_MIN)
    .map(([key, { begins, ends }]) => ({
      key,
      begin: median(begins),
      end: median(ends),
      share: ends.length / exchanges.length,
    }))
    .sort((a, b) => a.end - b.end)
    .map(({ key, begin, end, share }) => {
      const [thread = '', name = ''] = key.split(' | ');
      return [
        end.toFixed(0),
        begin < 0 ? 'before' : begin.toFixed(0),
        thread,
        name,
        (share * 100).toFixed(0),
      ];
    });
  return {
    columns: ['ends at µs', 'begins at µs', 'thread', 'system call', '% of exchanges'],
    rows,
    digest: null,
  };
}

/** From each REQUEST to the next query, which is sent as soon as the ACK is there. */
function exchangesOf(calls: readonly SystemCall[], names: ReadonlyMap<number, string>) {
  const sent = calls.filter(({ tid, name }) => name === 'sendmmsg' && names.get(tid)?.startsWith('load'));
  const steps = sent.slice(1).map((call, at) => ({ beginUs: sent[at]!.beginUs, endUs: call.beginUs }));
  // DISCOVER and REQUEST take turns; the one that writes a lease takes longer.
  const parts = [0, 1].map((parity) => steps.filter((_, at) => at % 2 === parity));
  const lengthOf = (part: typeof steps): number => median(part.map(({ beginUs, endUs }) => endUs - beginUs));
  return lengthOf(parts[0]!) > lengthOf(parts[1]!) ? parts[0]! : parts[1]!;
}
