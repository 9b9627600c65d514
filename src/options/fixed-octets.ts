/** Options whose fields always take the same room. */
import type { OptionDefinition } from './definition.ts';
import type { FieldType } from './fields.ts';

const FIELD_OCTETS: Partial<Record<FieldType, number>> = {
  boolean: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  'ipv4-address': 4,
  'ipv6-address': 16,
};

/** Octets of the fields of an option together, or null where that depends on its data. */
export function fixedOctets({ fields, repeatsLast }: OptionDefinition): number | null {
  if (repeatsLast) return null;
  let octets = 0;
  for (const field of fields) {
    const each = FIELD_OCTETS[field];
    if (each === undefined) return null;
    octets += each;
  }
  return octets;
}
