/** Binary DHCPv6 lease updates as another server sends them: what is read makes a lease that file and JSON can hold. */
import { encodeRow6, ROW_BYTES_MAX_6 } from '../../src/lease/dhcp6/csv.ts';
import { RowDecoder6 } from '../../src/lease/dhcp6/csv-decode.ts';
import { RowFault6 } from '../../src/lease/dhcp6/csv-fault.ts';
import { recordOfLease6 } from '../../src/lease/dhcp6/csv-lease.ts';
import type { Lease6 } from '../../src/lease/dhcp6/model.ts';
import { emptyRecord6 } from '../../src/lease/dhcp6/record.ts';
import { encodeLeaseJson6, LEASE_UPDATE_BYTES_MAX_6 } from '../../src/lease/dhcp6/update-json.ts';
import {
  decodeUpdateRecord6,
  encodeUpdateRecord6,
  isUpdateRecord6,
  UPDATE_RECORD_BYTES_MAX_6,
} from '../../src/lease/dhcp6/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../src/lease/limits.ts';
import { lease6, prefix6 } from '../lease/dhcp6/support/plain.ts';
import type { Target } from './fuzzer.ts';

/** Before and behind a record lies what is not its own. */
const MARGIN_BYTES = 64;
const STALE = 0xee;

function encode(lease: Lease6, isUpdate = true): Uint8Array {
  const out = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  return out.slice(0, encodeUpdateRecord6(out, 0, recordOfLease6(lease), isUpdate));
}

const SEEDS = [
  encode(lease6()),
  encode(prefix6(), false),
  encode(lease6({ hostname: 'a.example', fqdnFwd: true, poolId: 7, state: 2 })),
  encode(lease6({ hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1), hwType: 6, hwSource: 2, state: 4 })),
  encode(prefix6({ userContext: '{"ISC":{"relay-info":[{"hop":1}]},"a":[1,"b\\n",null]}' })),
  encode(lease6({ duid: new Uint8Array(3), state: 1 })),
  encode(lease6({ duid: new Uint8Array(130).fill(0xff), validLifetimeSec: 0xffffffff, clttSec: 0xffffffff })),
];

export function updateRecords6(): Target {
  const record = emptyRecord6();
  const again = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  const json = new Uint8Array(LEASE_UPDATE_BYTES_MAX_6 + USER_CONTEXT_BYTES_MAX);
  const row = new Uint8Array(ROW_BYTES_MAX_6);
  const rows = new RowDecoder6();
  return {
    name: 'update-records6',
    outcomesMin: 25,
    seeds: SEEDS,
    run: (input) => {
      const bytes = new Uint8Array(input.length + 2 * MARGIN_BYTES).fill(STALE);
      bytes.set(input, MARGIN_BYTES);
      const fault = decodeUpdateRecord6(bytes, MARGIN_BYTES, input.length, record);
      if (fault !== decodeUpdateRecord6(input, 0, input.length, record))
        throw new Error('what lies around a record changes what it says');
      if (fault !== null) return fault;
      const isUpdate = isUpdateRecord6(input, 0);
      const length = encodeUpdateRecord6(again, 0, record, isUpdate);
      if (Buffer.compare(again.subarray(0, length), input) !== 0) throw new Error('it is another record now');
      const end = encodeLeaseJson6(json, 0, record);
      JSON.parse(Buffer.from(json.subarray(0, end)).toString());
      if (encodeRow6(row, 0, record) === 0) throw new Error('the lease file cannot hold it');
      if (rows.decode(row, 0, { min: 18, max: 18 }) !== RowFault6.none)
        throw new Error('the lease file cannot be read any more');
      const { hostname, hw, state, type, userContext } = record;
      return `${isUpdate} ${state} ${type} ${[hostname, hw, userContext].map((part) => Math.sign(part.length))}`;
    },
    close: () => {},
  };
}
