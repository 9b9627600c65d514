/** The lease store of the running server over its real table and change log; the test is the journal. */
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { allocateStatistics, StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { LeaseAccounting } from '../../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../../src/engine/leases/main-lease-store.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import { allocatePools } from '../../../src/lease/pool.ts';

export interface TestStore {
  readonly store: MainLeaseStore;
  readonly statistics: StatisticsReader;
  /** Called for each wait for durability; default: everything is durable at once. */
  durable: (timeoutMs: number) => Promise<void>;
  waits: number;
}

/** @param capacity leases that find room; @param journal false = nobody reads the change log, until it is full */
export function createTestStore(
  capacity = 4_096,
  subnetIds: readonly number[] = [1],
  journal = true,
  clock: Clock = systemClock,
): TestStore {
  const changes = allocateChangeLog(1 << 20);
  const reader = new ByteRingReader(changes.ring);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const statistics = allocateStatistics(1, subnetIds);
  const book = new LeaseBook({ table: allocateLeaseTable(capacity), pools: allocatePools([]), changes });
  const accounting = new LeaseAccounting(new StatisticsWriter(statistics, 0), subnetIds);
  const test = {
    statistics: new StatisticsReader(statistics),
    durable: async () => {},
    waits: 0,
  } as unknown as TestStore;
  const durable = (_change: number, timeoutMs: number): Promise<void> => {
    test.waits++;
    while (journal && reader.next(record));
    if (journal) reader.release();
    return test.durable(timeoutMs);
  };
  const store = new MainLeaseStore({
    book,
    accounting: () => accounting,
    durability: { durable },
    clock,
  });
  return Object.assign(test, { store });
}
