/** Whose lease a record is, in the text form of Kea's commands. */
import { formatHex } from '../../base/hex.ts';
import { emptyRecord } from './record.ts';
import { decodeUpdateRecord } from './update-record.ts';

/** As in the update's JSON: a shorter identifier stands only where it is the only one. */
const CLIENT_ID_BYTES_MIN = 2;

const record = emptyRecord();

/** Pre: the octets are a record of update-record.ts. */
export function clientOfUpdate(
  bytes: Uint8Array,
  offset: number,
  length: number,
): { readonly hwAddress: string; readonly clientId: string } {
  decodeUpdateRecord(bytes, offset, length, record);
  const { hw, hwOffset, hwLength, clientId, clientIdOffset, clientIdLength } = record;
  const isShown = clientIdLength >= CLIENT_ID_BYTES_MIN || hwLength === 0;
  return {
    hwAddress: formatHex(hw.subarray(hwOffset, hwOffset + hwLength)),
    clientId: isShown ? formatHex(clientId.subarray(clientIdOffset, clientIdOffset + clientIdLength)) : '',
  };
}
