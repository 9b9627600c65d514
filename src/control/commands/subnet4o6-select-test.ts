/**
 * subnet4o6-select-test: which subnet a query would be in that came inside of DHCPv6. [RFC7341] Only a subnet with a `4o6-` key
 * can be one for such queries, and a configuration with one is refused: arguments are checked as Kea checks them, and there
 * is no subnet.
 */
import type { Answer } from '../answer.ts';
import { type MemberKind, readSelectArguments } from './subnet-select-arguments.ts';
import { answerSelected } from './subnet-selected.ts';

const MEMBERS: Readonly<Record<string, MemberKind>> = {
  address: 'IPv4',
  classes: 'classes',
  interface: 'text',
  'interface-id': 'identifier',
  link: 'IPv6',
  local: 'IPv6',
  relay: 'IPv4',
  remote: 'IPv6',
  subnet: 'IPv4',
};

export function subnet4o6SelectTest(args: unknown): Answer {
  const given = readSelectArguments(MEMBERS, args);
  return 'result' in given ? given : answerSelected(null);
}
