/** Host reservations as the rest of the program sees them; see model.ts. */
import type { Ipv4 } from '../base/ipv4.ts';
import type { OptionConfig, VendorOptionConfig } from './model.ts';

/** What a host is known by. `duid` is the DUID in a client identifier of type 255 (RFC 4361). */
export const HOST_IDENTIFIERS = ['hw-address', 'duid', 'circuit-id', 'client-id', 'flex-id'] as const;
export type HostIdentifier = (typeof HOST_IDENTIFIERS)[number];

export interface HostConfig {
  /** Of its subnet; 0 = global. */
  readonly subnetId: number;
  readonly identifier: HostIdentifier;
  readonly identifierBytes: Uint8Array;
  /** Null = the host has no address of its own. */
  readonly address: Ipv4 | null;
  /** As in the file; '' = none. */
  readonly hostname: string;
  readonly clientClasses: readonly string[];
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
  /** Null = classes and scopes decide, as with the fields below. */
  readonly nextServer: Ipv4 | null;
  readonly serverHostname: string | null;
  readonly bootFileName: string | null;
}

/** Where the hosts of a subnet are looked for. */
export interface HostModes {
  readonly global: boolean;
  readonly inSubnet: boolean;
  /** No reserved address lies in a pool: candidates of pools need not be looked up. */
  readonly outOfPool: boolean;
}
