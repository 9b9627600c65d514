/**
 * What becomes of leases whose subnet is not the one that their address is in, at load: after subnets were renumbered,
 * moved or taken out. Kea's `sanity-checks.lease-checks`. What is mended is mended in memory; the next row that is written for
 * the lease has it too.
 */
import { formatIpv4, type Ipv4, maskOf } from '../../base/ipv4.ts';
import type { LeaseChecks, SubnetConfig } from '../../config/model.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import type { Log } from '../../log/logger.ts';

/** A renumbered site must not become a log full of it. */
const LEASES_LOGGED_MAX = 20;
/** No subnet has it: that of a lease whose address is in none. */
const NO_SUBNET = 0;

type Done = 'kept' | 'mended' | 'dropped';
export type CheckedSubnet = Pick<SubnetConfig, 'id' | 'prefix' | 'prefixLength'>;

export class LeaseCheck {
  readonly #mode: LeaseChecks;
  readonly #log: Log;
  readonly #byId = new Map<number, CheckedSubnet>();
  /** By length of the prefix and prefix: the lowest id, which is Kea's choice among subnets that overlap. */
  readonly #byPrefix = new Map<number, Map<Ipv4, number>>();
  readonly #counts: Record<Done, number> = { kept: 0, mended: 0, dropped: 0 };

  constructor(mode: LeaseChecks, subnets: readonly CheckedSubnet[], log: Log) {
    this.#mode = mode;
    this.#log = log;
    for (const subnet of subnets) {
      const { id, prefix, prefixLength } = subnet;
      this.#byId.set(id, subnet);
      const prefixes = this.#byPrefix.get(prefixLength) ?? new Map<Ipv4, number>();
      this.#byPrefix.set(prefixLength, prefixes.set(prefix, Math.min(id, prefixes.get(prefix) ?? id)));
    }
  }

  /** Judges a row, and corrects its subnet id where that is asked for. @returns false: the lease is not to be kept */
  accepts(record: LeaseRecord): boolean {
    if (this.#mode === 'none') return true;
    const { address, subnetId } = record;
    const configured = this.#byId.get(subnetId);
    if (configured !== undefined && contains(configured, address)) return true;
    const rightId = this.#subnetOf(address);
    if (rightId === subnetId) return true;
    const mends = this.#mode === 'fix' || this.#mode === 'fix-del';
    const drops = this.#mode === 'del' || (this.#mode === 'fix-del' && rightId === NO_SUBNET);
    const done = drops ? 'dropped' : mends && rightId !== NO_SUBNET ? 'mended' : 'kept';
    this.#note(record, rightId, done);
    if (done === 'mended') record.subnetId = rightId;
    return done !== 'dropped';
  }

  /** Says how many rows there were, when there were any. */
  report(): void {
    const { kept, mended, dropped } = this.#counts;
    if (kept + mended + dropped > 0) this.#log('TDM_JOURNAL_LEASES_MISPLACED', { ...this.#counts });
  }

  #subnetOf(address: Ipv4): number {
    let lowest = NO_SUBNET;
    for (const [prefixLength, prefixes] of this.#byPrefix) {
      const id = prefixes.get((address & maskOf(prefixLength)) >>> 0);
      if (id !== undefined && (lowest === NO_SUBNET || id < lowest)) lowest = id;
    }
    return lowest;
  }

  #note({ address, subnetId }: LeaseRecord, rightId: number, done: Done): void {
    const { kept, mended, dropped } = this.#counts;
    this.#counts[done]++;
    if (kept + mended + dropped >= LEASES_LOGGED_MAX) return;
    const right = rightId === NO_SUBNET ? null : rightId;
    this.#log('TDM_JOURNAL_LEASE_MISPLACED', {
      address: formatIpv4(address),
      subnetId,
      rightSubnetId: right,
      done,
    });
  }
}

function contains({ prefix, prefixLength }: CheckedSubnet, address: Ipv4): boolean {
  return (address & maskOf(prefixLength)) >>> 0 === prefix;
}
