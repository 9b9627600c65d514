/** Whose lease a DHCPv6 record is, in the text form of Kea's commands. */
import { formatHex } from '../../base/hex.ts';
import { emptyRecord6 } from './record.ts';
import { decodeUpdateRecord6 } from './update-record.ts';

const record = emptyRecord6();

/**
 * A client is its DUID: `hwAddress` is empty, as everywhere in the HA of Kea.
 *
 * Pre: the octets are a record of update-record.ts.
 */
export function clientOfUpdate6(
  bytes: Uint8Array,
  offset: number,
  length: number,
): { readonly hwAddress: string; readonly clientId: string } {
  decodeUpdateRecord6(bytes, offset, length, record);
  const { duid } = record;
  return {
    hwAddress: '',
    clientId: formatHex(duid.bytes.subarray(duid.offset, duid.offset + duid.length)),
  };
}
