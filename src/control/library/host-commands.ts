/**
 * reservation-add, -del and -update of Kea's host_cmds library. There is no database of hosts: reservations are kept in the
 * configuration, so each of these commands is a change of it, and config-write makes it last.
 */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { isAnswer, needMap, needSubnetId } from './arguments.ts';
import { type DocumentFamily, type DocumentSources, editConfiguration, itemsOf, replaced } from './edit.ts';
import { hostMatcher, refusedTarget } from './host-matcher.ts';
import { hostQueries } from './host-queries.ts';
import { hostsOf, identifierOf, type PlacedHost } from './hosts.ts';
import { numbered, subnetsOf, withSubnet } from './subnets.ts';

export function createHostCommands(sources: DocumentSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['reservation-add', (args) => hostAdd(sources, args)],
    ['reservation-del', (args) => hostDelete(sources, args)],
    ['reservation-update', (args) => hostUpdate(sources, args)],
    ...hostQueries(sources),
  ]);
}

function hostAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needHost(args, 'reservation-add');
  if (isAnswer(given)) return given;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const conflict = hostsOf(family, server).find(
      (host) => host.subnetId === given.subnetId && isSameHost(family, host.map, given.map),
    );
    if (conflict !== undefined)
      return failure('failed to add host: a host of this identifier exists in this subnet already');
    const added = withHosts(family, server, given.subnetId, (hosts) => [...hosts, given.map]);
    return added === null ? noSubnet(family, given) : { map: added, answer: success('Host added.') };
  });
}

function hostUpdate(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needHost(args, 'reservation-update');
  if (isAnswer(given)) return given;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const old = hostsOf(family, server).find(
      (host) => host.subnetId === given.subnetId && isSameHost(family, host.map, given.map),
    );
    if (old === undefined) return failure('Host not updated (not found).', Result.empty);
    const updated = withHosts(family, server, given.subnetId, (hosts) => replaced(hosts, old.map, given.map));
    return updated === null ? noSubnet(family, given) : { map: updated, answer: success('Host updated.') };
  });
}

/** `{"subnet-id", "ip-address"}` or `{"subnet-id", "identifier-type", "identifier"}`. */
function hostDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const map = needMap(args, 'reservation-del');
  if (isAnswer(map)) return map;
  const isWanted = hostMatcher(family, map);
  if (typeof isWanted !== 'function') return isWanted;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const host = hostsOf(family, server).find(isWanted);
    const rest =
      host === undefined
        ? null
        : withHosts(family, server, host.subnetId, (hosts) => hosts.filter((each) => each !== host.map));
    return rest === null
      ? failure('Host not deleted (not found).', Result.empty)
      : { map: rest, answer: success('Host deleted.') };
  });
}

function needHost(args: unknown, command: string): PlacedHost | Answer {
  const map = needMap(args, command);
  if (isAnswer(map)) return map;
  const target = refusedTarget(map);
  if (target !== null) return target;
  const { reservation } = map;
  if (!isMap(reservation)) return failure(`missing 'reservation' argument for the '${command}' command`);
  const subnetId = needSubnetId(reservation, 'subnet-id', 0);
  if (isAnswer(subnetId)) return subnetId;
  const { 'subnet-id': _, ...host } = reservation;
  return { subnetId, map: host };
}

function isSameHost(family: DocumentFamily, a: ArgumentMap, b: ArgumentMap): boolean {
  const [first, second] = [identifierOf(family, a), identifierOf(family, b)];
  return first !== null && first.type === second?.type && first.value === second.value;
}

/** The document with other reservations in one place; null when there is no such subnet. */
function withHosts(
  family: DocumentFamily,
  server: ArgumentMap,
  subnetId: number,
  change: (hosts: readonly ArgumentMap[]) => readonly ArgumentMap[],
): ArgumentMap | null {
  if (subnetId === 0) return { ...server, reservations: change(itemsOf(server, 'reservations')) };
  const subnet = subnetsOf(family, server).find(({ id }) => id === subnetId)?.map;
  if (subnet === undefined) return null;
  return withSubnet(family, server, subnet, {
    ...subnet,
    reservations: change(itemsOf(subnet, 'reservations')),
  });
}

function noSubnet({ digit }: DocumentFamily, { subnetId }: PlacedHost): Answer {
  return failure(`IPv${digit} subnet with ID of '${subnetId}' is not configured`);
}
