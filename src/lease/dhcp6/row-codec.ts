/** The lease file of DHCPv6, as the journal works with it. */
import type { ByteRange } from '../../base/byte-range.ts';
import type { RowCodec } from '../row-codec.ts';
import { AddressNumbers } from './address-numbers.ts';
import { encodeRow6, LEASE_FILE_COLUMNS_6, ROW_BYTES_MAX_6 } from './csv.ts';
import { RowDecoder6 } from './csv-decode.ts';
import { RowFault6, rowFaultTexts6 } from './csv-fault.ts';
import type { LeaseRecord6 } from './record.ts';

export const rowCodec6: RowCodec<LeaseRecord6, ByteRange> = {
  family: 'DHCPv6',
  columns: LEASE_FILE_COLUMNS_6,
  otherFamily: { family: 'DHCPv4', secondColumn: 'hwaddr' },
  rowBytesMax: ROW_BYTES_MAX_6,
  tooLong: RowFault6.tooLong,
  faultTexts: rowFaultTexts6,
  createReader: () => new RowDecoder6(),
  createKeys: () => new AddressNumbers(),
  addressOf: (record) => record.address,
  encode: encodeRow6,
};
