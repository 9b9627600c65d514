/** The leases of a DHCPv6 server for high availability. */
import { setRange } from '../../../base/byte-range.ts';
import type { Clock } from '../../../base/clock.ts';
import { recordOfLease6 } from '../../../lease/dhcp6/csv-lease.ts';
import { isPrefixAddress6, leaseAddress6, octetsOfAddress6 } from '../../../lease/dhcp6/lease-address.ts';
import { ADDRESS_BYTES, type Lease6, LeaseType } from '../../../lease/dhcp6/model.ts';
import { isInForce6, standingLease6 } from '../../../lease/dhcp6/precedence.ts';
import { DUID_BYTES_MAX, emptyRecord6, NOBODY } from '../../../lease/dhcp6/record.ts';
import type { LeaseStore6 } from '../../../lease/dhcp6/store.ts';
import { encodeUpdateRecord6, UPDATE_RECORD_BYTES_MAX_6 } from '../../../lease/dhcp6/update-record.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { LeaseAddress, UpdateBytes } from '../../../lease/update-family.ts';
import { peerFamily6 } from '../../../peer/dhcp6/family.ts';
import type { LeaseKind } from '../lease-kind.ts';
import type { HaLeases } from '../leases.ts';
import { storeLeases } from '../store-leases.ts';
import { pageAddress6, readPageLease6 } from './lease-page.ts';

export function haLeases6(store: LeaseStore6, clock: Clock): HaLeases {
  return storeLeases({
    family: peerFamily6,
    pageCommand: 'lease6-get-page',
    pageAddress: pageAddress6,
    kind: new LeaseKind6(store),
    absence,
    longestClient: {
      command: 'lease6-get-by-duid',
      arguments: { duid: Array.from({ length: DUID_BYTES_MAX }, () => '01').join(':') },
      bytes: DUID_BYTES_MAX,
    },
    changes: () => store.changes(),
    durable: (timeoutMs) => store.durable(timeoutMs),
    clock,
  });
}

class LeaseKind6 implements LeaseKind<Lease6> {
  readonly #store: LeaseStore6;
  readonly read = readPageLease6;
  readonly standing = standingLease6;
  readonly isInForce = isInForce6;
  readonly encode = encodeLease6;

  constructor(store: LeaseStore6) {
    this.#store = store;
  }

  addressOf(lease: Lease6): LeaseAddress {
    return addressOf(lease);
  }

  get(address: LeaseAddress): Lease6 | null {
    return this.#store.get(octetsOfAddress6(address as string));
  }

  put(...put: Parameters<LeaseKind<Lease6>['put']>) {
    return this.#store.put(...put);
  }

  remove({ address }: Lease6): void {
    this.#store.remove(address);
  }

  addresses(): LeaseAddress[] {
    const walk = this.#store.walk();
    return Array.from({ length: walk.length }, (_, at) => this.#addressAt(walk.at(at)));
  }

  /** Of an offer, which is no lease, it does not matter of what it is one. */
  #addressAt(octets: Uint8Array): LeaseAddress {
    const lease = this.#store.get(octets);
    return lease === null ? leaseAddress6(octets, 0, false) : addressOf(lease);
  }

  /** An identity association may have several leases, as may a client several of those. */
  othersOf(): Lease6[] {
    return [];
  }
}

function addressOf({ address, type }: Lease6): LeaseAddress {
  return leaseAddress6(address, 0, type === LeaseType.pd);
}

const scratch = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);

/** The update that makes a peer hold a lease as it stands here, or hold none. */
export function encodeLease6(lease: Lease6, isUpdate: boolean): UpdateBytes {
  const length = encodeUpdateRecord6(scratch, 0, recordOfLease6(lease), isUpdate);
  return ownUpdate(length, isUpdate, addressOf(lease));
}

/** A peer finds the lease by its address and type; the length of a prefix that is gone nobody knows. */
function absence(address: LeaseAddress): UpdateBytes {
  const record = emptyRecord6();
  setRange(record.address, octetsOfAddress6(address as string), 0, ADDRESS_BYTES);
  setRange(record.duid, NOBODY, 0, NOBODY.length);
  record.type = isPrefixAddress6(address as string) ? LeaseType.pd : LeaseType.na;
  record.state = LeaseState.released;
  return ownUpdate(encodeUpdateRecord6(scratch, 0, record, false), false, address);
}

function ownUpdate(length: number, isUpdate: boolean, address: LeaseAddress): UpdateBytes {
  return { bytes: scratch.slice(0, length), offset: 0, length, isUpdate, address };
}
