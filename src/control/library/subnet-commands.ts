/** subnet4-* and subnet6-* of Kea's subnet_cmds library. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needOne, needSubnetId, quoted } from './arguments.ts';
import { applyDelta, removeDelta } from './delta.ts';
import {
  completeMap,
  type DocumentFamily,
  type DocumentSources,
  type Edited,
  editConfiguration,
  itemsOf,
} from './edit.ts';
import { numbered, type PlacedSubnet, subnetsOf, withSubnet } from './subnets.ts';

export function createSubnetCommands(sources: DocumentSources): Map<string, CommandHandler> {
  const { subnets: name } = sources.family;
  const change =
    (command: string, make: SubnetEdit): CommandHandler =>
    (args) =>
      subnetChange(sources, args, command, make);
  return new Map<string, CommandHandler>([
    [`${name}-add`, (args) => subnetAdd(sources, args)],
    [`${name}-del`, (args) => subnetDelete(sources, args)],
    [`${name}-delta-add`, change(`${name}-delta-add`, applyDelta)],
    [`${name}-delta-del`, change(`${name}-delta-del`, removeDelta)],
    [`${name}-get`, (args) => subnetGet(sources, args)],
    [`${name}-list`, () => subnetList(sources)],
    [`${name}-update`, change(`${name}-update`, (_before, given) => given)],
  ]);
}

/** Makes the next map of a subnet, of the one of now and what was given. */
type SubnetEdit = (before: ArgumentMap, given: ArgumentMap) => ArgumentMap;

function subnetList(sources: DocumentSources): Answer {
  const subnets = subnetsOf(sources.family, completeMap(sources)).map(({ id, prefix, networkName }) => ({
    id,
    'shared-network-name': networkName,
    subnet: prefix,
  }));
  const count = subnets.length;
  return {
    result: count > 0 ? Result.success : Result.empty,
    text: `${count} IPv${sources.family.digit} subnet${count === 1 ? '' : 's'} found`,
    arguments: { subnets },
  };
}

/** `{"id": N}` or `{"subnet": PREFIX}`. */
function subnetGet(sources: DocumentSources, args: unknown): Answer {
  const { family } = sources;
  const map = needMap(args, `${family.subnets}-get`);
  if (isAnswer(map)) return map;
  const found = findSubnet(family, subnetsOf(family, completeMap(sources)), map);
  if (isAnswer(found)) return found;
  const { id, prefix, networkName, map: subnet } = found;
  return success(`Info about IPv${family.digit} subnet ${prefix} (id ${id}) returned`, {
    [family.subnets]: [{ ...subnet, 'shared-network-name': networkName }],
  });
}

function findSubnet(
  { prefixText }: DocumentFamily,
  subnets: readonly PlacedSubnet[],
  map: ArgumentMap,
): PlacedSubnet | Answer {
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
  const { family } = sources;
  const given = needOne(args, `${family.subnets}-add`, family.subnets);
  if (isAnswer(given)) return given;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const subnets = subnetsOf(family, server);
    const id = (given['id'] ?? 0) === 0 ? (subnets.at(-1)?.id ?? 0) + 1 : given['id'];
    const prefix = family.prefixText(String(given['subnet']));
    if (subnets.some((subnet) => subnet.id === id))
      return failure(`ID of the new IPv${family.digit} subnet '${id}' is already in use`);
    if (subnets.some((subnet) => subnet.prefix === prefix))
      return failure(`subnet with the prefix of '${quoted(prefix)}' already exists`);
    const added = { ...given, id };
    return {
      map: { ...server, [family.subnets]: [...itemsOf(server, family.subnets), added] },
      answer: success(`IPv${family.digit} subnet added`, { subnets: [{ id, subnet: prefix }] }),
    };
  });
}

function subnetChange(
  sources: DocumentSources,
  args: unknown,
  command: string,
  make: SubnetEdit,
): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needOne(args, command, family.subnets);
  if (isAnswer(given)) return given;
  const id = needSubnetId(given, 'id');
  if (isAnswer(id)) return id;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const subnet = subnetsOf(family, server).find((each) => each.id === id);
    if (subnet === undefined) return failure(`No subnet with id ${id} found`, Result.empty);
    // The prefix is what the leases of the subnet hang on: another one is another subnet.
    if (given['subnet'] !== undefined && family.prefixText(String(given['subnet'])) !== subnet.prefix)
      return failure(
        `the prefix of subnet ${id} is ${subnet.prefix} and cannot be changed: delete it, add another`,
      );
    const after = { ...make(subnet.map, given), id, subnet: subnet.map['subnet'] };
    return {
      map: withSubnet(family, server, subnet.map, after),
      answer: success(`IPv${family.digit} subnet updated`, { subnets: [{ id, subnet: subnet.prefix }] }),
    };
  });
}

/** Its leases stay, as in Kea: they end in their time. */
function subnetDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const map = needMap(args, `${family.subnets}-del`);
  if (isAnswer(map)) return map;
  const id = needSubnetId(map, 'id');
  if (isAnswer(id)) return id;
  return editConfiguration(sources, (before): Edited | Answer => {
    const server = numbered(family, before);
    const subnet = subnetsOf(family, server).find((each) => each.id === id);
    if (subnet === undefined) return failure(`no subnet with id ${id} found`, Result.empty);
    return {
      map: withSubnet(family, server, subnet.map, null),
      answer: success(`IPv${family.digit} subnet ${subnet.prefix} (id ${id}) deleted`, {
        subnets: [{ id, subnet: subnet.prefix }],
      }),
    };
  });
}
