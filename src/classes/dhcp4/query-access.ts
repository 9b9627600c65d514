/** Closures for what stands in a DHCPv4 query: options, sub-options and vendor options. */
import { emptyRange } from '../../base/byte-range.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import { DHCP4_SPACE } from '../../dhcp4/option-definitions.ts';
import { ANY_ENTERPRISE, descend } from '../../dhcp4/option-index.ts';
import { DHCP4_OPTIONS } from '../../dhcp4/option-standard.ts';
import { fixedOctets } from '../../options/fixed-octets.ts';
import { OptionSpaces } from '../../options/spaces.ts';
import type { Find, Operand, QueryAccess } from '../packet.ts';
import type { OptionNode, QueryNode, VendorCode } from '../syntax-tree.ts';
import { compileField } from './compile-field.ts';
import type { Packet4 } from './packet.ts';

const STANDARD = new OptionSpaces(DHCP4_OPTIONS);

export const QUERY_ACCESS_4: QueryAccess<Packet4> = {
  codeDigits: 3,
  isText: (node) => node.space === 'message' && node.path.length === 1 && isStringOption(node.path[0]!),
  finder,
  value(node: QueryNode): Operand<Packet4> {
    switch (node.kind) {
      case 'field':
        return compileField(node.field);
      case 'enterprise':
        return compileEnterprise(node.code);
      case 'vendor-data':
        return compileVendorData(node.enterprise, node.index);
      case 'relay-address':
        throw new Error('a header of a DHCPv6 relay in an expression about DHCPv4');
    }
  },
};

function finder(node: OptionNode): Find<Packet4> {
  if (node.space === 'relay') {
    const { code } = node;
    return (packet, range) => packet.options.findAgent(code, range);
  }
  if (node.space === 'vendor') return vendorFinder(node);
  if (node.space === 'relay-level') throw new Error('a DHCPv6 relay in an expression about DHCPv4');
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
function optionFinder(code: number): Find<Packet4> {
  if (isStringOption(code)) return (packet, range) => packet.options.findString(code, range);
  const definition = STANDARD.findByCode(DHCP4_SPACE, code);
  const size = definition?.fields.length === 1 ? fixedOctets(definition) : null;
  if (size === null) return (packet, range) => packet.options.find(code, range);
  return (packet, range) => {
    const isThere = packet.options.find(code, range);
    if (range.length > size) range.length = size;
    return isThere;
  };
}

function vendorFinder({ option, enterprise, code }: OptionNode & { space: 'vendor' }): Find<Packet4> {
  const wanted = enterprise ?? ANY_ENTERPRISE;
  if (option === OptionCode.vendorClasses)
    return (packet, range) => packet.options.findVendorClass(wanted, 0, range);
  if (code === null) return (packet, range) => packet.options.findVendor(wanted, range);
  return (packet, range) => packet.options.findVendor(wanted, range) && descend(range, code);
}

function isStringOption(code: number): boolean {
  const definition = STANDARD.findByCode(DHCP4_SPACE, code);
  return definition?.fields.length === 1 && definition.fields[0] === 'string';
}

/** The enterprise number of option 124 or 125 as four octets, nothing when the option is absent. */
function compileEnterprise(option: VendorCode): Operand<Packet4> {
  const find = vendorFinder({ space: 'vendor', option, enterprise: null, code: null });
  const range = emptyRange();
  const load = (packet: Packet4): void => {
    if (!find(packet, range)) return;
    packet.options.find(option, range);
    range.length = 4;
  };
  return { range, load };
}

/** The n-th data of option 124, from 0. */
function compileVendorData(enterprise: number | null, index: number): Operand<Packet4> {
  const range = emptyRange();
  const wanted = enterprise ?? ANY_ENTERPRISE;
  const load = (packet: Packet4): void => {
    packet.options.findVendorClass(wanted, index, range);
  };
  return { range, load };
}
