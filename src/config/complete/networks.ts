/** Shared networks, subnets and pools, with what they inherit written into them. */

import { isMap } from '../schema/collections.ts';
import type { CompletedFamily } from './family.ts';
import { completeHost } from './lists.ts';
import { completeOptions, type Names } from './options.ts';
import { itemsOf, type JsonMap, pick, withContext } from './values.ts';

/**
 * @param outer the complete map of the server
 * @param one completes a subnet, given what it inherits
 */
export function completeNetwork(
  family: CompletedFamily,
  network: JsonMap,
  outer: JsonMap,
  one: (subnet: JsonMap, outer: JsonMap) => JsonMap,
  names: Names,
): JsonMap {
  const { subnets } = family;
  const scope = { ...pick(outer, family.inherited), ...network };
  return {
    ...family.network,
    ...scope,
    ...family.lifetimes(scope),
    'option-data': completeOptions(network['option-data'], names),
    relay: relayOf(family, network['relay']),
    [subnets]: itemsOf(network[subnets]).map((subnet) => one(subnet, scope)),
  };
}

/** @param outer the complete map of the server, or the network over it */
export function completeSubnet(
  family: CompletedFamily,
  subnet: JsonMap,
  outer: JsonMap,
  names: Names,
): JsonMap {
  const isInNetwork = outer[family.subnets] !== undefined && outer['name'] !== undefined;
  const scope = {
    ...pick(outer, family.inherited),
    ...(isInNetwork ? pick(outer, family.ofNetwork) : family.subnetAlone),
    ...subnet,
  } as JsonMap;
  return {
    ...family.subnet,
    ...scope,
    ...family.subnetTexts(scope, names),
    ...family.lifetimes(scope),
    'option-data': completeOptions(subnet['option-data'], names),
    pools: itemsOf(subnet['pools']).map((pool) => completePool(family, withContext(pool), names)),
    relay: relayOf(family, scope['relay']),
    reservations: itemsOf(subnet['reservations']).map((host) =>
      completeHost(family, withContext(host), names),
    ),
  };
}

function completePool({ poolText }: CompletedFamily, pool: JsonMap, names: Names): JsonMap {
  return {
    ...pool,
    'option-data': completeOptions(pool['option-data'], names),
    pool: poolText(String(pool['pool'])),
  };
}

/** The old form with one address is a list of one. */
function relayOf({ addressText }: CompletedFamily, relay: unknown): JsonMap {
  if (!isMap(relay)) return { 'ip-addresses': [] };
  const { 'ip-address': single, 'ip-addresses': several } = relay;
  const addresses = several ?? (single === undefined ? [] : [single]);
  return { 'ip-addresses': Array.isArray(addresses) ? addresses.map(addressText) : addresses };
}
