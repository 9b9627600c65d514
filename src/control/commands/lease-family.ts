/** What the lease commands of one family of addresses have of their own. What they do is the same code for both. */
import type { LeaseStoreOf } from '../../lease/store.ts';
import type { ArgumentMap } from '../arguments.ts';
import type { LeaseFault } from './lease-fault.ts';

/** What every lease has. */
export interface CommandLease {
  readonly subnetId: number;
  /** Unix seconds. */
  readonly clttSec: number;
  readonly validLifetimeSec: number;
  readonly hostname: string;
  readonly state: number;
}

/**
 * How a released lease (state 3) is shown. Kea knows the state since 2.7 and older versions refuse it; as expired and
 * reclaimed it means the same to them: free, and kept for its client.
 */
export type ReleasedAs = 'released' | 'expired-reclaimed';

/** A page of leases starts from `start`, or above an address. */
export interface LeaseFamily<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store = LeaseStoreOf<Lease, Address, From>,
> {
  /** Of IP: it stands in the names of the commands and in the texts of the answers. */
  readonly version: 4 | 6;
  readonly start: From;
  /** The largest state of a lease. */
  readonly stateMax: number;
  /** Columns of the lease file. */
  readonly columns: readonly string[];
  /** An address of the family, or null; whatever is not text is none. */
  readAddress(text: unknown): Address | null;
  formatAddress(address: Address): string;
  /** One from which a page may begin. */
  readFrom(text: unknown): From | null;
  addressOf(lease: Lease): Address;
  /** The lease that a command is to write, with the address under `ip-address`. */
  readLease(args: ArgumentMap, address: Address, subnets: Subnets, nowSec: number): Lease | LeaseFault;
  /** The lease that a command names, null when there is none. @param verb for refusals */
  identify(store: Store, args: unknown, verb: 'Query' | 'Delete'): Lease | null | LeaseFault;
  /** Whether a command names the client of a lease, or none. */
  isOfClient(lease: Lease, args: unknown): boolean;
  /** What an answer calls a lease: `address A` or `prefix P/N`. */
  describe(lease: Lease): string;
  /** As JSON text. */
  encode(lease: Lease, releasedAs: ReleasedAs): string;
  /** As a row of the lease file; null when none can stand for it. */
  encodeRow(lease: Lease): Uint8Array | null;
}
