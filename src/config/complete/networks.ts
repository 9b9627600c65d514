/** Shared networks, subnets and pools, with what they inherit written into them. */

import { parseIpv4 } from '../../base/ipv4.ts';
import { isMap } from '../schema/collections.ts';
import { completeHost } from './lists.ts';
import { completeOptions, type Names } from './options.ts';
import { itemsOf, type JsonMap, pick, withContext } from './values.ts';

/** Kea shows these with the values that hold in a subnet, wherever they come from; the others where they are set. */
const INHERITED = [
  'cache-max-age',
  'cache-threshold',
  'calculate-tee-times',
  'max-valid-lifetime',
  'min-valid-lifetime',
  'rebind-timer',
  'renew-timer',
  'store-extended-info',
  't1-percent',
  't2-percent',
  'valid-lifetime',
] as const;
/** These come from the network alone. */
const OF_NETWORK = ['interface', 'relay'] as const;

/**
 * @param outer the complete Dhcp4 map
 * @param one completes a subnet, given what it inherits
 */
export function completeNetwork(
  network: JsonMap,
  outer: JsonMap,
  one: (subnet: JsonMap, outer: JsonMap) => JsonMap,
  names: Names,
): JsonMap {
  const scope = { ...pick(outer, INHERITED), ...network };
  return {
    ...scope,
    ...lifetimes(scope),
    'option-data': completeOptions(network['option-data'], names),
    relay: relayOf(network['relay']),
    subnet4: itemsOf(network['subnet4']).map((subnet) => one(subnet, scope)),
  };
}

/** @param outer the complete Dhcp4 map, or the network over it */
export function completeSubnet(subnet: JsonMap, outer: JsonMap, names: Names): JsonMap {
  const isInNetwork = outer['subnet4'] !== undefined && outer['name'] !== undefined;
  const scope = {
    ...pick(outer, INHERITED),
    ...(isInNetwork ? pick(outer, OF_NETWORK) : {}),
    ...subnet,
  } as JsonMap;
  return {
    '4o6-interface': '',
    '4o6-interface-id': '',
    '4o6-subnet': '',
    ...scope,
    ...lifetimes(scope),
    'option-data': completeOptions(subnet['option-data'], names),
    pools: itemsOf(subnet['pools']).map((pool) => completePool(withContext(pool), names)),
    relay: relayOf(scope['relay']),
    reservations: itemsOf(subnet['reservations']).map((host) => completeHost(withContext(host), names)),
  };
}

function completePool(pool: JsonMap, names: Names): JsonMap {
  return {
    ...pool,
    'option-data': completeOptions(pool['option-data'], names),
    pool: poolText(String(pool['pool'])),
  };
}

/** A bound that nobody has set is the lifetime itself. */
function lifetimes(scope: JsonMap): JsonMap {
  const { 'valid-lifetime': lifetime } = scope;
  return {
    'max-valid-lifetime': scope['max-valid-lifetime'] ?? lifetime,
    'min-valid-lifetime': scope['min-valid-lifetime'] ?? lifetime,
  };
}

/** The old form with one address is a list of one. */
function relayOf(relay: unknown): JsonMap {
  if (!isMap(relay)) return { 'ip-addresses': [] };
  const { 'ip-address': single, 'ip-addresses': several } = relay;
  return { 'ip-addresses': several ?? (single === undefined ? [] : [single]) };
}

/** A range that is a prefix is shown as one. */
function poolText(text: string): string {
  const [first = '', last] = text.split('-', 2).map((part) => part.trim());
  if (last === undefined) return first;
  const [from, to] = [parseIpv4(first), parseIpv4(last)];
  if (from === null || to === null) return text;
  const size = to - from + 1;
  const isPrefix = Number.isInteger(Math.log2(size)) && from % size === 0;
  return isPrefix ? `${first}/${32 - Math.log2(size)}` : `${first}-${last}`;
}
