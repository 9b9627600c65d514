/** Changes by records, as a peer sends them, beside shards that serve: what main's store does, without its objects. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { allocateStatistics, StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { LeaseAccounting } from '../../../src/engine/leases/lease-accounting.ts';
import { LeaseApplier } from '../../../src/engine/leases/lease-applier.ts';
import { Applied } from '../../../src/engine/leases/lease-applier-base.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { poolSeries } from '../../../src/engine/subnets/pool-series.ts';
import { leaseOfRecord, recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { emptyRecord } from '../../../src/lease/dhcp4/record.ts';
import {
  decodeUpdateRecord,
  encodeUpdateRecord,
  UPDATE_RECORD_BYTES_MAX,
} from '../../../src/lease/dhcp4/update-record.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import type { BenchServer } from '../bench-server.ts';
import { leaseOf } from '../leases.ts';
import { ModelDisk } from '../model-disk.ts';
import { countAssigned, request, serverFor } from '../queries.ts';

const BASE = parseIpv4('10.0.0.0')!;
const ADDRESSES = 64;
const NOW_SEC = 1_800_000_000;

const byAddress = (a: Lease4, b: Lease4): number => a.address - b.address;

function applierOf(server: BenchServer): LeaseApplier {
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1, 2]);
  return new LeaseApplier(server.book, () => accounting);
}

/** The record of a lease as it lies in what a partner has sent. */
function received(lease: Lease4) {
  const bytes = new Uint8Array(UPDATE_RECORD_BYTES_MAX + 3);
  const end = encodeUpdateRecord(bytes, 3, recordOfLease(lease), true);
  const record = emptyRecord();
  assert.equal(decodeUpdateRecord(bytes, 3, end - 3, record), null);
  return record;
}

t.test(
  'records that a partner sent make the rows, counters and lease file that their leases say',
  async (t) => {
    const step = fc.record({
      host: fc.nat(8),
      isUpdate: fc.boolean(),
      client: fc.nat(3),
      state: fc.constantFrom(LeaseState.assigned, LeaseState.declined, LeaseState.released),
      subnetId: fc.constantFrom(1, 2),
      hostname: fc.constantFrom('', 'a.example'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const server = serverFor(t);
        const disk = new ModelDisk(server);
        const applier = applierOf(server);
        const held = new Map<number, Lease4>();
        for (const { host, isUpdate, client, ...fields } of steps) {
          const lease = leaseOf(BASE + 1 + host, { hwAddress: Uint8Array.of(2, client), ...fields });
          const before = held.get(lease.address);
          const outcome = isUpdate
            ? applier.put(received(lease), 'peer', lease.clttSec)
            : applier.remove(lease.address, 'peer', lease.clttSec);
          const put = before === undefined ? Applied.created : Applied.updated;
          const removed = before === undefined ? Applied.absent : Applied.removed;
          assert.equal(outcome, isUpdate ? put : removed);
          if (isUpdate) held.set(lease.address, lease);
          else held.delete(lease.address);
        }
        disk.read();
        assert.deepEqual(
          [...disk.written.values()].toSorted(byAddress),
          [...held.values()].toSorted(byAddress),
        );
        assert.equal(server.statistic('assigned-addresses'), countAssigned(server));
      }),
      { seed: 1, numRuns: 100 },
    );
    t.pass('100 sequences');
  },
);

t.test('the number of the last change is that of the row in the change log', async (t) => {
  const server = serverFor(t);
  const applier = applierOf(server);
  const lease = leaseOf(BASE + 10);
  t.equal(applier.lastChange, 0);
  applier.put(received(lease), 'peer', lease.clttSec);
  t.equal(applier.lastChange, 1);
  applier.remove(lease.address, 'peer', lease.clttSec);
  applier.remove(lease.address, 'peer', lease.clttSec);
  t.equal(applier.lastChange, 2, 'what was not there is no change');
});

t.test('a lease that is being given to another client is left alone, its deletion is not', async (t) => {
  const server = serverFor(t);
  const applier = applierOf(server);
  server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
  server.send(request(1, '10.0.0.10'));
  const slot = server.book.table.findByAddress(BASE + 10);
  const given = leaseOfRecord(server.book.recordOf(slot));
  const nowSec = given.clttSec;
  const other = received({ ...given, hwAddress: Uint8Array.of(9), clientId: Uint8Array.of(9) });
  t.equal(applier.put(other, 'peer', nowSec), Applied.busy);
  t.equal(applier.put(other, 'administrator', nowSec), Applied.busy);
  t.equal(applier.remove(given.address, 'administrator', nowSec), Applied.busy);
  t.equal(applier.lastChange, 0);
  t.equal(applier.put(received(given), 'peer', nowSec), Applied.updated, 'its own client');
  t.equal(applier.remove(given.address, 'peer', nowSec), Applied.removed);
});

t.test('a lease whose time is of a clock that was set back since gives way', async (t) => {
  const server = serverFor(t);
  const applier = applierOf(server);
  server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
  for (const [client, isSettled] of [
    [1, false],
    [2, true],
  ] as const) {
    const address = `10.0.0.${10 + client}`;
    server.send(request(client, address));
    const slot = server.book.table.findByAddress(parseIpv4(address)!);
    const given = leaseOfRecord(server.book.recordOf(slot));
    if (isSettled) server.book.table.rows.setUnsettled(slot, 0);
    const ofOther = { ...given, hwAddress: Uint8Array.of(9), clientId: Uint8Array.of(9) };
    // The partner, whose clock was right all the time, gives it two hours earlier by that row.
    const backSec = given.clttSec - 2 * 3600;
    const other = received({ ...ofOther, clttSec: backSec });
    t.equal(applier.put(other, 'peer', given.clttSec), Applied.busy, 'while the clock is as it was');
    t.equal(applier.put(other, 'peer', given.clttSec - 120), Applied.busy, 'two clocks may differ a little');
    t.equal(applier.put(other, 'peer', backSec), Applied.updated);
    t.same(leaseOfRecord(server.book.recordOf(slot)), { ...ofOther, clttSec: backSec });
  }
});

t.test('an administrator may delete a lease whose time is of a clock that was set back since', async (t) => {
  const server = serverFor(t);
  const applier = applierOf(server);
  server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
  server.send(request(1, '10.0.0.10'));
  const { clttSec } = leaseOfRecord(server.book.recordOf(server.book.table.findByAddress(BASE + 10)));
  t.equal(applier.remove(BASE + 10, 'administrator', clttSec - 120), Applied.busy);
  t.equal(applier.remove(BASE + 10, 'administrator', clttSec - 2 * 3600), Applied.removed);
});

t.test('two threads change the same addresses: table, lease file and counters agree', async (t) => {
  const server = serverFor(t);
  const disk = new ModelDisk(server);
  const statistics = allocateStatistics(2, [1], poolSeries([]).series);
  const accounting = new LeaseAccounting(new StatisticsWriter(statistics, 0), [1]);
  const applier = new LeaseApplier(server.book, () => accounting);
  const rounds = 3_000;
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('../applying-worker.js', import.meta.url), {
    workerData: { memory: server.bookMemory, statistics, gate, base: BASE + 1, addresses: ADDRESSES, rounds },
  });
  await once(worker, 'message');
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const { table } = server.book;
  const record = received(leaseOf(BASE + 1));
  for (let i = 0; i < rounds; i++) {
    record.address = BASE + 1 + ((i * 7) % ADDRESSES);
    table.lock();
    const outcome =
      i % 3 === 0 ? applier.remove(record.address, 'peer', NOW_SEC) : applier.put(record, 'peer', NOW_SEC);
    table.unlock();
    if (outcome === Applied.noRoom) i--;
    disk.read();
  }
  while (worker.threadId !== -1) {
    disk.read();
    await new Promise(setImmediate);
  }
  disk.read();
  const rows = Array.from({ length: ADDRESSES }, (_, i) => table.findByAddress(BASE + 1 + i));
  const leases = rows.filter((slot) => slot >= 0).map((slot) => leaseOfRecord(server.book.recordOf(slot)));
  t.same([...disk.written.values()].toSorted(byAddress), leases, `${leases.length} leases`);
  t.equal(new StatisticsReader(statistics).global('assigned-addresses'), leases.length);
});
