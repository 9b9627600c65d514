/** What DHCPv6 has of options, for whoever reads a configuration. */
import type { OptionStandard, SubOption } from '../options/standard.ts';
import { OPTION_HEADER_BYTES, OptionCode } from './codes.ts';
import { DHCP6_SPACE, STANDARD_DEFINITIONS } from './option-definitions.ts';
import { OptionReader } from './option-reader.ts';
import { CONFIGURED_BYTES_MAX } from './reply-size.ts';

const UINT16_MAX = 0xffff;

export const DHCP6_OPTIONS: OptionStandard = {
  family: 6,
  space: DHCP6_SPACE,
  foreignSpace: 'dhcp4',
  codeMax: UINT16_MAX,
  messageCodeMax: UINT16_MAX,
  vendorOptionsCode: OptionCode.vendorOptions,
  definitions: STANDARD_DEFINITIONS,
  // They became standard in Kea after sites had begun to define them on their own.
  givesWay: new Set([56, 136, 144, 148]),
  tuple: 'long-tuple',
  subOptions: {
    headerOctets: OPTION_HEADER_BYTES,
    dataOctetsMax: UINT16_MAX,
    containerOctetsMax: UINT16_MAX,
    messageOctetsMax: CONFIGURED_BYTES_MAX,
    header: (code, dataOctets) => [code >>> 8, code & 255, dataOctets >>> 8, dataOctets & 255],
    parse: parseSubOptions,
  },
};

function parseSubOptions(_space: string, octets: Uint8Array): SubOption[] {
  const options: SubOption[] = [];
  const reader = new OptionReader(octets);
  reader.point(0, octets.length);
  while (reader.next()) {
    const { code, offset, length } = reader;
    options.push({ code, data: octets.subarray(offset, offset + length) });
  }
  return options;
}
