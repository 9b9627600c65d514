/** The DHCID of a client: by it DNS tells whose a name is. [RFC4701 3.3] [RFC4703 5] */
import { createHash } from 'node:crypto';

/** Identifier types. [RFC4701 3.3] */
const HARDWARE_ADDRESS = 0x0000;
const CLIENT_IDENTIFIER = 0x0001;
const DUID = 0x0002;
const SHA_256 = 1;

/** First octet of a client identifier that holds a DUID behind four octets of IAID. [RFC4361 6.1] */
const TYPE_DUID = 255;
const DUID_OFFSET = 5;

/**
 * @param clientId of the lease; empty = none, then the hardware address counts
 * @param domain the name in wire form, small letters
 * @returns the data of the DHCID record, or null when nothing identifies the client
 */
export function computeDhcid(
  clientId: Uint8Array,
  htype: number,
  hw: Uint8Array,
  domain: Uint8Array,
): Buffer | null {
  if (clientId.length === 0)
    return hw.length === 0 ? null : digest(HARDWARE_ADDRESS, [Uint8Array.of(htype), hw], domain);
  if (clientId[0] !== TYPE_DUID) return digest(CLIENT_IDENTIFIER, [clientId], domain);
  const duid = clientId.subarray(DUID_OFFSET);
  return duid.length === 0 ? null : digest(DUID, [duid], domain);
}

function digest(type: number, identifier: readonly Uint8Array[], domain: Uint8Array): Buffer {
  const hash = createHash('sha256');
  for (const part of identifier) hash.update(part);
  hash.update(domain);
  return Buffer.concat([Uint8Array.of(type >>> 8, type, SHA_256), hash.digest()]);
}
