/**
 * What Kea keeps of an option that a client sends, by its standard definition: of text all but the NULs at its end, of fields
 * of a fixed size no more than these, with the options that stand behind them.
 */
import { fixedOctets } from '../options/fixed-octets.ts';
import { OptionSpaces } from '../options/spaces.ts';
import { OptionCode } from './codes.ts';
import { DHCP6_SPACE } from './option-definitions.ts';
import { DHCP6_OPTIONS } from './option-standard.ts';

const STANDARD = new OptionSpaces(DHCP6_OPTIONS);
const ENTERPRISE_BYTES = 4;

/** In the place of the octets of the fields: everything is data. */
export const OPAQUE = -1;
/** Everything is text. */
export const TEXT = -2;

/** Octets of an option's fields, behind which options may stand; or OPAQUE, or TEXT. @param code 0..65535 */
export function shapeOf(space: string, code: number): number {
  if (space === DHCP6_SPACE && code === OptionCode.vendorOptions) return ENTERPRISE_BYTES;
  const definition = STANDARD.findByCode(space, code);
  if (definition === undefined) return OPAQUE;
  const { encapsulates, fields } = definition;
  if (fields.length === 1 && fields[0] === 'string') return TEXT;
  if (fields.length === 0 && encapsulates === '') return OPAQUE;
  return fixedOctets(definition) ?? OPAQUE;
}

/** The space of the options inside of an option. */
export function spaceInside(space: string, code: number): string {
  return STANDARD.findByCode(space, code)?.encapsulates || DHCP6_SPACE;
}

/** The space of the options of an enterprise. */
export function vendorSpace(enterprise: number): string {
  return `vendor-${enterprise}`;
}
