/**
 * Checks the pair's promises after a run: what the clients were told (the ledger) against what the two servers have on
 * disk. Pure, so that a test can show it a pair that lies. Addresses and prefixes are text here: a family has made it.
 */
import { LeaseState } from '../lease/state.ts';
import type { LoadCounts } from '../load/counters.ts';
import type { Acknowledgement } from '../load/ledger-table.ts';
import type { Finding } from './model.ts';

/** A lease on disk may end this much earlier than the client believes: clocks are read at different moments. */
const TOLERANCE_SEC = 5;
const EXAMPLES_MAX = 3;

/** A lease as it stands on a disk. */
export interface DiskLease {
  /** Who has it: a number of a client of the load, or -1. */
  readonly client: number;
  /** The same as the file says it. */
  readonly owner: string;
  readonly state: LeaseState;
  /** Unix seconds. */
  readonly endSec: number;
}

/** What one server left behind. */
export interface LeaseFile {
  readonly server: string;
  /** By address or prefix; the last row of each. */
  readonly leases: ReadonlyMap<string, DiskLease>;
}

/** What the clients were told. */
export interface Witness {
  /** What one of its leases is of. */
  readonly noun: 'address' | 'address or prefix';
  /** What was ever acknowledged. */
  readonly size: number;
  readonly leases: Iterable<Acknowledgement & { readonly lease: string }>;
  /** Examples of leases that two clients held, or that lay inside of one another, a sentence each. */
  readonly conflicts: readonly string[];
  /** Leases that lay inside of one another; there are none in DHCPv4. */
  readonly overlaps: number;
}

export interface Evidence {
  readonly witness: Witness;
  readonly counts: LoadCounts;
  readonly files: readonly LeaseFile[];
  /** Unix seconds of the moment of the check. */
  readonly nowSec: number;
}

/** Checks every invariant that a run can show. */
export function checkInvariants(evidence: Evidence): Finding[] {
  return [
    checkOneOwner(evidence),
    checkFilesAgree(evidence),
    ...evidence.files.map((file) => checkNothingLost(evidence, file)),
    checkOneAnswer(evidence),
  ];
}

function checkOneOwner({ witness, counts }: Evidence): Finding {
  const conflicts = counts['address-conflicts'] + witness.overlaps;
  return {
    invariant: `no ${witness.noun} was acknowledged to two live clients`,
    held: conflicts === 0 && counts['ledger-full'] === 0,
    detail: summary(`${witness.size} leases acknowledged`, conflicts, witness.conflicts),
  };
}

function checkFilesAgree({ witness, files, nowSec }: Evidence): Finding {
  const [first, second] = files;
  const examples: string[] = [];
  for (const [name, lease] of first?.leases ?? []) {
    const other = second?.leases.get(name);
    if (other === undefined || !isLive(lease, nowSec) || !isLive(other, nowSec)) continue;
    if (lease.owner !== other.owner) examples.push(`${name} has two owners`);
  }
  return {
    invariant: `the two servers' lease files agree on who holds an ${witness.noun}`,
    held: examples.length === 0,
    detail: summary(
      files.map((file) => `${file.server}: ${file.leases.size} leases`).join(', '),
      examples.length,
      examples,
    ),
  };
}

function checkNothingLost(evidence: Evidence, file: LeaseFile): Finding {
  let checked = 0;
  const examples: string[] = [];
  for (const acknowledged of evidence.witness.leases) {
    checked++;
    const fault = faultOf(acknowledged, file.leases.get(acknowledged.lease));
    if (fault !== null) examples.push(`${acknowledged.lease} ${fault}`);
  }
  return {
    invariant: `every acknowledged lease is on ${file.server}'s disk`,
    held: examples.length === 0,
    detail: summary(`${checked} leases looked up`, examples.length, examples),
  };
}

function checkOneAnswer({ counts }: Evidence): Finding {
  const duplicates = counts['duplicate-received'];
  return {
    invariant: 'no query was answered by both servers',
    held: duplicates === 0,
    detail: summary(`${counts['offer-received'] + counts['ack-received']} answers`, duplicates, []),
  };
}

function faultOf(acknowledged: Acknowledgement, lease: DiskLease | undefined): string | null {
  if (lease === undefined) return 'is not there';
  if (lease.state !== LeaseState.assigned) return `has state ${lease.state}`;
  const { client, endSec } = lease;
  if (client !== acknowledged.client) return `belongs to client ${client}, not ${acknowledged.client}`;
  const promisedSec = acknowledged.ackSec + acknowledged.leaseTimeSec;
  return endSec + TOLERANCE_SEC < promisedSec ? `ends ${promisedSec - endSec} s early` : null;
}

function isLive({ state, endSec }: DiskLease, nowSec: number): boolean {
  return state === LeaseState.assigned && endSec > nowSec;
}

function summary(looked: string, faults: number, examples: readonly string[]): string {
  if (faults === 0) return looked;
  const shown = examples.slice(0, EXAMPLES_MAX).join('; ');
  return shown === '' ? `${looked}, ${faults} faults` : `${looked}, ${faults} faults: ${shown}`;
}
