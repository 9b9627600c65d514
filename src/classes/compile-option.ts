/** Closures for options, sub-options and vendor options. */
import { type ByteRange, emptyRange } from '../base/byte-range.ts';
import { OptionCode } from '../dhcp4/codes.ts';
import { DHCP4_SPACE } from '../dhcp4/option-definitions.ts';
import { ANY_ENTERPRISE, descend } from '../dhcp4/option-index.ts';
import { DHCP4_OPTIONS } from '../dhcp4/option-standard.ts';
import { OptionSpaces } from '../options/spaces.ts';
import { dumpLength, writeDump } from './option-text.ts';
import type { Operand, Packet, Test } from './packet.ts';
import type { Scratch } from './scratch.ts';
import type { OptionNode, VendorCode } from './syntax-tree.ts';

const STANDARD = new OptionSpaces(DHCP4_OPTIONS);

/** Finds what a node names: true and `range` is its payload, or false and `range` is empty. */
type Find = (packet: Packet, range: ByteRange) => boolean;

function finderOf(node: OptionNode): Find {
  if (node.space === 'relay') {
    const { code } = node;
    return (packet, range) => packet.options.findAgent(code, range);
  }
  if (node.space === 'vendor') return vendorFinder(node);
  const [container = 0, code, ...path] = node.path;
  if (code === undefined) return optionFinder(container);
  if (path.length === 0) return (packet, range) => packet.options.findInside(container, code, range);
  return (packet, range) => {
    let isThere = packet.options.findInside(container, code, range);
    for (let i = 0; isThere && i < path.length; i++) isThere = descend(range, path[i]!);
    return isThere;
  };
}

/** Of an option of fixed size Kea keeps so many octets, whatever came behind them. */
function optionFinder(code: number): Find {
  if (isStringOption(code)) return (packet, range) => packet.options.findString(code, range);
  const definition = STANDARD.findByCode(DHCP4_SPACE, code);
  const size = definition?.repeatsLast === false ? sizeOf(definition.fields) : null;
  if (size === null) return (packet, range) => packet.options.find(code, range);
  return (packet, range) => {
    const isThere = packet.options.find(code, range);
    if (range.length > size) range.length = size;
    return isThere;
  };
}

const FIELD_BYTES: Readonly<Record<string, number>> = {
  boolean: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  'ipv4-address': 4,
};

function sizeOf(fields: readonly string[]): number | null {
  const [field] = fields;
  return fields.length === 1 && field !== undefined ? (FIELD_BYTES[field] ?? null) : null;
}

function vendorFinder({ option, enterprise, code }: OptionNode & { space: 'vendor' }): Find {
  const wanted = enterprise ?? ANY_ENTERPRISE;
  if (option === OptionCode.vendorClasses)
    return (packet, range) => packet.options.findVendorClass(wanted, 0, range);
  if (code === null) return (packet, range) => packet.options.findVendor(wanted, range);
  return (packet, range) => packet.options.findVendor(wanted, range) && descend(range, code);
}

export function compileExists(node: OptionNode): Test {
  const find = finderOf(node);
  const range = emptyRange();
  return (packet) => find(packet, range);
}

export function compileOption(node: OptionNode, isText: boolean, scratch: Scratch): Operand {
  const find = finderOf(node);
  const range = emptyRange();
  const isString = node.space === 'message' && node.path.length === 1 && isStringOption(node.path[0]!);
  if (isText && !isString) return dumped(find, codeOf(node), scratch);
  const load = (packet: Packet): void => {
    find(packet, range);
  };
  return { range, load };
}

function codeOf(node: OptionNode): number {
  if (node.space === 'message') return node.path.at(-1)!;
  return node.space === 'relay' ? node.code : (node.code ?? node.option);
}

/** What Kea writes of an option that is no text: for people. */
function dumped(find: Find, code: number, scratch: Scratch): Operand {
  const range = emptyRange();
  const load = (packet: Packet): void => {
    if (!find(packet, range)) return;
    const length = dumpLength(range.length);
    const offset = scratch.take(length);
    if (scratch.failed) return;
    writeDump(code, range, scratch.bytes, offset);
    range.bytes = scratch.bytes;
    range.offset = offset;
    range.length = length;
  };
  return { range, load };
}

function isStringOption(code: number): boolean {
  const definition = STANDARD.findByCode(DHCP4_SPACE, code);
  return definition?.fields.length === 1 && definition.fields[0] === 'string';
}

/** The enterprise number of option 124 or 125 as four octets, nothing when the option is absent. */
export function compileEnterprise(option: VendorCode): Operand {
  const find = vendorFinder({ space: 'vendor', option, enterprise: null, code: null });
  const range = emptyRange();
  const load = (packet: Packet): void => {
    if (!find(packet, range)) return;
    packet.options.find(option, range);
    range.length = 4;
  };
  return { range, load };
}

/** The n-th data of option 124, from 0. */
export function compileVendorData(enterprise: number | null, index: number): Operand {
  const range = emptyRange();
  const wanted = enterprise ?? ANY_ENTERPRISE;
  const load = (packet: Packet): void => {
    packet.options.findVendorClass(wanted, index, range);
  };
  return { range, load };
}
