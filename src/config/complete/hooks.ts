/** Libraries with the defaults of their parameters: of high availability, as Kea shows them. */
import { basename } from 'node:path';
import { peerSchema } from '../ha/peer.ts';
import { delayedUpdatesLimit, relationshipSchema } from '../ha/relationship.ts';
import { isMap } from '../schema/collections.ts';
import { itemsOf, type JsonMap } from './values.ts';

export function completeLibrary(entry: JsonMap): JsonMap {
  const { library, parameters } = entry;
  if (basename(String(library)) !== 'libdhcp_ha.so' || !isMap(parameters)) return entry;
  const relationships = itemsOf(parameters['high-availability']).map(completeRelationship);
  return { ...entry, parameters: { ...parameters, 'high-availability': relationships } };
}

function completeRelationship(given: JsonMap): JsonMap {
  return {
    ...known(relationshipSchema.defaults),
    'delayed-updates-limit': delayedUpdatesLimit(String(given['mode'])),
    ...given,
    peers: itemsOf(given['peers']).map((peer) => ({ ...known(peerSchema.defaults), ...peer })),
  };
}

/** Those that have a value when the file says nothing. */
function known(defaults: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));
}
