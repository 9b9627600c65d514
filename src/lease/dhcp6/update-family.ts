/** The lease updates of DHCPv6, for those who need not know what they say. */
import type { UpdateFamily } from '../update-family.ts';
import { formatAddress6, leaseAddress6 } from './lease-address.ts';
import { ADDRESS_BYTES } from './model.ts';
import { clientOfUpdate6 } from './update-client.ts';
import {
  isPrefixRecord6,
  isUpdateRecord6,
  UPDATE_ADDRESS_AT_6,
  UPDATE_RECORD_BYTES_MAX_6,
} from './update-record.ts';

export const updateFamily6: UpdateFamily = {
  recordBytesMax: UPDATE_RECORD_BYTES_MAX_6,
  addressAt: UPDATE_ADDRESS_AT_6,
  addressBytes: ADDRESS_BYTES,
  isUpdate: isUpdateRecord6,
  addressOf: (bytes, at) => leaseAddress6(bytes, at + UPDATE_ADDRESS_AT_6, isPrefixRecord6(bytes, at)),
  formatAddress: (address) => formatAddress6(address as string),
  clientOf: clientOfUpdate6,
};
