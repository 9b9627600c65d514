/**
 * The subnets of a document, alone and in shared networks, as one list that knows where each stands. Whoever edits one gets
 * every subnet with its number written down: a subnet without an id would get another number by what comes before it.
 */
import type { ArgumentMap } from '../arguments.ts';
import { itemsOf } from './edit.ts';

export interface PlacedSubnet {
  readonly id: number;
  /** As written, without blanks. */
  readonly prefix: string;
  /** Null = it stands alone. */
  readonly networkName: string | null;
  readonly map: ArgumentMap;
}

/** Ascending by id. */
export function subnetsOf(dhcp4: ArgumentMap): readonly PlacedSubnet[] {
  const place = (networkName: string | null) => (map: ArgumentMap) => ({
    id: map['id'] as number,
    prefix: prefixText(map['subnet']),
    networkName,
    map,
  });
  return [
    ...itemsOf(dhcp4, 'shared-networks').flatMap((network) =>
      itemsOf(network, 'subnet4').map(place(network['name'] as string)),
    ),
    ...itemsOf(dhcp4, 'subnet4').map(place(null)),
  ].sort((a, b) => a.id - b.id);
}

export function prefixText(value: unknown): string {
  return String(value).replaceAll(' ', '');
}

/** Every subnet with an id, as the loader numbers them: those of networks first, in the order of the document. */
export function numbered(dhcp4: ArgumentMap): ArgumentMap {
  let last = 0;
  const number = (subnet: ArgumentMap): ArgumentMap =>
    (subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet;
  const networks = itemsOf(dhcp4, 'shared-networks').map((network) =>
    network['subnet4'] === undefined
      ? network
      : { ...network, subnet4: itemsOf(network, 'subnet4').map(number) },
  );
  return {
    ...dhcp4,
    ...(dhcp4['shared-networks'] === undefined ? {} : { 'shared-networks': networks }),
    subnet4: itemsOf(dhcp4, 'subnet4').map(number),
  };
}

/** The document with another map in the place of a subnet; null = without it. */
export function withSubnet(dhcp4: ArgumentMap, before: ArgumentMap, after: ArgumentMap | null): ArgumentMap {
  const change = (list: readonly ArgumentMap[]): readonly ArgumentMap[] =>
    list.flatMap((each) => (each !== before ? [each] : after === null ? [] : [after]));
  return {
    ...withNetworks(dhcp4, (network) => ({ ...network, subnet4: change(itemsOf(network, 'subnet4')) })),
    subnet4: change(itemsOf(dhcp4, 'subnet4')),
  };
}

/** The document with each shared network made anew. */
export function withNetworks(dhcp4: ArgumentMap, one: (network: ArgumentMap) => ArgumentMap): ArgumentMap {
  if (dhcp4['shared-networks'] === undefined) return dhcp4;
  return { ...dhcp4, 'shared-networks': itemsOf(dhcp4, 'shared-networks').map(one) };
}
