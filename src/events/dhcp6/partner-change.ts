/** A DHCPv6 lease that a partner has changed by its stream, as the command that would have done the same by request. */
import { emptyRecord6 } from '../../lease/dhcp6/record.ts';
import { encodeLeaseJson6, LEASE_UPDATE_BYTES_MAX_6 } from '../../lease/dhcp6/update-json.ts';
import { decodeUpdateRecord6, isUpdateRecord6 } from '../../lease/dhcp6/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ArgumentMap, PartnerChange } from '../event.ts';

const record = emptyRecord6();
const scratch = Buffer.alloc(LEASE_UPDATE_BYTES_MAX_6 + USER_CONTEXT_BYTES_MAX);

/** @param bytes a record of lease/dhcp6/update-record.ts that was applied */
export function parsePartnerChange6(bytes: Uint8Array): PartnerChange {
  decodeUpdateRecord6(bytes, 0, bytes.length, record);
  const length = encodeLeaseJson6(scratch, 0, record);
  const lease = JSON.parse(scratch.toString('utf8', 0, length)) as ArgumentMap;
  const isUpdate = isUpdateRecord6(bytes, 0) && record.state !== LeaseState.released;
  return { command: isUpdate ? 'lease6-update' : 'lease6-del', args: { ...lease, origin: 'ha-partner' } };
}
