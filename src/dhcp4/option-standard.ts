/** What DHCPv4 has of options, for whoever reads a configuration. */
import type { OptionStandard } from '../options/standard.ts';
import { OptionCode } from './codes.ts';
import { DHCP4_SPACE, STANDARD_DEFINITIONS } from './option-definitions.ts';
import { CONFIGURED_BYTES_MAX } from './reply-size.ts';
import { parseSubOptions, SUB_OPTION_OCTETS_MAX } from './sub-options.ts';

export const DHCP4_OPTIONS: OptionStandard = {
  family: 4,
  space: DHCP4_SPACE,
  foreignSpace: 'dhcp6',
  codeMax: 255,
  // 255 is the end of the options (RFC 2132 section 3.2).
  messageCodeMax: 254,
  vendorOptionsCode: OptionCode.vendorOptions,
  definitions: STANDARD_DEFINITIONS,
  // 43 is anybody's, the others became standard in Kea after sites had begun to define them on their own.
  givesWay: new Set([43, 121, 122, 143, 151, 152, 153, 154, 155, 156, 157, 162]),
  tuple: 'tuple',
  subOptions: {
    headerOctets: 2,
    dataOctetsMax: SUB_OPTION_OCTETS_MAX,
    // [Kea] An option that holds options has 255 octets at most with its own header.
    containerOctetsMax: 253,
    messageOctetsMax: CONFIGURED_BYTES_MAX,
    header: (code, dataOctets) => [code, dataOctets],
    parse: parseSubOptions,
  },
};
