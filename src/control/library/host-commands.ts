/**
 * reservation-add, -del and -update of Kea's host_cmds library. There is no database of hosts: reservations are kept in the
 * configuration, so each of these commands is a change of it, and config-write makes it last.
 */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { isAnswer, needMap, needSubnetId } from './arguments.ts';
import { type DocumentSources, editDhcp4, itemsOf, replaced } from './edit.ts';
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
  const given = needHost(args, 'reservation-add');
  if (isAnswer(given)) return given;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const conflict = hostsOf(dhcp4).find(
      (host) => host.subnetId === given.subnetId && isSameHost(host.map, given.map),
    );
    if (conflict !== undefined)
      return failure('failed to add host: a host of this identifier exists in this subnet already');
    const added = withHosts(dhcp4, given.subnetId, (hosts) => [...hosts, given.map]);
    return added === null ? noSubnet(given) : { dhcp4: added, answer: success('Host added.') };
  });
}

function hostUpdate(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needHost(args, 'reservation-update');
  if (isAnswer(given)) return given;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const old = hostsOf(dhcp4).find(
      (host) => host.subnetId === given.subnetId && isSameHost(host.map, given.map),
    );
    if (old === undefined) return failure('Host not updated (not found).', Result.empty);
    const updated = withHosts(dhcp4, given.subnetId, (hosts) => replaced(hosts, old.map, given.map));
    return updated === null ? noSubnet(given) : { dhcp4: updated, answer: success('Host updated.') };
  });
}

/** `{"subnet-id", "ip-address"}` or `{"subnet-id", "identifier-type", "identifier"}`. */
function hostDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const map = needMap(args, 'reservation-del');
  if (isAnswer(map)) return map;
  const isWanted = hostMatcher(map);
  if (typeof isWanted !== 'function') return isWanted;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const host = hostsOf(dhcp4).find(isWanted);
    const rest =
      host === undefined
        ? null
        : withHosts(dhcp4, host.subnetId, (hosts) => hosts.filter((each) => each !== host.map));
    return rest === null
      ? failure('Host not deleted (not found).', Result.empty)
      : { dhcp4: rest, answer: success('Host deleted.') };
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

function isSameHost(a: ArgumentMap, b: ArgumentMap): boolean {
  const [first, second] = [identifierOf(a), identifierOf(b)];
  return first !== null && first.type === second?.type && first.value === second.value;
}

/** The document with other reservations in one place; null when there is no such subnet. */
function withHosts(
  dhcp4: ArgumentMap,
  subnetId: number,
  change: (hosts: readonly ArgumentMap[]) => readonly ArgumentMap[],
): ArgumentMap | null {
  if (subnetId === 0) return { ...dhcp4, reservations: change(itemsOf(dhcp4, 'reservations')) };
  const subnet = subnetsOf(dhcp4).find(({ id }) => id === subnetId)?.map;
  if (subnet === undefined) return null;
  return withSubnet(dhcp4, subnet, { ...subnet, reservations: change(itemsOf(subnet, 'reservations')) });
}

function noSubnet({ subnetId }: PlacedHost): Answer {
  return failure(`IPv4 subnet with ID of '${subnetId}' is not configured`);
}
