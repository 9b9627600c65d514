/** Configurations of DHCPv6 that both servers are asked with; each is about a few keys. */
import type { KeaKind } from '../kea.ts';
import { classFamilies6 } from './class-families.ts';
import { hookFamilies6 } from './hook-families.ts';
import { hostFamilies6 } from './host-families.ts';
import { networkFamilies6 } from './network-families.ts';
import { optionFamilies6 } from './option-families.ts';
import type { Traffic } from './steps.ts';
import { subnetFamilies6 } from './subnet-families.ts';

export interface Family6 {
  readonly name: string;
  /** Keys of the Dhcp6 map. */
  readonly dhcp6: Readonly<Record<string, unknown>>;
  /** Keys that only this Kea has. */
  readonly only?: KeaKind;
  /** Leases are answered as they are: their lifetimes depend on when they are asked for. */
  readonly isCached?: boolean;
  readonly traffic?: Partial<Traffic>;
}

export const FAMILIES_6: readonly Family6[] = [
  ...subnetFamilies6,
  ...networkFamilies6,
  ...hostFamilies6,
  ...optionFamilies6,
  ...classFamilies6,
  ...hookFamilies6,
];
