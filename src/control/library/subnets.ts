/**
 * The subnets of a document, alone and in shared networks, as one list that knows where each stands. Whoever edits one gets
 * every subnet with its number written down: a subnet without an id would get another number by what comes before it.
 */
import type { ArgumentMap } from '../arguments.ts';
import { type DocumentFamily, itemsOf } from './edit.ts';

export interface PlacedSubnet {
  readonly id: number;
  /** As `DocumentFamily.prefixText` has it. */
  readonly prefix: string;
  /** Null = it stands alone. */
  readonly networkName: string | null;
  readonly map: ArgumentMap;
}

/** Ascending by id. */
export function subnetsOf(
  { subnets, prefixText }: DocumentFamily,
  server: ArgumentMap,
): readonly PlacedSubnet[] {
  const place = (networkName: string | null) => (map: ArgumentMap) => ({
    id: map['id'] as number,
    prefix: prefixText(String(map['subnet'])),
    networkName,
    map,
  });
  return [
    ...itemsOf(server, 'shared-networks').flatMap((network) =>
      itemsOf(network, subnets).map(place(network['name'] as string)),
    ),
    ...itemsOf(server, subnets).map(place(null)),
  ].sort((a, b) => a.id - b.id);
}

/** Every subnet with an id, as the loader numbers them: those of networks first, in the order of the document. */
export function numbered({ subnets }: DocumentFamily, server: ArgumentMap): ArgumentMap {
  let last = 0;
  const number = (subnet: ArgumentMap): ArgumentMap =>
    (subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet;
  const networks = itemsOf(server, 'shared-networks').map((network) =>
    network[subnets] === undefined
      ? network
      : { ...network, [subnets]: itemsOf(network, subnets).map(number) },
  );
  return {
    ...server,
    ...(server['shared-networks'] === undefined ? {} : { 'shared-networks': networks }),
    [subnets]: itemsOf(server, subnets).map(number),
  };
}

/** The document with another map in the place of a subnet; null = without it. */
export function withSubnet(
  { subnets }: DocumentFamily,
  server: ArgumentMap,
  before: ArgumentMap,
  after: ArgumentMap | null,
): ArgumentMap {
  const change = (list: readonly ArgumentMap[]): readonly ArgumentMap[] =>
    list.flatMap((each) => (each !== before ? [each] : after === null ? [] : [after]));
  return {
    ...withNetworks(server, (network) => ({ ...network, [subnets]: change(itemsOf(network, subnets)) })),
    [subnets]: change(itemsOf(server, subnets)),
  };
}

/** The document with each shared network made anew. */
export function withNetworks(server: ArgumentMap, one: (network: ArgumentMap) => ArgumentMap): ArgumentMap {
  if (server['shared-networks'] === undefined) return server;
  return { ...server, 'shared-networks': itemsOf(server, 'shared-networks').map(one) };
}
