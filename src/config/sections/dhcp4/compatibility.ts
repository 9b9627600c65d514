/** `compatibility`: exceptions from the standards. */
import type { CompatibilityConfig } from '../../model.ts';
import { defineMap, type Values, withoutContext } from '../../schema/map.ts';
import { withDefault } from '../../schema/rule.ts';
import { flag } from '../../schema/scalars.ts';

export const compatibilitySchema = withoutContext(
  defineMap('compatibility', {
    'lenient-option-parsing': withDefault(flag(), false),
    'ignore-dhcp-server-identifier': withDefault(flag(), false),
    'ignore-rai-link-selection': withDefault(flag(), false),
    'exclude-first-last-24': withDefault(flag(), false),
  }),
);

/** @param values undefined when the file has no such map */
export function readCompatibility(
  values: Values<typeof compatibilitySchema.rules> | undefined,
): CompatibilityConfig {
  return {
    lenientOptionParsing: values?.['lenient-option-parsing'] ?? false,
    ignoreServerIdentifier: values?.['ignore-dhcp-server-identifier'] ?? false,
    ignoreLinkSelection: values?.['ignore-rai-link-selection'] ?? false,
    excludeFirstLast24: values?.['exclude-first-last-24'] ?? false,
  };
}
