/**
 * subnet4-select-test: which subnet a query would be in that came so. It is the search of the shards itself that answers; the
 * texts are Kea's.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { CompiledSubnet } from '../../engine/compiled/compiled.ts';
import type { ServerSocket } from '../../engine/query.ts';
import type { SubnetChoice, SubnetQuestion } from '../../engine/subnets/subnet-choice.ts';
import { type Answer, failure } from '../answer.ts';
import { type MemberKind, readSelectArguments, type SelectArguments } from './subnet-select-arguments.ts';
import { answerSelected } from './subnet-selected.ts';

export interface SubnetSelectSources {
  /** By the configuration in force. */
  readonly choice: () => SubnetChoice;
  /** The first address of an interface of this machine, 0 when it has none; null when there is no such interface. */
  readonly interfaceAddress: (name: string) => Ipv4 | null;
}

const MEMBERS: Readonly<Record<string, MemberKind>> = {
  address: 'IPv4',
  classes: 'classes',
  interface: 'text',
  link: 'IPv4',
  local: 'IPv4',
  relay: 'IPv4',
  remote: 'IPv4',
  subnet: 'IPv4',
};
const ALL_ONES = 0xffffffff;

export function subnetSelectTest(sources: SubnetSelectSources, args: unknown): Answer {
  const given = readSelectArguments(MEMBERS, args);
  if ('result' in given) return given;
  const subnet = select(sources, given);
  if (typeof subnet === 'string') return failure(subnet);
  return answerSelected(
    subnet === null ? null : { ...subnet.config, prefix: formatIpv4(subnet.config.prefix) },
  );
}

/** The subnet, null for none, or why there is no answer. */
function select(sources: SubnetSelectSources, { texts, addresses, classes }: SelectArguments) {
  const at = (name: string): Ipv4 => addresses.get(name) ?? 0;
  const interfaceName = texts.get('interface') ?? '';
  const broadcast = at('local') === ALL_ONES;
  const question = {
    ciaddr: at('address'),
    giaddr: at('relay'),
    selected: at('link') !== 0 ? at('link') : at('subnet'),
    source: at('remote'),
    classes,
  };
  // No relay has this address. [Kea] Here it is looked for all the same, in a subnet that none can be in.
  if (question.selected === 0 && question.giaddr === ALL_ONES) return null;
  if (isFoundByAddress(question, broadcast))
    return choose(sources, question, { interfaceName, broadcast, address: 0 });
  if (interfaceName === '') return null;
  const address = sources.interfaceAddress(interfaceName);
  if (address === null) {
    return `Error during command processing: interface ${interfaceName} doesn't exist and therefore it is impossible to find a suitable subnet for its IPv4 address`;
  }
  return choose(sources, question, { interfaceName, broadcast, address });
}

/** Whether the interface plays no part. */
function isFoundByAddress(
  { ciaddr, giaddr, selected, source }: Omit<SubnetQuestion, 'socket'>,
  broadcast: boolean,
) {
  return selected !== 0 || giaddr !== 0 || (!broadcast && (ciaddr !== 0 || source !== 0));
}

function choose(
  { choice }: SubnetSelectSources,
  question: Omit<SubnetQuestion, 'socket'>,
  heard: Pick<ServerSocket, 'address' | 'interfaceName' | 'broadcast'>,
): CompiledSubnet | null {
  const socket = { ...heard, fd: -1, replyFd: -1, broadcastFd: -1, joinMax: 0, raw: null };
  return choice().select({ ...question, socket });
}
