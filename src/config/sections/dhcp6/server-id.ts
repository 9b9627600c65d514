/** `server-id`: the DUID of the server (RFC 8415 section 11), as far as a file says anything of it. */
import type { ServerIdConfig } from '../../dhcp6/model.ts';
import { defineMap, type Values } from '../../schema/map.ts';
import { required, rule, withDefault } from '../../schema/rule.ts';
import { flag, integer, oneOf, orEmpty, UINT32_MAX } from '../../schema/scalars.ts';

/** RFC 8415 section 11.1: 128 octets behind the type; the longest header of a type has 6. */
const IDENTIFIER_OCTETS_MAX = 122;

const identifier = rule(
  `pairs of hexadecimal digits such as "0a1b", at most ${IDENTIFIER_OCTETS_MAX}`,
  (value) =>
    typeof value === 'string' &&
    /^(?:[0-9a-fA-F]{2})+$/.test(value) &&
    value.length <= 2 * IDENTIFIER_OCTETS_MAX
      ? Uint8Array.from(Buffer.from(value, 'hex'))
      : undefined,
);

export const serverIdSchema = defineMap('server-id', {
  type: required(oneOf('LLT', 'EN', 'LL')),
  identifier: orEmpty(identifier),
  htype: withDefault(integer(0, 65_535), 0),
  time: withDefault(integer(0, UINT32_MAX), 0),
  'enterprise-id': withDefault(integer(0, UINT32_MAX), 0),
  persist: withDefault(flag(), true),
});

/** @param values undefined when the file has no such map */
export function readServerId(values: Values<typeof serverIdSchema.rules> | undefined): ServerIdConfig {
  return {
    type: values?.type ?? 'LLT',
    htype: values?.htype ?? 0,
    identifier: values?.identifier ?? new Uint8Array(0),
    time: values?.time ?? 0,
    enterpriseId: values?.['enterprise-id'] ?? 0,
    persist: values?.persist ?? true,
  };
}
