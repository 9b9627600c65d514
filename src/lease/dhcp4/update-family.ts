/** The lease updates of DHCPv4, for those who need not know what they say. */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { UpdateFamily } from '../update-family.ts';
import { clientOfUpdate } from './update-client.ts';
import {
  isUpdateRecord,
  UPDATE_ADDRESS_AT,
  UPDATE_RECORD_BYTES_MAX,
  updateRecordAddress,
} from './update-record.ts';

export const updateFamily4: UpdateFamily = {
  recordBytesMax: UPDATE_RECORD_BYTES_MAX,
  addressAt: UPDATE_ADDRESS_AT,
  addressBytes: 4,
  isUpdate: isUpdateRecord,
  addressOf: updateRecordAddress,
  formatAddress: (address) => formatIpv4(address as Ipv4),
  clientOf: clientOfUpdate,
};
