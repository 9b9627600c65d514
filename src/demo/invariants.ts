/**
 * Checks the pair's promises after a run: what the clients were told (the ledger) against what the two servers have on
 * disk. Pure, so that a test can show it a pair that lies.
 */
import { formatIpv4, type Ipv4 } from '../base/ipv4.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { LeaseState } from '../lease/state.ts';
import type { LoadCounts } from '../load/counters.ts';
import { clientOfHardwareAddress } from '../load/identity.ts';
import type { AcknowledgedLease, Ledger } from '../load/ledger.ts';
import type { Finding } from './model.ts';

/** A lease on disk may end this much earlier than the client believes: clocks are read at different moments. */
const TOLERANCE_SEC = 5;
const EXAMPLES_MAX = 3;

/** What one server left behind. */
export interface LeaseFile {
  readonly server: string;
  /** By address; the last row of each. */
  readonly leases: ReadonlyMap<Ipv4, Lease4>;
}

export interface Evidence {
  readonly ledger: Ledger;
  readonly counts: LoadCounts;
  readonly seed: number;
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

function checkOneOwner({ ledger, counts }: Evidence): Finding {
  const conflicts = counts['address-conflicts'];
  const examples = ledger
    .conflicts()
    .map(
      (conflict) =>
        `${formatIpv4(conflict.address)} of client ${conflict.earlierClient} went to ${conflict.laterClient}`,
    );
  return {
    invariant: 'no address was acknowledged to two live clients',
    held: conflicts === 0 && counts['ledger-full'] === 0,
    detail: summary(`${ledger.size} addresses acknowledged`, conflicts, examples),
  };
}

function checkFilesAgree({ files, nowSec }: Evidence): Finding {
  const [first, second] = files;
  const examples: string[] = [];
  for (const lease of first?.leases.values() ?? []) {
    const other = second?.leases.get(lease.address);
    if (other !== undefined && isLive(lease, nowSec) && isLive(other, nowSec) && !sameOwner(lease, other)) {
      examples.push(`${formatIpv4(lease.address)} has two owners`);
    }
  }
  return {
    invariant: "the two servers' lease files agree on who holds an address",
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
  for (const acknowledged of evidence.ledger.leases()) {
    checked++;
    const fault = faultOf(acknowledged, file.leases.get(acknowledged.address), evidence.seed);
    if (fault !== null) examples.push(`${formatIpv4(acknowledged.address)} ${fault}`);
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

function faultOf(acknowledged: AcknowledgedLease, lease: Lease4 | undefined, seed: number): string | null {
  if (lease === undefined) return 'is not there';
  if (lease.state !== LeaseState.assigned) return `has state ${lease.state}`;
  const owner = clientOfHardwareAddress(lease.hwAddress, seed);
  if (owner !== acknowledged.client) return `belongs to client ${owner}, not ${acknowledged.client}`;
  const endSec = lease.clttSec + lease.validLifetimeSec;
  const promisedSec = acknowledged.ackSec + acknowledged.leaseTimeSec;
  return endSec + TOLERANCE_SEC < promisedSec ? `ends ${promisedSec - endSec} s early` : null;
}

function isLive(lease: Lease4, nowSec: number): boolean {
  return lease.state === LeaseState.assigned && lease.clttSec + lease.validLifetimeSec > nowSec;
}

function sameOwner(a: Lease4, b: Lease4): boolean {
  return Buffer.from(a.hwAddress).equals(b.hwAddress);
}

function summary(looked: string, faults: number, examples: readonly string[]): string {
  if (faults === 0) return looked;
  const shown = examples.slice(0, EXAMPLES_MAX).join('; ');
  return shown === '' ? `${looked}, ${faults} faults` : `${looked}, ${faults} faults: ${shown}`;
}
