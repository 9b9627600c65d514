import t from 'tap';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { DEMO_FAMILY_4 } from '../../src/demo/family.ts';
import { checkInvariants, type DiskLease, type Evidence } from '../../src/demo/invariants.ts';
import type { Finding } from '../../src/demo/model.ts';
import { allocateLoadCounters, type LoadCounts, readLoadCounters } from '../../src/load/counters.ts';
import { allocateLedger, Ledger } from '../../src/load/ledger.ts';

const ADDRESS = 0x0a010000;
const NOW_SEC = 1_700_000_000;
const LEASE_SEC = 7200;
const CLIENTS = 5;

function lease(client: number, changes: Partial<DiskLease> = {}): DiskLease {
  return { client, owner: `client ${client}`, state: 0, endSec: NOW_SEC + LEASE_SEC, ...changes };
}

function name(client: number): string {
  return formatIpv4(ADDRESS + client);
}

/** A run in which everything went well, but for what a test spoils. */
function evidence(spoil: {
  readonly counts?: Partial<LoadCounts>;
  readonly second?: (leases: Map<string, DiskLease>) => void;
  readonly ledger?: (ledger: Ledger) => void;
}): Evidence {
  const ledger = new Ledger(allocateLedger(64));
  const files = ['one', 'two'].map((server) => ({ server, leases: new Map<string, DiskLease>() }));
  for (let client = 0; client < CLIENTS; client++) {
    ledger.record(ADDRESS + client, client, NOW_SEC, LEASE_SEC);
    for (const file of files) file.leases.set(name(client), lease(client));
  }
  spoil.second?.(files[1]!.leases);
  spoil.ledger?.(ledger);
  const counts = { ...readLoadCounters(allocateLoadCounters()), ...spoil.counts };
  return { witness: DEMO_FAMILY_4.witness(ledger, NOW_SEC), counts, files, nowSec: NOW_SEC };
}

function broken(spoil: Parameters<typeof evidence>[0]): Finding[] {
  return checkInvariants(evidence(spoil)).filter((finding) => !finding.held);
}

t.test('a run in which everything went well breaks nothing', async (t) => {
  t.same(broken({}), []);
});

t.test('an acknowledged lease that one server lacks is found', async (t) => {
  const findings = broken({ second: (leases) => leases.delete(name(2)) });
  t.equal(findings.length, 1);
  t.match(findings[0], { invariant: /two's disk/, detail: /1 faults: 10\.1\.0\.2 is not there/ });
});

t.test(
  'a lease that ends earlier than the client was told is found, a clock a little behind is not',
  async (t) => {
    t.match(
      broken({ second: (leases) => leases.set(name(0), lease(0, { endSec: NOW_SEC + LEASE_SEC - 60 })) }),
      [{ detail: /ends 60 s early/ }],
    );
    t.same(
      broken({ second: (leases) => leases.set(name(0), lease(0, { endSec: NOW_SEC + LEASE_SEC - 2 })) }),
      [],
    );
  },
);

t.test('a lease that was given up on disk is found', async (t) => {
  t.match(broken({ second: (leases) => leases.set(name(0), lease(0, { state: 2 })) }), [
    { detail: /has state 2/ },
  ]);
});

t.test('an address with another owner on one disk breaks two promises', async (t) => {
  const findings = broken({ second: (leases) => leases.set(name(0), lease(77)) });
  t.match(findings, [{ invariant: /agree/ }, { detail: /belongs to client 77, not 0/ }]);
});

t.test('two owners of an address of which one lease is over are no fault', async (t) => {
  const over = lease(77, { endSec: NOW_SEC });
  const files = evidence({}).files;
  (files[0]!.leases as Map<string, DiskLease>).set(name(50), over);
  (files[1]!.leases as Map<string, DiskLease>).set(name(50), lease(3));
  t.same(
    checkInvariants({ ...evidence({}), files }).filter((finding) => !finding.held),
    [],
  );
});

t.test('an address that was acknowledged to two live clients is found', async (t) => {
  const findings = broken({
    counts: { 'address-conflicts': 1 },
    ledger: (ledger) => ledger.record(ADDRESS, 4, NOW_SEC + 1, LEASE_SEC),
  });
  t.match(findings[0], { invariant: /two live clients/, detail: /10\.1\.0\.0 of client 0 went to 4/ });
});

t.test('a query that both servers answered is found', async (t) => {
  t.match(broken({ counts: { 'duplicate-received': 3 } }), [{ detail: /3 faults/ }]);
});

t.test('leases that nobody wrote down are no proof of anything', async (t) => {
  t.equal(broken({ counts: { 'ledger-full': 1 } }).length, 1);
});
