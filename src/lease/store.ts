/**
 * Every lease change that is not made by a shard goes through this door: the table, the pools, the statistics and the
 * lease file always change together. Used by the control and peer commands, by sync and by the expiry timer.
 */

/**
 * `full` = there is no room, be it in memory or in a row of the lease file; `busy` = another client is being given the
 * address, and its ACK or REPLY may leave any moment. Then nothing is changed.
 */
export type PutOutcome = 'created' | 'updated' | 'full' | 'busy';

/**
 * Who wants a change. What a peer sends may have crossed a change of ours on the way; an administrator means what is there
 * now; and so does a synchronization of two servers that are both silent: it has compared the two leases.
 */
export type ChangeSource = 'peer' | 'administrator' | 'synchronization';

/** @typeParam From where a page may begin: an address, or what stands for the start */
export interface LeaseStoreOf<Lease, Address, From> {
  /** The lease at an address in any state but offered, or null. */
  get(address: Address): Lease | null;
  /** Writes a lease over whatever stands at its address. @param source default: a peer */
  put(lease: Lease, source?: ChangeSource): PutOutcome;
  /**
   * Deletes the lease at an address; false when there is none, `busy` as in PutOutcome.
   * @param source default: a peer, to whom no deletion is refused as busy
   * @throws when nothing can be deleted now
   */
  remove(address: Address, source?: ChangeSource): boolean | 'busy';
  /** At most `limit` leases with addresses strictly above `from`, ascending by address. */
  page(from: From, limit: number): Lease[];
  /** Leases of the given subnets, or all; ascending by address. */
  all(subnetIds: readonly number[] | null): Lease[];
  /** Every address that has a lease or an offer, ascending; leases that come later are not among them. */
  walk(): AddressWalk<Address>;
  count(): number;
  /** Leases put and removed through this door since the start. */
  changes(): number;
  /**
   * Resolves when every change made so far is on stable storage (at once when the lease file is off).
   * Rejects when the journal cannot write and `timeoutMs` has passed: the change is in memory, the disk lacks it.
   */
  durable(timeoutMs: number): Promise<void>;
}

/** Addresses in their order, which never changes. */
export interface AddressWalk<Address> {
  readonly length: number;
  at(index: number): Address;
}
