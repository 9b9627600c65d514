/** Parameters of libdhcp_flex_id. */
import { parseValue } from '../../classes/parse.ts';
import { DHCP4_SPACE } from '../../dhcp4/option-definitions.ts';
import { OptionSpaces } from '../../dhcp4/option-spaces.ts';
import type { FlexIdConfig } from '../hook-model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { accepted, required } from '../schema/rule.ts';
import { flag, name } from '../schema/scalars.ts';
import { only } from '../sections/unimplemented.ts';

export const flexIdSchema = defineMap('parameters of flex_id', {
  'identifier-expression': required(name()),
  'replace-client-id': only(false),
  // Clients of DHCPv6 alone have IAIDs.
  'ignore-iaid': accepted(flag()),
});

const standard = new OptionSpaces();

/** @param parameters undefined when the file has none */
export function readFlexId(parameters: unknown, at: Path, report: Report): FlexIdConfig | null {
  const values = readMap(flexIdSchema, parameters ?? {}, at, report);
  const expression = values?.['identifier-expression'];
  if (expression === undefined) return null;
  const parsed = parseValue(expression, {
    optionCode: (optionName) => standard.findByName(DHCP4_SPACE, optionName)?.code,
    isClass: () => true,
  });
  if (parsed.ok) return { identifier: parsed.node };
  const { at: offset, found, expected } = parsed.fault;
  report.errorInside(child(at, 'identifier-expression'), expression, offset, found, expected);
  return null;
}
