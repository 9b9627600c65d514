/**
 * Memory: what a lease takes in a pair that has given out many, to clients with identifiers of 19 octets and host names of
 * 12, and what it takes when both servers have been started anew and have compared their leases. Beside it the lease
 * table alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { allocateLeaseTable } from '../src/lease/dhcp4/layout.ts';
import { LeaseTable } from '../src/lease/dhcp4/table.ts';
import {
  DUID_CLIENT_ID_BYTES,
  HARDWARE_BYTES,
  HOST_NAME_BYTES,
  writeDuidClientId,
  writeHardwareAddress,
  writeHostName,
} from '../src/load/identity.ts';
import { formatNumber, sizeOf } from './harness.ts';
import { orderOf, startLoad, waitForLoad } from './load-run.ts';
import type { Bench, BenchOptions, BenchTable, Scale } from './model.ts';
import { createPair, POOL_SIZE, type Rival } from './rivals.ts';

const SEED = 1;
const FIRST_ADDRESS = 0x0a010000;
/** Leases of a table that is sized for the addresses of the pair, see `leaseCapacity`. */
const TABLE_CAPACITY = POOL_SIZE * 2;
const IN_FLIGHT = 128;
const GIVING_OUT_SEC_MAX = 900;
/** Garbage is collected, memory is given back. */
const REST_MS = { tiny: 0, quick: 3000, full: 10_000 } as const satisfies Record<Scale, number>;

export const memory: Bench = {
  name: 'memory',
  question:
    'How much memory does a lease take, client identifiers of 19 octets and host names of 12 included?',
  run: async (options): Promise<BenchTable[]> => {
    const count = sizeOf(options.scale, 1000, 1_000_000);
    const table = ['the lease table alone', formatNumber(count), formatNumber(tableBytes(count)), ''];
    const tables: BenchTable[] = [];
    for (const mode of options.modes) {
      const rows = [table];
      for (const contender of options.contenders) {
        const rival = await createPair(contender, { ...options, mode });
        rows.push(...(await weigh(rival, count, options)));
      }
      tables.push({ title: mode, columns: COLUMNS, rows, digest: null });
    }
    return tables;
  },
};

const COLUMNS = ['server', 'leases', 'bytes each, given out', 'bytes each, after a start with them'];

/** Lets a pair give out leases, starts it anew with them, closes it. @returns a row for each of its servers */
async function weigh(rival: Rival, count: number, { scale }: BenchOptions): Promise<string[][]> {
  // The load remembers every lease.
  const ledgerCapacity = 2 ** Math.ceil(Math.log2(count * 2));
  const { relay, servers, link, enterRelay } = rival;
  const load = startLoad(
    { relay, servers, link, enterRelay, load: { ...rival.load, identity: 'duid', ledgerCapacity } },
    'new',
    SEED,
  );
  const weights: (readonly number[])[] = [];
  const look = async (): Promise<void> => {
    await sleep(REST_MS[scale]);
    weights.push(rival.residentBytes());
  };
  let leases = 0;
  try {
    await rival.start();
    await look();
    await waitForLoad(rival, load);
    const order = { ...orderOf({ kind: 'closed', inFlight: IN_FLIGHT }), sec: GIVING_OUT_SEC_MAX };
    leases = (await load.order({ ...order, exchangesMax: count })).completed;
    if (leases < count) throw new Error(`${rival.name} has given out no more than ${leases} leases`);
    await look();
    await rival.halt();
    await rival.start();
    await look();
  } finally {
    await load.close();
    await rival.close();
  }
  const [empty = [], givenOut = [], anew = []] = weights;
  const each = (bytes: readonly number[], at: number): string =>
    formatNumber((bytes[at]! - empty[at]!) / leases);
  return ['primary', 'partner'].map((role, at) => [
    `${rival.name}, ${role}`,
    formatNumber(leases),
    each(givenOut, at),
    each(anew, at),
  ]);
}

/** Octets of a lease in a table of its own, as far as memory has been touched. */
function tableBytes(count: number): number {
  const table = new LeaseTable(allocateLeaseTable(Math.max(TABLE_CAPACITY, count)));
  const hw = rangeOf(HARDWARE_BYTES);
  const clientId = rangeOf(DUID_CLIENT_ID_BYTES);
  const hostName = rangeOf(HOST_NAME_BYTES);
  const nothing = rangeOf(0);
  const before = process.memoryUsage.rss();
  for (let client = 0; client < count; client++) {
    writeHardwareAddress(hw.bytes, 0, SEED, client);
    writeDuidClientId(clientId.bytes, 0, SEED, client);
    writeHostName(hostName.bytes, 0, client);
    const slot = table.insert(FIRST_ADDRESS + client);
    if (!table.setClient(slot, 1, hw, clientId, hostName, nothing)) throw new Error('the table is full');
    table.rows.setUnsettled(slot, 1);
  }
  return (process.memoryUsage.rss() - before) / count;
}

function rangeOf(length: number): { bytes: Uint8Array; offset: number; length: number } {
  return { bytes: new Uint8Array(length), offset: 0, length };
}
