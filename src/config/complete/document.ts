/**
 * The configuration as Kea's config-get shows it: every default filled in, what subnets inherit written into them, comments as
 * a part of the user context, options with their code, name and space. It says the same as the document that it is made of, so
 * that it can be sent back by config-set, and written to a file that Kea reads too.
 *
 * What the program has no single value for when the file says nothing is left out (parked-packet-limit, preferred-lifetime).
 */
import { isMap } from '../schema/collections.ts';
import { HOST_MODE_WORDS } from '../sections/host-modes.ts';
import type { CompletedFamily } from './family.ts';
import { completeLibrary } from './hooks.ts';
import { completeClass, completeDefinitions, completeHost, completeLogger } from './lists.ts';
import { completeNetwork, completeSubnet } from './networks.ts';
import { completeOptions, type Names, namesOf } from './options.ts';
import { itemsOf, type JsonMap, withContext } from './values.ts';

/** @param document that the loader has taken; it is not changed */
export function completeWith(family: CompletedFamily, standard: Names, document: JsonMap): JsonMap {
  const given = document[family.key];
  return isMap(given) ? { [family.key]: completeServer(family, standard, given) } : document;
}

function completeServer(family: CompletedFamily, standard: Names, given: JsonMap): JsonMap {
  const server = withFlags(withContext(given));
  const names = namesOf(itemsOf(server['option-def']), standard);
  const whole: Record<string, unknown> = { ...family.globals, ...conflictMode(server), ...server };
  for (const [key, defaults] of Object.entries(family.maps))
    whole[key] = { ...defaults, ...withContext(isMap(server[key]) ? server[key] : {}) };
  const number = numberSubnets();
  const one = (subnet: JsonMap, outer: JsonMap): JsonMap =>
    completeSubnet(family, number(withFlags(withContext(subnet))), outer, names);
  whole['option-def'] = completeDefinitions(itemsOf(server['option-def']), names);
  whole['option-data'] = completeOptions(server['option-data'], names);
  whole['shared-networks'] = itemsOf(server['shared-networks']).map((network) =>
    completeNetwork(family, withFlags(withContext(network)), whole, one, names),
  );
  whole[family.subnets] = itemsOf(server[family.subnets]).map((subnet) => one(subnet, whole));
  whole['hooks-libraries'] = itemsOf(server['hooks-libraries']).map(completeLibrary);
  completeLists(family, whole, server, names);
  return whole;
}

/** Lists that Kea does not show where there are none. */
function completeLists(
  family: CompletedFamily,
  whole: Record<string, unknown>,
  server: JsonMap,
  names: Names,
): void {
  const complete = (key: string, one: (item: JsonMap) => JsonMap): void => {
    if (server[key] !== undefined) whole[key] = itemsOf(server[key]).map((item) => one(withContext(item)));
  };
  complete('client-classes', (item) => completeClass(family, item, names));
  complete('reservations', (item) => completeHost(family, item, names));
  complete('loggers', completeLogger);
  complete('control-sockets', (item) => item);
  if (isMap(server['control-socket'])) whole['control-socket'] = withContext(server['control-socket']);
}

/** The key of before Kea 2.5 beside that of later ones would be a contradiction. */
function conflictMode(server: JsonMap): JsonMap {
  return server['ddns-conflict-resolution-mode'] === undefined
    ? { 'ddns-use-conflict-resolution': true }
    : {};
}

/** reservation-mode is shown as it is said since Kea 1.9.1. */
function withFlags(scope: JsonMap): JsonMap {
  const { 'reservation-mode': mode, ...rest } = scope;
  const flags = typeof mode === 'string' ? HOST_MODE_WORDS[mode] : undefined;
  if (flags === undefined) return scope;
  const { global, inSubnet, outOfPool } = flags;
  return {
    ...rest,
    'reservations-global': global,
    'reservations-in-subnet': inSubnet,
    ...(outOfPool === undefined ? {} : { 'reservations-out-of-pool': outOfPool }),
  };
}

/** Subnets without an id get the numbers that the loader gives them: those of networks first, as they stand. */
function numberSubnets(): (subnet: JsonMap) => JsonMap {
  let last = 0;
  return (subnet) => ((subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet);
}
