/** The DHCID of a client: by it DNS tells whose a name is. [RFC4701 3.3] [RFC4703 5] */
import { createHash } from 'node:crypto';

const SHA_256 = 1;

/**
 * @param type a `DnsIdentifier`, by which DNS tells what the identifier is
 * @param domain the name in wire form, small letters
 * @returns the data of the DHCID record
 */
export function computeDhcid(type: number, identifier: Uint8Array, domain: Uint8Array): Buffer {
  const hash = createHash('sha256').update(identifier).update(domain);
  return Buffer.concat([Uint8Array.of(type >>> 8, type, SHA_256), hash.digest()]);
}
