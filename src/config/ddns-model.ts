/** Host names and DNS updates as the rest of the program sees them; see model.ts. */

/** `dhcp-ddns`: where name change requests go. */
export interface DdnsServerConfig {
  readonly enableUpdates: boolean;
  /** Textual, of either family. */
  readonly serverIp: string;
  readonly serverPort: number;
  /** '' = any. */
  readonly senderIp: string;
  /** 0 = any. */
  readonly senderPort: number;
  /** Name change requests that wait at most. */
  readonly maxQueueSize: number;
}

export type ReplaceClientName = 'never' | 'always' | 'when-present' | 'when-not-present';

export type ConflictResolution =
  | 'check-with-dhcid'
  | 'no-check-with-dhcid'
  | 'check-exists-with-dhcid'
  | 'no-check-without-dhcid';

/** The ddns-* and hostname-* keys that hold for a subnet, inherited ones resolved. */
export interface DdnsConfig {
  readonly sendUpdates: boolean;
  readonly overrideNoUpdate: boolean;
  readonly overrideClientUpdate: boolean;
  readonly replaceClientName: ReplaceClientName;
  readonly generatedPrefix: string;
  readonly qualifyingSuffix: string;
  readonly updateOnRenew: boolean;
  readonly conflictResolution: ConflictResolution;
  /** Null = not set; then the percentage, else a third of the lifetime. */
  readonly ttlSec: number | null;
  readonly ttlPercent: number | null;
  readonly ttlMinSec: number | null;
  readonly ttlMaxSec: number | null;
  /** A regular expression of the characters to replace; '' = none. */
  readonly hostnameCharSet: string;
  readonly hostnameCharReplacement: string;
}

/** Kea's defaults. */
export const DDNS_SERVER_DEFAULTS: DdnsServerConfig = {
  enableUpdates: false,
  serverIp: '127.0.0.1',
  serverPort: 53001,
  senderIp: '',
  senderPort: 0,
  maxQueueSize: 1024,
};

/** Kea's defaults. */
export const DDNS_DEFAULTS: DdnsConfig = {
  sendUpdates: true,
  overrideNoUpdate: false,
  overrideClientUpdate: false,
  replaceClientName: 'never',
  generatedPrefix: 'myhost',
  qualifyingSuffix: '',
  updateOnRenew: false,
  conflictResolution: 'check-with-dhcid',
  ttlSec: null,
  ttlPercent: null,
  ttlMinSec: null,
  ttlMaxSec: null,
  hostnameCharSet: '[^A-Za-z0-9.-]',
  hostnameCharReplacement: '',
};
