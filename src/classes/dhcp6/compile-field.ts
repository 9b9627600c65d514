/** Closures for the fields of the header and for what is known of the datagram. */
import { emptyRange, setRange } from '../../base/byte-range.ts';
import { OPTION_HEADER_BYTES, OptionCode, RELAY_OPTIONS_OFFSET } from '../../dhcp6/codes.ts';
import { Field } from '../../dhcp6/descriptor.ts';
import { interfaceField, numberField } from '../compile-known.ts';
import type { Operand } from '../packet.ts';
import type { FieldName } from '../syntax-tree.ts';
import type { Packet6 } from './packet.ts';

const NUMBERS: Partial<Record<FieldName, (packet: Packet6) => number>> = {
  msgtype: (packet) => packet.field(Field.messageType),
  transid: (packet) => packet.field(Field.transactionId),
  len: bytesInAll,
};

const ADDRESSES: Partial<Record<FieldName, (packet: Packet6) => Uint8Array>> = {
  src: ({ source }) => source,
  dst: ({ arrival }) => arrival.address,
};

export function compileField(field: FieldName): Operand<Packet6> {
  const number = NUMBERS[field];
  if (number !== undefined) return numberField(number);
  const address = ADDRESSES[field];
  return address === undefined
    ? interfaceField(({ arrival }) => arrival.interfaceName)
    : addressField(address);
}

function addressField(address: (packet: Packet6) => Uint8Array): Operand<Packet6> {
  const range = emptyRange();
  const load = (packet: Packet6): void => {
    const octets = address(packet);
    setRange(range, octets, 0, octets.length);
  };
  return { range, load };
}

/** What Kea calls the length: of what it has read and kept, relays included. */
function bytesInAll({ optionIndex, relays }: Packet6): number {
  let octets = optionIndex.messageBytes();
  for (let level = 0; level < relays.count; level++) {
    octets += RELAY_OPTIONS_OFFSET + OPTION_HEADER_BYTES;
    relays.read(level);
    const { options } = relays;
    while (options.next())
      if (options.code !== OptionCode.relayMessage) octets += OPTION_HEADER_BYTES + options.length;
  }
  return octets;
}
