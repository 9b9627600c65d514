/** Parameters of libdhcp_flex_id. */
import type { OptionSpaces } from '../../options/spaces.ts';
import type { FlexIdConfig } from '../hook-model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { flag, text } from '../schema/scalars.ts';
import { readValueExpression } from './expression.ts';

export const flexIdSchema = defineMap('parameters of flex_id', {
  'identifier-expression': required(text()),
  'replace-client-id': withDefault(flag(), false),
  // Clients of DHCPv4 have none.
  'ignore-iaid': withDefault(flag(), false),
});

/** @param parameters undefined when the file has none */
export function readFlexId(
  parameters: unknown,
  at: Path,
  report: Report,
  spaces: OptionSpaces,
): FlexIdConfig | null {
  const values = readMap(flexIdSchema, parameters ?? {}, at, report);
  const expression = values?.['identifier-expression'];
  if (values === undefined || expression === undefined || expression === '') return null;
  const place = child(at, 'identifier-expression');
  const identifier = readValueExpression(expression, spaces, place, report);
  return (
    identifier && {
      identifier,
      replacesClientId: values['replace-client-id'],
      ignoresIaids: values['ignore-iaid'],
    }
  );
}
