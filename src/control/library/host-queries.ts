/** The commands of host_cmds that only read: reservation-get and its kin. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needSubnetId, needText } from './arguments.ts';
import { completeMap, type DocumentFamily, type DocumentSources } from './edit.ts';
import { hostMatcher } from './host-matcher.ts';
import { hostsOf, identifierOf, identifierText, type PlacedHost, shownHost } from './hosts.ts';

/** Hosts in one answer; with options and classes some 50 MB. */
const ANSWER_HOSTS_MAX = 100_000;

export function hostQueries(sources: DocumentSources): Map<string, CommandHandler> {
  const { family } = sources;
  const all = (): readonly PlacedHost[] => hostsOf(family, completeMap(sources));
  return new Map<string, CommandHandler>([
    ['reservation-get', (args) => hostGet(family, all, args)],
    ['reservation-get-all', (args) => hostGetAll(family, all, args)],
    [
      'reservation-get-by-address',
      (args) => hostsBy(family, all, args, 'reservation-get-by-address', byAddress),
    ],
    [
      'reservation-get-by-hostname',
      (args) => hostsBy(family, all, args, 'reservation-get-by-hostname', byHostname),
    ],
    ['reservation-get-by-id', (args) => hostsBy(family, all, args, 'reservation-get-by-id', byIdentifier)],
    ['reservation-get-page', (args) => hostGetPage(family, all, args)],
  ]);
}

type AllHosts = () => readonly PlacedHost[];
type IsWanted = (host: PlacedHost) => boolean;

function hostGet(family: DocumentFamily, all: AllHosts, args: unknown): Answer {
  const map = needMap(args, 'reservation-get');
  if (isAnswer(map)) return map;
  const isWanted = hostMatcher(family, map);
  if (typeof isWanted !== 'function') return isWanted;
  const host = all().find(isWanted);
  return host === undefined
    ? failure('Host not found.', Result.empty)
    : success('Host found.', shownHost(host));
}

/** `{"subnet-id": N}`, 0 for the global ones. */
function hostGetAll(family: DocumentFamily, all: AllHosts, args: unknown): Answer {
  const map = needMap(args, 'reservation-get-all');
  if (isAnswer(map)) return map;
  const subnetId = needSubnetId(map, 'subnet-id', 0);
  if (isAnswer(subnetId)) return subnetId;
  return list(
    family,
    all().filter((host) => host.subnetId === subnetId),
  );
}

function hostsBy(
  family: DocumentFamily,
  all: AllHosts,
  args: unknown,
  command: string,
  read: (family: DocumentFamily, map: ArgumentMap) => IsWanted | Answer,
): Answer {
  const map = needMap(args, command);
  if (isAnswer(map)) return map;
  const subnetId = map['subnet-id'] === undefined ? null : needSubnetId(map, 'subnet-id', 0);
  if (subnetId !== null && isAnswer(subnetId)) return subnetId;
  const isWanted = read(family, map);
  if (typeof isWanted !== 'function') return isWanted;
  return list(
    family,
    all().filter((host) => (subnetId === null || host.subnetId === subnetId) && isWanted(host)),
  );
}

function byAddress({ addressesOf, addressText }: DocumentFamily, map: ArgumentMap): IsWanted | Answer {
  const address = needText(map, 'ip-address');
  if (isAnswer(address)) return address;
  const wanted = addressText(address);
  return (host) => addressesOf(host.map).includes(wanted);
}

function byHostname(_family: DocumentFamily, map: ArgumentMap): IsWanted | Answer {
  const hostname = needText(map, 'hostname');
  if (isAnswer(hostname)) return hostname;
  const wanted = hostname.toLowerCase();
  return (host) => String(host.map['hostname']).toLowerCase() === wanted;
}

function byIdentifier(family: DocumentFamily, map: ArgumentMap): IsWanted | Answer {
  const type = needText(map, 'identifier-type');
  if (isAnswer(type)) return type;
  const identifier = needText(map, 'identifier');
  if (isAnswer(identifier)) return identifier;
  const value = identifierText(identifier);
  return (host) => {
    const own = identifierOf(family, host.map);
    return own?.type === type && own.value === value;
  };
}

/** `{"limit": N, "from"?: INDEX, "subnet-id"?: N}`; `next.from` of an answer begins the next page. */
function hostGetPage(family: DocumentFamily, all: AllHosts, args: unknown): Answer {
  const map = needMap(args, 'reservation-get-page');
  if (isAnswer(map)) return map;
  const { limit, from = 0, 'source-index': source = 0 } = map;
  if (!isCount(limit) || limit === 0) return failure("'limit' must be an integer above 0");
  if (!isCount(from)) return failure("'from' must be an integer from 0 on");
  if (!isCount(source)) return failure("'source-index' must be an integer from 0 on");
  const subnetId = map['subnet-id'] === undefined ? null : needSubnetId(map, 'subnet-id', 0);
  if (subnetId !== null && isAnswer(subnetId)) return subnetId;
  const hosts = all().filter((host) => subnetId === null || host.subnetId === subnetId);
  const page = hosts.slice(from, from + Math.min(limit, ANSWER_HOSTS_MAX));
  const count = page.length;
  return {
    result: count > 0 ? Result.success : Result.empty,
    text: `${count} IPv${family.digit} host(s) found.`,
    arguments: {
      count,
      hosts: page.map(shownHost),
      ...(count > 0 ? { next: { from: from + count, 'source-index': 0 } } : {}),
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function list(family: DocumentFamily, hosts: readonly PlacedHost[]): Answer {
  if (hosts.length > ANSWER_HOSTS_MAX)
    return failure(`more than ${ANSWER_HOSTS_MAX} hosts: use reservation-get-page`);
  return {
    result: hosts.length > 0 ? Result.success : Result.empty,
    text: `${hosts.length} IPv${family.digit} host(s) found.`,
    arguments: { hosts: hosts.map(shownHost) },
  };
}
