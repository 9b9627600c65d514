/** The addresses that all families share: a server, a host that plays relays and clients, and where their pools are. */

export const SERVER = '10.64.0.1';
export const PLAYER = '10.64.0.10';
export const PREFIX_LENGTH = 14;
/** Addresses that the player answers for, whoever has them. */
export const PLAYED = ['10.64.128.0/17', '10.65.0.0/16', '10.66.0.0/16', '10.67.0.0/16'] as const;

/** The subnet of the interface, which the client behind every query is in. */
export function nearSubnet(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: 1, subnet: '10.64.0.0/16', pools: [{ pool: '10.64.128.0 - 10.64.255.255' }], ...more };
}

/** A subnet behind a relay. @param more replaces members */
export function farSubnet(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: 2, subnet: '10.65.0.0/16', pools: [{ pool: '10.65.1.0 - 10.65.1.255' }], ...more };
}

/** The octets of a text, as queries are written. */
export function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
