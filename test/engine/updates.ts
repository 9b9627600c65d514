/** Records of the update log as tests read them. */
import type { RingRecord } from '../../src/base/byte-ring.ts';
import { leaseOfRecord } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { emptyRecord } from '../../src/lease/dhcp4/record.ts';
import { decodeUpdateRecord, isUpdateRecord } from '../../src/lease/dhcp4/update-record.ts';

/** @throws Error when the record cannot be read */
export function updateOf(
  bytes: Uint8Array,
  { offset, length }: RingRecord,
): { readonly isUpdate: boolean; readonly lease: Lease4 } {
  const record = emptyRecord();
  const fault = decodeUpdateRecord(bytes, offset, length, record);
  if (fault !== null) throw new Error(fault);
  return { isUpdate: isUpdateRecord(bytes, offset), lease: leaseOfRecord(record) };
}
