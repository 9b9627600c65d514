/** Configurations that both servers are asked with; each is about a few keys. */
import type { KeaKind } from '../kea.ts';
import { classFamilies } from './class-families.ts';
import { definitionFamilies } from './definition-families.ts';
import { hostFamilies } from './host-families.ts';
import { lifetimeFamilies } from './lifetime-families.ts';
import { nameFamilies } from './name-families.ts';
import { networkFamilies } from './network-families.ts';
import { optionFamilies } from './option-families.ts';
import type { Traffic } from './scripts.ts';
import type { StartLease } from './start-leases.ts';
import { subnetFamilies } from './subnet-families.ts';

export interface Family {
  readonly name: string;
  /** Keys of the Dhcp4 map, in place of the usual ones. */
  readonly dhcp4: Readonly<Record<string, unknown>>;
  /** Keys that only this Kea has. */
  readonly only?: KeaKind;
  readonly traffic?: Partial<Traffic>;
  /** Leases are answered out of the cache: times in answers depend on when they are asked for. */
  readonly isCached?: boolean;
  /** Leases that the servers start with. */
  readonly leases?: readonly StartLease[];
  /** DNS is told of names: what it is told is compared too. */
  readonly isNamed?: boolean;
  /** Scripts that are played; default SCRIPTS. */
  readonly scripts?: number;
}

export const SCRIPTS = 24;

export const FAMILIES: readonly Family[] = [
  ...subnetFamilies,
  ...networkFamilies,
  ...classFamilies,
  ...hostFamilies,
  ...nameFamilies,
  ...optionFamilies,
  ...definitionFamilies,
  ...lifetimeFamilies,
];
