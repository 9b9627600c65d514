/** What a modelled Kea has filed since its world began, whether its disk still has it or not: so much its partner may count on. */
import type { FiledLease, OwnedLease } from '../family.ts';
import { ASSIGNED, type KeaLease, type KeaLeases } from './leases.ts';

export class KeaRecord {
  #byAddress = new Map<string, KeaLease>();

  note(lease: KeaLease): void {
    this.#byAddress.set(lease.address, lease);
  }

  at(address: string): FiledLease | undefined {
    const lease = this.#byAddress.get(address);
    if (lease === undefined || lease.state !== ASSIGNED || lease.validSec === 0) return undefined;
    const { clttSec, validSec, hwAddress: owner } = lease;
    return { address, owner, untilSec: clttSec + validSec, clttSec, isDeclined: false };
  }

  /** Leases in force that a Kea has not found again when it started. */
  lostBy(leases: KeaLeases): OwnedLease[] {
    const all = [...this.#byAddress.keys()].map((address) => this.at(address)).filter((lease) => !!lease);
    return all.filter(({ address, owner, untilSec }) => {
      const found = leases.get(address);
      const isThere = found?.hwAddress === owner && found.clttSec + found.validSec >= untilSec;
      return untilSec > leases.nowSec && !isThere;
    });
  }
}
