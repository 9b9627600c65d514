/** The leases of a DHCPv4 server for high availability. */
import type { Clock } from '../../../base/clock.ts';
import type { Ipv4 } from '../../../base/ipv4.ts';
import { recordOfLease } from '../../../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../lease/dhcp4/model.ts';
import { isInForce, isSameDevice, standingLease } from '../../../lease/dhcp4/precedence.ts';
import { CLIENT_ID_BYTES_MAX, emptyRecord } from '../../../lease/dhcp4/record.ts';
import type { LeaseStore } from '../../../lease/dhcp4/store.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../../../lease/dhcp4/update-record.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { LeaseAddress, UpdateBytes } from '../../../lease/update-family.ts';
import { peerFamily4 } from '../../../peer/dhcp4/family.ts';
import type { LeaseKind } from '../lease-kind.ts';
import type { HaLeases } from '../leases.ts';
import { storeLeases } from '../store-leases.ts';
import { pageAddress, readPageLease } from './lease-page.ts';

export function haLeases4(store: LeaseStore, clock: Clock): HaLeases {
  return storeLeases({
    family: peerFamily4,
    pageCommand: 'lease4-get-page',
    pageAddress,
    kind: new LeaseKind4(store),
    absence,
    longestClient: {
      command: 'lease4-get-by-client-id',
      arguments: { 'client-id': Array.from({ length: CLIENT_ID_BYTES_MAX }, () => '00').join(':') },
      bytes: CLIENT_ID_BYTES_MAX,
    },
    changes: () => store.changes(),
    durable: (timeoutMs) => store.durable(timeoutMs),
    clock,
  });
}

class LeaseKind4 implements LeaseKind<Lease4> {
  readonly #store: LeaseStore;
  readonly read = readPageLease;
  readonly standing = standingLease;
  readonly isInForce = isInForce;
  readonly encode = encodeLease;

  constructor(store: LeaseStore) {
    this.#store = store;
  }

  addressOf({ address }: Lease4): LeaseAddress {
    return address;
  }

  get(address: LeaseAddress): Lease4 | null {
    return this.#store.get(address as Ipv4);
  }

  put(...put: Parameters<LeaseKind<Lease4>['put']>) {
    return this.#store.put(...put);
  }

  remove({ address }: Lease4): void {
    this.#store.remove(address);
  }

  addresses(): Uint32Array {
    return this.#store.addresses();
  }

  /**
   * A client has one lease in a subnet. Hardware and identifier must agree: where clients are told apart by hardware alone
   * (match-client-id), others have the same identifier and leases of their own.
   */
  othersOf(lease: Lease4, nowSec: number): Lease4[] {
    if (lease.state !== LeaseState.assigned) return [];
    const found =
      lease.clientId === null
        ? this.#store.findByHwAddress(lease.hwAddress, lease.subnetId)
        : this.#store.findByClientId(lease.clientId, lease.subnetId);
    return found.filter(
      (other) =>
        other.address !== lease.address &&
        other.state === LeaseState.assigned &&
        isInForce(other, nowSec) &&
        isSameDevice(other, lease),
    );
  }
}

const scratch = new Uint8Array(UPDATE_RECORD_BYTES_MAX);

/** The update that makes a peer hold a lease as it stands here, or hold none. */
export function encodeLease(lease: Lease4, isUpdate: boolean): UpdateBytes {
  return ownUpdate(encodeUpdateRecord(scratch, 0, recordOfLease(lease), isUpdate), isUpdate, lease.address);
}

function absence(address: LeaseAddress): UpdateBytes {
  const record = { ...emptyRecord(), address: address as Ipv4, state: LeaseState.released };
  return ownUpdate(encodeUpdateRecord(scratch, 0, record, false), false, address);
}

function ownUpdate(length: number, isUpdate: boolean, address: LeaseAddress): UpdateBytes {
  return { bytes: scratch.slice(0, length), offset: 0, length, isUpdate, address };
}
