/** network4-* of Kea's subnet_cmds library. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needOne, needSubnetId, needText, quoted } from './arguments.ts';
import { completeDhcp4, type DocumentSources, editDhcp4, itemsOf, replaced } from './edit.ts';
import { numbered, subnetsOf, withSubnet } from './subnets.ts';

export function createNetworkCommands(sources: DocumentSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['network4-add', (args) => networkAdd(sources, args)],
    ['network4-del', (args) => networkDelete(sources, args)],
    ['network4-get', (args) => networkGet(sources, args)],
    ['network4-list', () => networkList(sources)],
    ['network4-subnet-add', (args) => subnetAdd(sources, args)],
    ['network4-subnet-del', (args) => subnetDelete(sources, args)],
  ]);
}

function networkList(sources: DocumentSources): Answer {
  const networks = itemsOf(completeDhcp4(sources), 'shared-networks').map(({ name }) => ({ name }));
  return {
    result: networks.length > 0 ? Result.success : Result.empty,
    text: `${networks.length} IPv4 network(s) found`,
    arguments: { 'shared-networks': networks },
  };
}

function networkGet(sources: DocumentSources, args: unknown): Answer {
  const name = needName(args, 'network4-get');
  if (isAnswer(name)) return name;
  const network = findNetwork(completeDhcp4(sources), name);
  if (network === undefined) return noNetwork(name);
  return success(`Info about IPv4 shared network '${quoted(name)}' returned`, {
    'shared-networks': [network],
  });
}

function networkAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needOne(args, 'network4-add', 'shared-networks');
  if (isAnswer(given)) return given;
  const name = needText(given, 'name');
  if (isAnswer(name)) return name;
  return editDhcp4(sources, (before) => {
    if (findNetwork(before, name) !== undefined)
      return failure(`duplicate network '${quoted(name)}' found in the configuration`);
    const dhcp4 = numbered(before);
    // A subnet that comes with its network and has no id gets the next one.
    let last = subnetsOf(dhcp4).at(-1)?.id ?? 0;
    const subnet4 = itemsOf(given, 'subnet4').map((subnet) =>
      (subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet,
    );
    const network = given['subnet4'] === undefined ? given : { ...given, subnet4 };
    return {
      dhcp4: { ...dhcp4, 'shared-networks': [...itemsOf(dhcp4, 'shared-networks'), network] },
      answer: success(`A new IPv4 shared network '${quoted(name)}' added`, { 'shared-networks': [{ name }] }),
    };
  });
}

/** `subnets-action`: "keep" leaves its subnets, each for itself, "delete" deletes them too. */
function networkDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const map = needMap(args, 'network4-del');
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  if (isAnswer(name)) return name;
  const { 'subnets-action': action = 'keep' } = map;
  if (action !== 'keep' && action !== 'delete') return failure(`'subnets-action' must be "keep" or "delete"`);
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    const network = findNetwork(dhcp4, name);
    if (network === undefined) return noNetwork(name);
    const kept = action === 'keep' ? itemsOf(network, 'subnet4') : [];
    return {
      dhcp4: {
        ...dhcp4,
        'shared-networks': itemsOf(dhcp4, 'shared-networks').filter((each) => each !== network),
        subnet4: [...itemsOf(dhcp4, 'subnet4'), ...kept],
      },
      answer: success(`IPv4 shared network '${quoted(name)}' deleted`, { 'shared-networks': [{ name }] }),
    };
  });
}

/** `{"name": NETWORK, "id": SUBNET}`: a subnet that stands alone becomes one of the network. */
function subnetAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needNameAndId(args, 'network4-subnet-add');
  if (isAnswer(given)) return given;
  const { name, id } = given;
  return editDhcp4(sources, (before) => {
    const numberedDhcp4 = numbered(before);
    const subnet = subnetsOf(numberedDhcp4).find((each) => each.id === id);
    if (subnet === undefined) return failure(`No subnet with id ${id} found`, Result.empty);
    if (subnet.networkName !== null)
      return failure(
        `IPv4 subnet ${subnet.prefix} (id ${id}) is already part of shared network '${subnet.networkName}'`,
      );
    const dhcp4 = withSubnet(numberedDhcp4, subnet.map, null);
    const network = findNetwork(dhcp4, name);
    if (network === undefined) return noNetwork(name);
    const wider = { ...network, subnet4: [...itemsOf(network, 'subnet4'), subnet.map] };
    return {
      dhcp4: { ...dhcp4, 'shared-networks': replaced(itemsOf(dhcp4, 'shared-networks'), network, wider) },
      answer: success(
        `IPv4 subnet ${subnet.prefix} (id ${id}) is now part of shared network '${quoted(name)}'`,
      ),
    };
  });
}

function subnetDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needNameAndId(args, 'network4-subnet-del');
  if (isAnswer(given)) return given;
  const { name, id } = given;
  return editDhcp4(sources, (before) => {
    const dhcp4 = numbered(before);
    if (findNetwork(dhcp4, name) === undefined) return noNetwork(name);
    const subnet = subnetsOf(dhcp4).find((each) => each.id === id && each.networkName === name);
    if (subnet === undefined)
      return failure(
        `The subnet with id ${id} is not part of the shared network '${quoted(name)}'`,
        Result.empty,
      );
    const without = withSubnet(dhcp4, subnet.map, null);
    return {
      dhcp4: { ...without, subnet4: [...itemsOf(without, 'subnet4'), subnet.map] },
      answer: success(
        `IPv4 subnet ${subnet.prefix} (id ${id}) is now removed from shared network '${quoted(name)}'`,
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

function findNetwork(dhcp4: ArgumentMap, name: string): ArgumentMap | undefined {
  return itemsOf(dhcp4, 'shared-networks').find((network) => network['name'] === name);
}

function noNetwork(name: string): Answer {
  return failure(`No '${quoted(name)}' shared network found`, Result.empty);
}
