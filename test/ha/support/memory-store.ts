/** A lease store without table, pools and file: a sorted map, and a switch for the disk. */
import type { Clock } from '../../../src/base/clock.ts';
import type { Ipv4 } from '../../../src/base/ipv4.ts';
import type { CommandHandler } from '../../../src/control/answer.ts';
import { haLeases4 } from '../../../src/ha/sync/dhcp4/leases.ts';
import type { HaLeases } from '../../../src/ha/sync/leases.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseStore } from '../../../src/lease/dhcp4/store.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import type { AddressWalk, ChangeSource, PutOutcome } from '../../../src/lease/store.ts';
import { pageHandler, updateHandlers } from './peers.ts';

export class MemoryStore implements LeaseStore {
  readonly #leases = new Map<Ipv4, Lease4>();
  readonly #sizeMax: number;
  diskWorks = true;
  /** Addresses whose ACK left a moment ago: what a peer sends may have crossed it. */
  readonly fresh = new Set<Ipv4>();
  /** Changes that `durable` has covered. */
  durableCount = 0;
  #changes = 0;

  constructor(sizeMax = Number.POSITIVE_INFINITY) {
    this.#sizeMax = sizeMax;
  }

  haLeases(clock: Clock): HaLeases {
    return haLeases4(this, clock);
  }

  commands(): [string, CommandHandler][] {
    return [['lease4-get-page', pageHandler(this)], ...updateHandlers(this)];
  }

  get(address: Ipv4): Lease4 | null {
    return this.#leases.get(address) ?? null;
  }

  findByHwAddress(hwAddress: Uint8Array, subnetId: number | null): Lease4[] {
    return this.#ofSubnet(subnetId).filter((lease) => Buffer.compare(lease.hwAddress, hwAddress) === 0);
  }

  findByClientId(clientId: Uint8Array, subnetId: number | null): Lease4[] {
    return this.#ofSubnet(subnetId).filter(
      (lease) => lease.clientId !== null && Buffer.compare(lease.clientId, clientId) === 0,
    );
  }

  #ofSubnet(subnetId: number | null): Lease4[] {
    return this.all().filter((lease) => subnetId === null || lease.subnetId === subnetId);
  }

  put(lease: Lease4, source: ChangeSource = 'peer'): PutOutcome {
    const known = this.#leases.has(lease.address);
    if (known && source === 'peer' && this.fresh.has(lease.address)) return 'busy';
    if (!known && this.#leases.size >= this.#sizeMax) return 'full';
    this.#leases.set(lease.address, lease);
    this.#changes++;
    return known ? 'updated' : 'created';
  }

  remove(address: Ipv4): boolean {
    return this.#leases.delete(address);
  }

  page(from: number, limit: number): Lease4[] {
    return this.all()
      .filter((lease) => lease.address > from)
      .slice(0, limit);
  }

  addresses(): Uint32Array {
    return Uint32Array.from(this.all(), ({ address }) => address);
  }

  walk(): AddressWalk<Ipv4> {
    const addresses = this.addresses();
    return { length: addresses.length, at: (index) => addresses[index]! };
  }

  all(): Lease4[] {
    return [...this.#leases.values()].sort((a, b) => a.address - b.address);
  }

  count(): number {
    return this.#leases.size;
  }

  changes(): number {
    return this.#changes;
  }

  async durable(): Promise<void> {
    if (!this.diskWorks) throw new Error('no space left on device');
    this.durableCount = this.#changes;
  }
}

/** A lease of subnet 1, as a client of that number has it. */
export function lease(address: Ipv4, clttSec: number, changes: Partial<Lease4> = {}): Lease4 {
  return {
    address,
    hwAddress: Uint8Array.of(2, 0, 0, 0, (address >> 8) & 255, address & 255),
    clientId: null,
    validLifetimeSec: 3600,
    clttSec,
    subnetId: 1,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: '',
    state: LeaseState.assigned,
    userContext: '',
    ...changes,
  };
}
