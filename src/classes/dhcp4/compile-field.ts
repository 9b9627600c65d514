/** Closures for the fields of the header and for what is known of the datagram. */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { CIADDR_OFFSET, GIADDR_OFFSET, SIADDR_OFFSET, XID_OFFSET, YIADDR_OFFSET } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { interfaceField, numberField } from '../compile-known.ts';
import type { Operand } from '../packet.ts';
import type { FieldName } from '../syntax-tree.ts';
import type { Packet4 } from './packet.ts';

const BROADCAST = 0xffffffff;
const WORD_BYTES = 4;

/** Fields of four octets in the header. */
const HEADER: Partial<Record<FieldName, number>> = {
  transid: XID_OFFSET,
  ciaddr: CIADDR_OFFSET,
  yiaddr: YIADDR_OFFSET,
  siaddr: SIADDR_OFFSET,
  giaddr: GIADDR_OFFSET,
};

const NUMBERS: Partial<Record<FieldName, (packet: Packet4) => number>> = {
  hlen: (packet) => packet.field(Field.hlen),
  htype: (packet) => packet.field(Field.htype),
  msgtype: (packet) => packet.field(Field.messageType),
  len: (packet) => packet.options.bytesInAll(),
  src: (packet) => packet.sourceAddress,
  dst: (packet) => (packet.socket.broadcast ? BROADCAST : packet.socket.address),
};

export function compileField(field: FieldName): Operand<Packet4> {
  const offset = HEADER[field];
  if (offset !== undefined) return headerField(offset);
  const number = NUMBERS[field];
  if (number !== undefined) return numberField(number);
  return field === 'mac' ? hardwareAddress() : interfaceField(({ socket }) => socket.interfaceName);
}

function headerField(offset: number): Operand<Packet4> {
  const range: ByteRange = { bytes: new Uint8Array(0), offset: 0, length: WORD_BYTES };
  const load = (packet: Packet4): void => {
    range.bytes = packet.bytes;
    range.offset = packet.offset + offset;
  };
  return { range, load };
}

function hardwareAddress(): Operand<Packet4> {
  const range = emptyRange();
  const load = ({ hw }: Packet4): void => {
    range.bytes = hw.bytes;
    range.offset = hw.offset;
    range.length = hw.length;
  };
  return { range, load };
}
