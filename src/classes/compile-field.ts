/** Closures for the fields of the header and for what is known of the datagram. Numbers become four octets, as in Kea. */
import { type ByteRange, emptyRange } from '../base/byte-range.ts';
import { CIADDR_OFFSET, GIADDR_OFFSET, SIADDR_OFFSET, XID_OFFSET, YIADDR_OFFSET } from '../dhcp4/codes.ts';
import { Field } from '../dhcp4/descriptor.ts';
import type { Operand, Packet } from './packet.ts';
import type { FieldName } from './syntax-tree.ts';

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

const NUMBERS: Partial<Record<FieldName, (packet: Packet) => number>> = {
  hlen: (packet) => packet.field(Field.hlen),
  htype: (packet) => packet.field(Field.htype),
  msgtype: (packet) => packet.field(Field.messageType),
  len: (packet) => packet.options.bytesInAll(),
  src: (packet) => packet.sourceAddress,
  dst: (packet) => (packet.socket.broadcast ? BROADCAST : packet.socket.address),
};

export function compileField(field: FieldName): Operand {
  const offset = HEADER[field];
  if (offset !== undefined) return headerField(offset);
  const number = NUMBERS[field];
  if (number !== undefined) return numberField(number);
  return field === 'mac' ? hardwareAddress() : interfaceName();
}

function headerField(offset: number): Operand {
  const range: ByteRange = { bytes: new Uint8Array(0), offset: 0, length: WORD_BYTES };
  const load = (packet: Packet): void => {
    range.bytes = packet.bytes;
    range.offset = packet.offset + offset;
  };
  return { range, load };
}

function numberField(number: (packet: Packet) => number): Operand {
  const bytes = new Uint8Array(WORD_BYTES);
  const load = (packet: Packet): void => {
    const value = number(packet);
    bytes[0] = value >>> 24;
    bytes[1] = value >>> 16;
    bytes[2] = value >>> 8;
    bytes[3] = value;
  };
  return { range: { bytes, offset: 0, length: WORD_BYTES }, load };
}

function hardwareAddress(): Operand {
  const range = emptyRange();
  const load = ({ hw }: Packet): void => {
    range.bytes = hw.bytes;
    range.offset = hw.offset;
    range.length = hw.length;
  };
  return { range, load };
}

/** The names of interfaces are few: their octets are made once each. */
function interfaceName(): Operand {
  const range = emptyRange();
  const known = new Map<string, Uint8Array>();
  const load = ({ socket }: Packet): void => {
    let octets = known.get(socket.interfaceName);
    if (octets === undefined) {
      octets = new TextEncoder().encode(socket.interfaceName);
      known.set(socket.interfaceName, octets);
    }
    range.bytes = octets;
    range.length = octets.length;
  };
  return { range, load };
}
