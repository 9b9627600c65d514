/** network4-* and network6-* of Kea's subnet_cmds library. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needOne, needSubnetId, needText, quoted } from './arguments.ts';
import { completeMap, type DocumentSources, editConfiguration, itemsOf, replaced } from './edit.ts';
import { numbered, subnetsOf, withSubnet } from './subnets.ts';

export function createNetworkCommands(sources: DocumentSources): Map<string, CommandHandler> {
  const name = `network${sources.family.digit}`;
  return new Map<string, CommandHandler>([
    [`${name}-add`, (args) => networkAdd(sources, args)],
    [`${name}-del`, (args) => networkDelete(sources, args)],
    [`${name}-get`, (args) => networkGet(sources, args)],
    [`${name}-list`, () => networkList(sources)],
    [`${name}-subnet-add`, (args) => subnetAdd(sources, args)],
    [`${name}-subnet-del`, (args) => subnetDelete(sources, args)],
  ]);
}

function networkList(sources: DocumentSources): Answer {
  const networks = itemsOf(completeMap(sources), 'shared-networks').map(({ name }) => ({ name }));
  return {
    result: networks.length > 0 ? Result.success : Result.empty,
    text: `${networks.length} IPv${sources.family.digit} network(s) found`,
    arguments: { 'shared-networks': networks },
  };
}

function networkGet(sources: DocumentSources, args: unknown): Answer {
  const { family } = sources;
  const name = needName(args, `network${family.digit}-get`);
  if (isAnswer(name)) return name;
  const network = findNetwork(completeMap(sources), name);
  if (network === undefined) return noNetwork(name);
  return success(`Info about IPv${family.digit} shared network '${quoted(name)}' returned`, {
    'shared-networks': [network],
  });
}

function networkAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needOne(args, `network${family.digit}-add`, 'shared-networks');
  if (isAnswer(given)) return given;
  const name = needText(given, 'name');
  if (isAnswer(name)) return name;
  return editConfiguration(sources, (before) => {
    if (findNetwork(before, name) !== undefined)
      return failure(`duplicate network '${quoted(name)}' found in the configuration`);
    const server = numbered(family, before);
    // A subnet that comes with its network and has no id gets the next one.
    let last = subnetsOf(family, server).at(-1)?.id ?? 0;
    const subnets = itemsOf(given, family.subnets).map((subnet) =>
      (subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet,
    );
    const network = given[family.subnets] === undefined ? given : { ...given, [family.subnets]: subnets };
    return {
      map: { ...server, 'shared-networks': [...itemsOf(server, 'shared-networks'), network] },
      answer: success(`A new IPv${family.digit} shared network '${quoted(name)}' added`, {
        'shared-networks': [{ name }],
      }),
    };
  });
}

/** `subnets-action`: "keep" leaves its subnets, each for itself, "delete" deletes them too. */
function networkDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const map = needMap(args, `network${family.digit}-del`);
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  if (isAnswer(name)) return name;
  const { 'subnets-action': action = 'keep' } = map;
  if (action !== 'keep' && action !== 'delete') return failure(`'subnets-action' must be "keep" or "delete"`);
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    const network = findNetwork(server, name);
    if (network === undefined) return noNetwork(name);
    const kept = action === 'keep' ? itemsOf(network, family.subnets) : [];
    return {
      map: {
        ...server,
        'shared-networks': itemsOf(server, 'shared-networks').filter((each) => each !== network),
        [family.subnets]: [...itemsOf(server, family.subnets), ...kept],
      },
      answer: success(`IPv${family.digit} shared network '${quoted(name)}' deleted`, {
        'shared-networks': [{ name }],
      }),
    };
  });
}

/** `{"name": NETWORK, "id": SUBNET}`: a subnet that stands alone becomes one of the network. */
function subnetAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needNameAndId(args, `network${family.digit}-subnet-add`);
  if (isAnswer(given)) return given;
  const { name, id } = given;
  return editConfiguration(sources, (before) => {
    const all = numbered(family, before);
    const subnet = subnetsOf(family, all).find((each) => each.id === id);
    if (subnet === undefined) return failure(`No subnet with id ${id} found`, Result.empty);
    if (subnet.networkName !== null)
      return failure(
        `IPv${family.digit} subnet ${subnet.prefix} (id ${id}) is already part of shared network '${subnet.networkName}'`,
      );
    const server = withSubnet(family, all, subnet.map, null);
    const network = findNetwork(server, name);
    if (network === undefined) return noNetwork(name);
    const wider = { ...network, [family.subnets]: [...itemsOf(network, family.subnets), subnet.map] };
    return {
      map: { ...server, 'shared-networks': replaced(itemsOf(server, 'shared-networks'), network, wider) },
      answer: success(
        `IPv${family.digit} subnet ${subnet.prefix} (id ${id}) is now part of shared network '${quoted(name)}'`,
      ),
    };
  });
}

function subnetDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const { family } = sources;
  const given = needNameAndId(args, `network${family.digit}-subnet-del`);
  if (isAnswer(given)) return given;
  const { name, id } = given;
  return editConfiguration(sources, (before) => {
    const server = numbered(family, before);
    if (findNetwork(server, name) === undefined) return noNetwork(name);
    const subnet = subnetsOf(family, server).find((each) => each.id === id && each.networkName === name);
    if (subnet === undefined)
      return failure(
        `The subnet with id ${id} is not part of the shared network '${quoted(name)}'`,
        Result.empty,
      );
    const without = withSubnet(family, server, subnet.map, null);
    return {
      map: { ...without, [family.subnets]: [...itemsOf(without, family.subnets), subnet.map] },
      answer: success(
        `IPv${family.digit} subnet ${subnet.prefix} (id ${id}) is now removed from shared network '${quoted(name)}'`,
      ),
    };
  });
}

function needName(args: unknown, command: string): string | Answer {
  const map = needMap(args, command);
  return isAnswer(map) ? map : needText(map, 'name');
}

function needNameAndId(args: unknown, command: string): { name: string; id: number } | Answer {
  const map = needMap(args, command);
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  if (isAnswer(name)) return name;
  const id = needSubnetId(map, 'id');
  return isAnswer(id) ? id : { name, id };
}

function findNetwork(server: ArgumentMap, name: string): ArgumentMap | undefined {
  return itemsOf(server, 'shared-networks').find((network) => network['name'] === name);
}

function noNetwork(name: string): Answer {
  return failure(`No '${quoted(name)}' shared network found`, Result.empty);
}
