/**
 * The lease updates of DHCPv4 on their way to a Kea, each a request of its own.
 *
 *     {"command":"lease4-update","service":["dhcp4"],"arguments": UPDATE }        or lease4-del
 */
import { assert } from '../../base/assert.ts';
import { emptyRecord, type LeaseRecord } from '../../lease/dhcp4/record.ts';
import { updateFamily4 } from '../../lease/dhcp4/update-family.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../../lease/dhcp4/update-json.ts';
import { decodeUpdateRecord } from '../../lease/dhcp4/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import type { UpdateBytes } from '../../lease/update-family.ts';
import type { PeerFamily } from '../family.ts';
import { judge } from '../outcome.ts';

const UPDATE_START = Buffer.from('{"command":"lease4-update","service":["dhcp4"],"arguments":');
const DELETE_START = Buffer.from('{"command":"lease4-del","service":["dhcp4"],"arguments":');

const CLOSE_MAP = 0x7d;
const LEASE_BYTES_MAX = LEASE_UPDATE_BYTES_MAX + USER_CONTEXT_BYTES_MAX;

const record = emptyRecord();
const scratch = new Uint8Array(LEASE_BYTES_MAX);

export const peerFamily4: PeerFamily = {
  ...updateFamily4,
  service: 'dhcp4',
  leasesPerRequestMax: 1,
  encodeRequest: ([update]) => encodeRequest(update!),
  judge: (answer) => [judge(answer)],
};

/** The lease of an update; the same object each time. */
function read({ bytes, offset, length }: UpdateBytes): LeaseRecord {
  const fault = decodeUpdateRecord(bytes, offset, length, record);
  assert(fault === null, 'what this server has written can be read');
  return record;
}

/**
 * A released lease goes out as a deletion: Kea before 2.7 refuses its state and would take this server for broken, and every
 * version knows what a deletion means.
 */
function encodeRequest(update: UpdateBytes): Uint8Array {
  const { isUpdate } = update;
  const source = read(update);
  const start = isUpdate && source.state !== LeaseState.released ? UPDATE_START : DELETE_START;
  const length = encodeLeaseUpdate(scratch, 0, source, isUpdate);
  const body = new Uint8Array(start.length + length + 1);
  body.set(start);
  body.set(scratch.subarray(0, length), start.length);
  body[body.length - 1] = CLOSE_MAP;
  return body;
}
