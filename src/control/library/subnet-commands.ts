/** subnet4-* of Kea's subnet_cmds library. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needOne, needSubnetId, quoted } from './arguments.ts';
import { applyDelta, removeDelta } from './delta.ts';
import { completeDhcp4, type DocumentSources, type Edited, editDhcp4, itemsOf } from './edit.ts';
import { numbered, type PlacedSubnet, prefixText, subnetsOf, withSubnet } from './subnets.ts';

export function createSubnetCommands(sources: DocumentSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['subnet4-add', (args) => subnetAdd(sources, args)],
    ['subnet4-del', (args) => subnetDelete(sources, args)],
    ['subnet4-delta-add', (args) => subnetChange(sources, args, 'subnet4-delta-add', applyDelta)],
    ['subnet4-delta-del', (args) => subnetChange(sources, args, 'subnet4-delta-del', removeDelta)],
    ['subnet4-get', (args) => subnetGet(sources, args)],
    ['subnet4-list', () => subnetList(sources)],
    ['subnet4-update', (args) => subnetChange(sources, args, 'subnet4-update', (_before, given) => given)],
  ]);
}

function subnetList(sources: DocumentSources): Answer {
  const subnets = subnetsOf(completeDhcp4(sources)).map(({ id, prefix, networkName }) => ({
    id,
    'shared-network-name': networkName,
    subnet: prefix,
  }));
  const count = subnets.length;
  return {
    result: count > 0 ? Result.success : Result.empty,
    text: `${count} IPv4 subnet${count === 1 ? '' : 's'} found`,
    arguments: { subnets },
  };
}

/** `{"id": N}` or `{"subnet": PREFIX}`. */
function subnetGet(sources: DocumentSources, args: unknown): Answer {
  const map = needMap(args, 'subnet4-get');
  if (isAnswer(map)) return map;
  const found = findSubnet(subnetsOf(completeDhcp4(sources)), map);
  if (isAnswer(found)) return found;
  const { id, prefix, networkName, map: subnet } = found;
  return success(`Info about IPv4 subnet ${prefix} (id ${id}) returned`, {
    subnet4: [{ ...subnet, 'shared-network-name': networkName }],
  });
}

function findSubnet(subnets: readonly PlacedSubnet[], map: ArgumentMap): PlacedSubnet | Answer {
  if (map['id'] !== undefined) {
    const id = needSubnetId(map, 'id');
    if (isAnswer(id)) return id;
    const found = subnets.find((subnet) => subnet.id === id);
    return found ?? failure(`No subnet with id ${id} found`, Result.empty);
  }
  const { subnet } = map;
  if (typeof subnet !== 'string') return failure("'id' or 'subnet' is needed");
  const prefix = prefixText(subnet);
  const found = subnets.find((each) => each.prefix === prefix);
  return found ?? failure(`No ${quoted(prefix)} subnet found`, Result.empty);
}

/** A subnet without an id gets the next one. */
function subnetAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needOne(args, 'subnet4-add', 'subnet4');
  if (isAnswer(given)) return given;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const subnets = subnetsOf(dhcp4);
    const id = (given['id'] ?? 0) === 0 ? (subnets.at(-1)?.id ?? 0) + 1 : given['id'];
    const prefix = prefixText(given['subnet']);
    if (subnets.some((subnet) => subnet.id === id))
      return failure(`ID of the new IPv4 subnet '${id}' is already in use`);
    if (subnets.some((subnet) => subnet.prefix === prefix))
      return failure(`subnet with the prefix of '${quoted(prefix)}' already exists`);
    const added = { ...given, id };
    return {
      dhcp4: { ...dhcp4, subnet4: [...itemsOf(dhcp4, 'subnet4'), added] },
      answer: success('IPv4 subnet added', { subnets: [{ id, subnet: prefix }] }),
    };
  });
}

/** @param make the next map of the subnet, of the one of now and what was given */
function subnetChange(
  sources: DocumentSources,
  args: unknown,
  command: string,
  make: (before: ArgumentMap, given: ArgumentMap) => ArgumentMap,
): Answer | Promise<Answer> {
  const given = needOne(args, command, 'subnet4');
  if (isAnswer(given)) return given;
  const id = needSubnetId(given, 'id');
  if (isAnswer(id)) return id;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const subnet = subnetsOf(dhcp4).find((each) => each.id === id);
    if (subnet === undefined) return failure(`No subnet with id ${id} found`, Result.empty);
    // The prefix is what the leases of the subnet hang on: another one is another subnet.
    if (given['subnet'] !== undefined && prefixText(given['subnet']) !== subnet.prefix)
      return failure(
        `the prefix of subnet ${id} is ${subnet.prefix} and cannot be changed: delete it, add another`,
      );
    const after = { ...make(subnet.map, given), id, subnet: subnet.map['subnet'] };
    return {
      dhcp4: withSubnet(dhcp4, subnet.map, after),
      answer: success('IPv4 subnet updated', { subnets: [{ id, subnet: subnet.prefix }] }),
    };
  });
}

/** Its leases stay, as in Kea: they end in their time. */
function subnetDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const map = needMap(args, 'subnet4-del');
  if (isAnswer(map)) return map;
  const id = needSubnetId(map, 'id');
  if (isAnswer(id)) return id;
  return editDhcp4(sources, (before): Edited | Answer => {
    const dhcp4 = numbered(before);
    const subnet = subnetsOf(dhcp4).find((each) => each.id === id);
    if (subnet === undefined) return failure(`no subnet with id ${id} found`, Result.empty);
    return {
      dhcp4: withSubnet(dhcp4, subnet.map, null),
      answer: success(`IPv4 subnet ${subnet.prefix} (id ${id}) deleted`, {
        subnets: [{ id, subnet: subnet.prefix }],
      }),
    };
  });
}
