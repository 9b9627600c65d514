/** What everybody needs to know of the lease updates of a family, who works with records of it but not with what they say. */

/**
 * An address as it is kept beside leases: of DHCPv4 its number, of DHCPv6 its 32 hexadecimal digits, and `p` behind them
 * where it begins a prefix. In the order of these values leases are told by pages.
 */
export type LeaseAddress = number | string;

/** A lease update in somebody's bytes: a record of the family's update-record.ts. */
export interface UpdateBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** False = the lease is deleted. */
  readonly isUpdate: boolean;
  readonly address: LeaseAddress;
}

export interface UpdateFamily {
  /** Octets of the longest record. */
  readonly recordBytesMax: number;
  /** Where the octets of the address stand in a record, and how many they are. */
  readonly addressAt: number;
  readonly addressBytes: number;
  /** Whether a record says how a lease stands now; else the lease is gone. Pre: one stands at `at` */
  isUpdate(bytes: Uint8Array, at: number): boolean;
  /** The address that a record is about. Pre: one stands at `at` */
  addressOf(bytes: Uint8Array, at: number): LeaseAddress;
  /** An address as people write it. */
  formatAddress(address: LeaseAddress): string;
  /** Whose lease a record is, in the text form of Kea's commands. Pre: the octets are a record */
  clientOf(
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): { readonly hwAddress: string; readonly clientId: string };
}
