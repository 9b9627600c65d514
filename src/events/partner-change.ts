/** A lease that a partner has changed by its stream, as the command that would have done the same by request. */

import { emptyRecord } from '../lease/dhcp4/record.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../lease/dhcp4/update-json.ts';
import { decodeUpdateRecord, isUpdateRecord } from '../lease/dhcp4/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../lease/limits.ts';
import { LeaseState } from '../lease/state.ts';
import type { ArgumentMap, PartnerChange } from './event.ts';

const record = emptyRecord();
const scratch = Buffer.alloc(LEASE_UPDATE_BYTES_MAX + USER_CONTEXT_BYTES_MAX);

/** @param bytes a record of lease/dhcp4/update-record.ts that was applied */
export function parsePartnerChange(bytes: Uint8Array): PartnerChange {
  decodeUpdateRecord(bytes, 0, bytes.length, record);
  const isUpdate = isUpdateRecord(bytes, 0);
  const length = encodeLeaseUpdate(scratch, 0, record, isUpdate);
  const args = JSON.parse(scratch.toString('utf8', 0, length)) as ArgumentMap;
  return { command: isUpdate && record.state !== LeaseState.released ? 'lease4-update' : 'lease4-del', args };
}
