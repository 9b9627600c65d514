/**
 * subnet4-select-test: which subnet a query would be in that came so. It is the search of the shards itself that answers;
 * arguments, their order and the texts are Kea's, which looks at the members one by one in the order of their names.
 */
import { isIPv6 } from 'node:net';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/ipv4.ts';
import type { CompiledSubnet } from '../../engine/compiled.ts';
import type { ServerSocket } from '../../engine/query.ts';
import type { SubnetChoice, SubnetQuestion } from '../../engine/subnet-choice.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap } from '../arguments.ts';

export interface SubnetSelectSources {
  /** By the configuration in force. */
  readonly choice: () => SubnetChoice;
  /** The first address of an interface of this machine, 0 when it has none; null when there is no such interface. */
  readonly interfaceAddress: (name: string) => Ipv4 | null;
}

interface Arguments {
  readonly texts: Map<string, string>;
  readonly addresses: Map<string, Ipv4>;
  classes: readonly string[];
}

const ADDRESSES = ['address', 'link', 'local', 'relay', 'remote', 'subnet'];
const ALL_ONES = 0xffffffff;

export function subnetSelectTest(sources: SubnetSelectSources, args: unknown): Answer {
  if (args === undefined) return failure('empty arguments');
  if (!isMap(args)) return failure('arguments must be a map');
  const given: Arguments = { texts: new Map(), addresses: new Map(), classes: [] };
  for (const name of Object.keys(args).sort()) {
    const fault = take(given, name, args[name]);
    if (fault !== null) return failure(fault);
  }
  const subnet = select(sources, given);
  if (typeof subnet === 'string') return failure(subnet);
  return subnet === null ? failure('no subnet selected', Result.empty) : success(describe(subnet));
}

/** Keeps one member, or says what is wrong with it. */
function take(given: Arguments, name: string, value: unknown): string | null {
  if (name === 'classes') return takeClasses(given, value);
  const isAddress = ADDRESSES.includes(name);
  if (!isAddress && name !== 'interface') return `unknown entry '${name}'`;
  if (typeof value !== 'string') return `'${name}' entry must be a string`;
  if (!isAddress) {
    given.texts.set(name, value);
    return null;
  }
  const address = parseIpv4(value);
  if (address !== null) {
    given.addresses.set(name, address);
    return null;
  }
  const reason = isIPv6(value)
    ? 'not IPv4'
    : `Failed to convert string to address '${value}': Invalid argument`;
  return `bad '${name}' entry: ${reason}`;
}

function takeClasses(given: Arguments, value: unknown): string | null {
  if (!Array.isArray(value)) return "'classes' entry must be a list";
  if (!value.every((name) => typeof name === 'string')) return "'classes' entry must be a list of strings";
  given.classes = value;
  return null;
}

/** The subnet, null for none, or why there is no answer. */
function select(sources: SubnetSelectSources, { texts, addresses, classes }: Arguments) {
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
  const socket = { ...heard, fd: -1, replyFd: -1, broadcastFd: -1, raw: null };
  return choice().select({ ...question, socket });
}

function describe({ config }: CompiledSubnet): string {
  const subnet = `subnet '${formatIpv4(config.prefix)}/${config.prefixLength}' id ${config.id}`;
  return config.networkName === null
    ? `selected ${subnet}`
    : `selected shared network '${config.networkName}' starting with ${subnet}`;
}
