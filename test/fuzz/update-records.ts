/** Binary lease updates as another server sends them: what is read makes a lease that file and JSON can hold. */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { encodeRow, ROW_BYTES_MAX } from '../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { emptyRecord } from '../../src/lease/dhcp4/record.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../../src/lease/dhcp4/update-json.ts';
import {
  decodeUpdateRecord,
  encodeUpdateRecord,
  isUpdateRecord,
  UPDATE_RECORD_BYTES_MAX,
  updateRecordAddress,
} from '../../src/lease/dhcp4/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../src/lease/limits.ts';
import { leaseOf } from '../engine/leases.ts';
import type { Target } from './fuzzer.ts';

/** Before and behind a record lies what is not its own. */
const MARGIN_BYTES = 64;
const STALE = 0xee;
const NOBODY = new Uint8Array(0);

const ADDRESS = parseIpv4('10.0.1.2')!;
const CLIENT = {
  hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
  clientId: Uint8Array.of(1, 2, 0, 0, 0, 0, 1),
};

function encode(changes: Partial<Lease4>, isUpdate = true): Uint8Array {
  const out = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  return out.slice(
    0,
    encodeUpdateRecord(out, 0, recordOfLease(leaseOf(ADDRESS, { ...CLIENT, ...changes })), isUpdate),
  );
}

const SEEDS = [
  encode({}),
  encode({}, false),
  encode({ hostname: 'a.example', fqdnFwd: true, poolId: 7, state: 2 }),
  encode({ userContext: '{"ISC":{"relay-agent-info":{"sub-options":"0x0104"}},"a":[1,"b\\n",null]}' }),
  encode({ hwAddress: NOBODY, clientId: null, state: 1 }),
  encode(
    { hwAddress: NOBODY, clientId: null, validLifetimeSec: 0, clttSec: 0, subnetId: 0, state: 3 },
    false,
  ),
  encode({ clientId: new Uint8Array(255).fill(0xff), validLifetimeSec: 0xffffffff, clttSec: 0xffffffff }),
];

export function updateRecords(): Target {
  const record = emptyRecord();
  const again = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  const json = new Uint8Array(LEASE_UPDATE_BYTES_MAX + USER_CONTEXT_BYTES_MAX);
  const row = new Uint8Array(ROW_BYTES_MAX);
  const rows = new RowDecoder();
  return {
    name: 'update-records',
    outcomesMin: 30,
    seeds: SEEDS,
    run: (input) => {
      const bytes = new Uint8Array(input.length + 2 * MARGIN_BYTES).fill(STALE);
      bytes.set(input, MARGIN_BYTES);
      const fault = decodeUpdateRecord(bytes, MARGIN_BYTES, input.length, record);
      if (fault !== decodeUpdateRecord(input, 0, input.length, record))
        throw new Error('what lies around a record changes what it says');
      if (fault !== null) return fault;
      const isUpdate = isUpdateRecord(input, 0);
      const length = encodeUpdateRecord(again, 0, record, isUpdate);
      if (Buffer.compare(again.subarray(0, length), input) !== 0) throw new Error('it is another record now');
      if (updateRecordAddress(input, 0) !== record.address) throw new Error('it has two addresses');
      const end = encodeLeaseUpdate(json, 0, record, isUpdate);
      JSON.parse(Buffer.from(json.subarray(0, end)).toString());
      if (encodeRow(row, 0, record) === 0) throw new Error('the lease file cannot hold it');
      if (rows.decode(row, 0, { min: 12, max: 12 }) !== RowFault.none)
        throw new Error('the lease file cannot be read any more');
      const { state, hostnameLength, userContextLength, clientIdLength, hwLength } = record;
      const parts = [hostnameLength, userContextLength, clientIdLength, hwLength].map(Math.sign);
      return `${isUpdate} ${state} ${parts}`;
    },
    close: () => {},
  };
}
