/** The reservations of a document, of subnets and global ones, as one list that knows where each stands. */
import type { ArgumentMap } from '../arguments.ts';
import { type DocumentFamily, itemsOf } from './edit.ts';
import { subnetsOf } from './subnets.ts';

export interface PlacedHost {
  /** 0 = global. */
  readonly subnetId: number;
  readonly map: ArgumentMap;
}

/** Global ones first, then by subnet, each in the order of the document. @param server whose subnets all have ids */
export function hostsOf(family: DocumentFamily, server: ArgumentMap): readonly PlacedHost[] {
  const place = (subnetId: number) => (map: ArgumentMap) => ({ subnetId, map });
  return [
    ...itemsOf(server, 'reservations').map(place(0)),
    ...subnetsOf(family, server).flatMap(({ id, map }) => itemsOf(map, 'reservations').map(place(id))),
  ];
}

/** A host as it is shown. */
export function shownHost({ subnetId, map }: PlacedHost): ArgumentMap {
  return { ...map, 'subnet-id': subnetId };
}

/** By what a host is known: the first identifier that it has, or null. */
export function identifierOf(
  { hostIdentifiers }: DocumentFamily,
  host: ArgumentMap,
): { type: string; value: string } | null {
  for (const type of hostIdentifiers) {
    const value = host[type];
    if (typeof value === 'string') return { type, value: identifierText(value) };
  }
  return null;
}

/** Identifiers are compared by their octets: as hexadecimal digits, or as a text in quotes. */
export function identifierText(value: string): string {
  const quoted = /^\s*'(.*)'\s*$/s.exec(value)?.[1];
  if (quoted !== undefined) return Buffer.from(quoted, 'latin1').toString('hex');
  const text = value.trim().toLowerCase().replace(/^0x/, '');
  // An octet of one digit may stand between separators.
  if (/[:. -]/.test(text))
    return text
      .split(/[:. -]/)
      .map((octet) => octet.padStart(2, '0'))
      .join('');
  return text;
}
