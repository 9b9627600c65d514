/** What must hold when a pair that has crashed is whole again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NAMES, type Name } from '../app/hot-standby-pair.ts';
import { leaseFileOf } from '../app/synchronizing.ts';
import type { CrashClients, HeldLease } from './crash-clients.ts';
import type { CrashingPair } from './crashing-pair.ts';

/** The disks may be behind, and a clean-up may be in the middle of its renames. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 30;
/** Violations of one kind that are told one by one. */
const TOLD_MAX = 5;

/** By server, what the rows of its lease file come to (leaseFileOf). */
type LeaseFiles = Readonly<Record<Name, ReadonlyMap<string, string>>>;

/**
 * Whether every lease that a client holds is in both lease files, both files say the same, and no address is held twice.
 * The clients rest.
 * @returns what is not as it should be, in sentences
 */
export async function violationsOf(pair: CrashingPair, clients: CrashClients): Promise<string[]> {
  const held = clients.held(Date.now() / 1000);
  const twice = heldTwice(held);
  const end = performance.now() + PATIENCE_MS;
  let onDisk = diskViolations(filesOf(pair), held);
  for (; onDisk.length > 0 && performance.now() < end; await sleep(LOOK_MS))
    onDisk = diskViolations(filesOf(pair), held);
  return [...twice, ...onDisk];
}

function filesOf({ directories }: CrashingPair): LeaseFiles {
  return { a: leaseFileOf(directories.a), b: leaseFileOf(directories.b) };
}

/** Addresses that two clients hold, in sentences. */
export function heldTwice(held: readonly HeldLease[]): string[] {
  const holders = new Map<string, string>();
  const violations: string[] = [];
  for (const { address, hardware } of held) {
    const other = holders.get(address);
    if (other !== undefined) violations.push(`${address} is held by ${other} and by ${hardware}`);
    holders.set(address, hardware);
  }
  return violations;
}

/** The leases of clients that a lease file does not have, or has for somebody else. @param file as leaseFileOf reads it */
export function missingFrom(file: ReadonlyMap<string, string>, held: readonly HeldLease[]): HeldLease[] {
  return held.filter(({ address, hardware }) => !isAssigned(file.get(address), hardware));
}

/** What the lease files lack of what clients hold, and what they differ in, in sentences. */
export function diskViolations(files: LeaseFiles, held: readonly HeldLease[]): string[] {
  const { a, b } = files;
  const violations: string[] = [];
  for (const name of NAMES) {
    for (const { address, hardware } of missingFrom(files[name], held).slice(0, TOLD_MAX))
      violations.push(`${address} of ${hardware} is not in the file of ${name}: ${files[name].get(address)}`);
  }
  const addresses = [...new Set([...a.keys(), ...b.keys()])];
  for (const address of addresses.filter((each) => a.get(each) !== b.get(each)).slice(0, TOLD_MAX))
    violations.push(`${address} is ${a.get(address)} on a, ${b.get(address)} on b`);
  return violations;
}

/** @param lease hardware address, end and state */
function isAssigned(lease: string | undefined, hardware: string): boolean {
  return lease?.startsWith(`${hardware} `) === true && lease.endsWith(' 0');
}
