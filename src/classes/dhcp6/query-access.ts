/** Closures for what stands in a DHCPv6 query: options, what relays say, vendor options. */
import { readNetworkWord } from '../../base/big-endian.ts';
import { type ByteRange, clearRange, emptyRange, setRange } from '../../base/byte-range.ts';
import { ADDRESS_BYTES, OptionCode } from '../../dhcp6/codes.ts';
import { DHCP6_SPACE } from '../../dhcp6/option-definitions.ts';
import { shapeOf, spaceInside, TEXT, vendorSpace } from '../../dhcp6/option-shapes.ts';
import { findVendorData } from '../../dhcp6/vendor-class.ts';
import type { Find, Operand, QueryAccess } from '../packet.ts';
import type { OptionNode, QueryNode, VendorCode } from '../syntax-tree.ts';
import { compileField } from './compile-field.ts';
import type { Packet6 } from './packet.ts';

const ENTERPRISE_BYTES = 4;
/** [Kea] In place of the number of an enterprise: whatever comes first. */
const ANY = 0;

export const QUERY_ACCESS_6: QueryAccess<Packet6> = {
  codeDigits: 5,
  isText(node: OptionNode): boolean {
    if (node.space === 'vendor')
      return node.code !== null && shapeOf(vendorSpace(node.enterprise ?? ANY), node.code) === TEXT;
    return node.space === 'message' && node.path.length === 1 && shapeOf(DHCP6_SPACE, node.path[0]!) === TEXT;
  },
  finder,
  value(node: QueryNode): Operand<Packet6> {
    switch (node.kind) {
      case 'field':
        return compileField(node.field);
      case 'enterprise':
        return compileEnterprise(node.code);
      case 'vendor-data':
        return compileVendorData(node.enterprise ?? ANY, node.index);
      case 'relay-address':
        return compileRelayAddress(node.level, node.field === 'linkaddr');
    }
  },
};

function finder(node: OptionNode): Find<Packet6> {
  if (node.space === 'message') return pathFinder(node.path, ({ optionIndex }) => optionIndex);
  if (node.space === 'vendor') return vendorFinder(node.option, node.enterprise ?? ANY, node.code);
  if (node.space === 'relay') throw new Error('a DHCPv4 relay in an expression about DHCPv6');
  const { level, code } = node;
  return (packet, range) => findInRelay(packet, level, code, range);
}

/** Where options are found by their codes. */
export interface OptionSource {
  find(code: number, out: ByteRange): boolean;
  descend(range: ByteRange, fieldBytes: number, code: number): boolean;
}

/** An option, or one inside of another: where options stand in it, its definition says. @param sourceOf the options of a packet */
export function pathFinder(
  path: readonly number[],
  sourceOf: (packet: Packet6) => OptionSource,
): Find<Packet6> {
  const [outer = 0] = path;
  if (path.length === 1) return (packet, range) => sourceOf(packet).find(outer, range);
  const fieldBytes: number[] = [];
  let space = DHCP6_SPACE;
  for (let i = 0; i + 1 < path.length; i++) {
    fieldBytes.push(shapeOf(space, path[i]!));
    space = spaceInside(space, path[i]!);
  }
  // In what is data, or text, there are none.
  if (fieldBytes.some((bytes) => bytes < 0)) return nothing;
  return (packet, range) => {
    const source = sourceOf(packet);
    let isThere = source.find(outer, range);
    for (let i = 1; isThere && i < path.length; i++)
      isThere = source.descend(range, fieldBytes[i - 1]!, path[i]!);
    return isThere;
  };
}

function nothing(_: Packet6, range: ByteRange): boolean {
  clearRange(range);
  return false;
}

/** Goes over to a relay: from 0 on by its distance to the server, below 0 by that to the client. @returns whether there is one */
function readLevel({ relays }: Packet6, level: number): boolean {
  const wanted = level < 0 ? relays.count + level : level;
  if (wanted < 0 || wanted >= relays.count) return false;
  relays.read(wanted);
  return true;
}

/** [Kea] The message that a relay forwards is none of its options. */
function findInRelay(packet: Packet6, level: number, code: number, range: ByteRange): boolean {
  const { relays } = packet;
  if (code === OptionCode.relayMessage || !readLevel(packet, level) || !relays.find(code))
    return nothing(packet, range);
  setRange(range, relays.bytes, relays.options.offset, relays.options.length);
  return true;
}

function compileRelayAddress(level: number, isLink: boolean): Operand<Packet6> {
  const range = emptyRange();
  const load = (packet: Packet6): void => {
    const { relays } = packet;
    if (!readLevel(packet, level)) return clearRange(range);
    const at = isLink ? relays.linkAddressOffset : relays.peerAddressOffset;
    setRange(range, relays.bytes, at, ADDRESS_BYTES);
  };
  return { range, load };
}

/** [Kea] The first option 16 or 17 alone counts; of another enterprise it is as good as none. */
function findVendor(packet: Packet6, option: VendorCode, enterprise: number, range: ByteRange): boolean {
  if (!packet.optionIndex.find(option, range) || range.length < ENTERPRISE_BYTES)
    return nothing(packet, range);
  if (enterprise === ANY || readNetworkWord(range.bytes, range.offset) === enterprise) return true;
  return nothing(packet, range);
}

function vendorFinder(option: VendorCode, enterprise: number, code: number | null): Find<Packet6> {
  if (code === null) return (packet, range) => findVendor(packet, option, enterprise, range);
  return (packet, range) =>
    findVendor(packet, option, enterprise, range) &&
    packet.optionIndex.descend(range, ENTERPRISE_BYTES, code);
}

/** The number of the enterprise as four octets, nothing when the option is absent. */
function compileEnterprise(option: VendorCode): Operand<Packet6> {
  const range = emptyRange();
  const load = (packet: Packet6): void => {
    if (findVendor(packet, option, ANY, range)) range.length = ENTERPRISE_BYTES;
  };
  return { range, load };
}

/** The n-th data of option 16, from 0. */
function compileVendorData(enterprise: number, index: number): Operand<Packet6> {
  const option = emptyRange();
  const range = emptyRange();
  const load = (packet: Packet6): void => {
    findVendor(packet, OptionCode.vendorClass, enterprise, option);
    findVendorData(option, index, range);
  };
  return { range, load };
}
