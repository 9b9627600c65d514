/** The link-local addresses of clients, by which a simulated world tells them apart: two may have one DUID. */
const LINK_LOCAL = 'fe80::';

/** @param number of a client, 1... */
export function linkLocalOf(number: number): string {
  return `${LINK_LOCAL}${number.toString(16)}`;
}

export function isLinkLocal(address: string): boolean {
  return address.startsWith(LINK_LOCAL);
}

/** Of the client with this address. */
export function numberOf(address: string): number {
  return Number.parseInt(address.slice(LINK_LOCAL.length), 16);
}
