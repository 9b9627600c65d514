/**
 * The lease updates of DHCPv6 on their way to a Kea: lease6-bulk-apply with one lease each. Where one of several were
 * refused, Kea would say so of all of them, or of none.
 */
import { assert } from '../../base/assert.ts';
import { Result } from '../../control/answer.ts';
import { isMap } from '../../control/arguments.ts';
import { emptyRecord6 } from '../../lease/dhcp6/record.ts';
import { updateFamily6 } from '../../lease/dhcp6/update-family.ts';
import { BULK_APPLY_BYTES_MAX_6, encodeBulkApply6 } from '../../lease/dhcp6/update-json.ts';
import { decodeUpdateRecord6 } from '../../lease/dhcp6/update-record.ts';
import type { UpdateBytes } from '../../lease/update-family.ts';
import type { PeerFamily } from '../family.ts';
import type { ClientKey, PeerAnswer } from '../model.ts';
import { judge, type Outcome } from '../outcome.ts';

/** In front of everything that a client can choose freely. */
const DUID_FIELD = /"duid":"([0-9a-f:]*)"/;

const record = emptyRecord6();
const scratch = new Uint8Array(BULK_APPLY_BYTES_MAX_6);

export const peerFamily6: PeerFamily = {
  ...updateFamily6,
  service: 'dhcp6',
  encodeRequest,
  clientOfRequest,
  judge: judgeBulk,
};

function encodeRequest({ bytes, offset, length, isUpdate }: UpdateBytes): Uint8Array {
  const fault = decodeUpdateRecord6(bytes, offset, length, record);
  assert(fault === null, 'what this server has written can be read');
  return scratch.slice(0, encodeBulkApply6(scratch, 0, record, isUpdate));
}

function clientOfRequest(body: Uint8Array): ClientKey {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  return { hwAddress: '', clientId: DUID_FIELD.exec(text)?.[1] ?? '' };
}

/**
 * Where the one lease could not be applied the result is 3, and a list says why (`failed-leases`). A deletion of what
 * is not there is a success.
 */
function judgeBulk(answer: PeerAnswer): Outcome {
  const failed =
    answer.kind === 'answer' && answer.result === Result.empty ? failedLease(answer.arguments) : null;
  if (failed === null) return judge(answer);
  const message = failed['error-message'];
  const reason = typeof message === 'string' ? message : 'it does not say why';
  return { kind: failed['result'] === Result.conflict ? 'conflict' : 'refused', reason };
}

function failedLease(args: unknown): Readonly<Record<string, unknown>> | null {
  const failed = isMap(args) ? args['failed-leases'] : null;
  const first: unknown = Array.isArray(failed) ? failed[0] : null;
  return isMap(first) ? first : null;
}
