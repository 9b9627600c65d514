import t from 'tap';
import { allocateLedger, Ledger } from '../../src/load/ledger.ts';
import { Recorded } from '../../src/load/ledger-table.ts';

const ADDRESS = 0x0a000001;

t.test('remembers the last acknowledgement of an address, seen through any view of the memory', async (t) => {
  const memory = allocateLedger(64);
  const writer = new Ledger(memory);
  t.equal(writer.record(ADDRESS, 5, 1000, 60), Recorded.fresh);
  t.equal(writer.record(ADDRESS, 5, 1030, 60), Recorded.again);
  const reader = new Ledger(memory);
  t.same(reader.get(ADDRESS), { address: ADDRESS, client: 5, ackSec: 1030, leaseTimeSec: 60 });
  t.equal(reader.get(ADDRESS + 1), null);
  t.equal(reader.size, 1);
});

t.test('another client may have the address once the lease has ended, not before', async (t) => {
  const ledger = new Ledger(allocateLedger(64));
  ledger.record(ADDRESS, 1, 1000, 60);
  t.equal(ledger.record(ADDRESS, 2, 1060, 60), Recorded.fresh);
  t.equal(ledger.record(ADDRESS, 3, 1119, 60), Recorded.conflict);
  t.same(ledger.conflicts(), [{ address: ADDRESS, earlierClient: 2, laterClient: 3 }]);
});

t.test('fills up to seven eighths and then says so, without losing what it has', async (t) => {
  const ledger = new Ledger(allocateLedger(64));
  for (let i = 0; i < 56; i++) t.equal(ledger.record(ADDRESS + i, i, 1000, 60), Recorded.fresh);
  t.equal(ledger.record(ADDRESS + 56, 56, 1000, 60), Recorded.full);
  t.equal(ledger.record(ADDRESS, 0, 1001, 60), Recorded.again, 'known addresses still fit');
  t.equal([...ledger.leases()].length, 56);
});

t.test('keeps the details of the first conflicts only', async (t) => {
  const ledger = new Ledger(allocateLedger(64));
  for (let client = 0; client < 40; client++) ledger.record(ADDRESS, client, 1000, 60);
  t.equal(ledger.conflicts().length, 16);
});
