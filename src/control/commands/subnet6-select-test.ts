/**
 * subnet6-select-test: which subnet a query would be in that came so. It is the search of the shards itself that answers; the
 * texts are Kea's.
 */
import { isIpv6Unspecified } from '../../base/ipv6.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { SubnetChoice6 } from '../../engine/dhcp6/subnets/subnet-choice.ts';
import type { Answer } from '../answer.ts';
import { type MemberKind, readSelectArguments } from './subnet-select-arguments.ts';
import { answerSelected } from './subnet-selected.ts';

const MEMBERS: Readonly<Record<string, MemberKind>> = {
  classes: 'classes',
  interface: 'text',
  'interface-id': 'identifier',
  link: 'IPv6',
  remote: 'IPv6',
};
const NO_ADDRESS = new Uint8Array(16);

/** @param choice by the configuration in force */
export function subnet6SelectTest(choice: () => SubnetChoice6, args: unknown): Answer {
  const given = readSelectArguments(MEMBERS, args);
  if ('result' in given) return given;
  const { classes, octets, texts } = given;
  const link = octets.get('link') ?? NO_ADDRESS;
  const selected = choice().select({
    interfaceName: texts.get('interface') ?? '',
    interfaceId: octets.get('interface-id') ?? null,
    link: isIpv6Unspecified(link, 0) ? null : link,
    source: octets.get('remote') ?? NO_ADDRESS,
    classes,
  });
  return answerSelected(
    selected === null ? null : { ...selected.config, prefix: formatIpv6(selected.config.prefix) },
  );
}
