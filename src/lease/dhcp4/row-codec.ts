/** The lease file of DHCPv4, as the journal works with it. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { AddressKeys, RowCodec } from '../row-codec.ts';
import { encodeRow, LEASE_FILE_COLUMNS, ROW_BYTES_MAX } from './csv.ts';
import { RowDecoder } from './csv-decode.ts';
import { RowFault, rowFaultTexts } from './csv-fault.ts';
import type { LeaseRecord } from './record.ts';

/** An address is its own key. */
const keys: AddressKeys<LeaseRecord> = {
  keyOf: (record) => record.address,
  sort: (addresses) => addresses,
};

export const rowCodec4: RowCodec<LeaseRecord, Ipv4> = {
  family: 'DHCPv4',
  columns: LEASE_FILE_COLUMNS,
  otherFamily: { family: 'DHCPv6', secondColumn: 'duid' },
  rowBytesMax: ROW_BYTES_MAX,
  tooLong: RowFault.tooLong,
  faultTexts: rowFaultTexts,
  createReader: () => new RowDecoder(),
  createKeys: () => keys,
  addressOf: (record) => record.address,
  encode: encodeRow,
};
