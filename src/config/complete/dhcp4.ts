/** Complete documents of DHCPv4; see document.ts. */
import { STANDARD_DEFINITIONS } from '../../dhcp4/option-definitions.ts';
import { IPV4 } from '../sections/addresses.ts';
import { completeWith } from './document.ts';
import {
  COMMON_GLOBALS,
  COMMON_INHERITED,
  COMMON_MAPS,
  type CompletedFamily,
  validLifetimes,
} from './family.ts';
import { namesOfStandard } from './options.ts';
import { poolText } from './pool-text.ts';
import type { JsonMap } from './values.ts';

const BOOT_DEFAULTS = { 'boot-file-name': '', 'next-server': '0.0.0.0', 'server-hostname': '' };

const DHCP4: CompletedFamily = {
  key: 'Dhcp4',
  subnets: 'subnet4',
  space: 'dhcp4',
  definitions: STANDARD_DEFINITIONS,
  globals: {
    ...COMMON_GLOBALS,
    ...BOOT_DEFAULTS,
    authoritative: false,
    'calculate-tee-times': false,
    'echo-client-id': true,
    'host-reservation-identifiers': ['hw-address', 'duid', 'circuit-id', 'client-id'],
    'match-client-id': true,
    subnet4: [],
    't2-percent': 0.875,
  },
  maps: {
    ...COMMON_MAPS,
    'dhcp-queue-control': { capacity: 64, 'enable-queue': false, 'queue-type': 'kea-ring4' },
  },
  inherited: COMMON_INHERITED,
  ofNetwork: ['interface', 'relay'],
  network: {},
  subnet: { '4o6-interface': '', '4o6-interface-id': '', '4o6-subnet': '' },
  subnetAlone: {},
  bootDefaults: BOOT_DEFAULTS,
  host: {},
  class: { 'option-def': [] },
  plainIdentifiers: ['client-id', 'circuit-id', 'flex-id'],
  lifetimes: validLifetimes,
  subnetTexts: () => ({}),
  poolText: (range) => poolText(IPV4, range),
  hostTexts: () => ({}),
  addressText: (address) => address,
};
const NAMES = namesOfStandard(DHCP4);

/** @param document `{ "Dhcp4": ... }` that the loader has taken; it is not changed */
export function completeDocument(document: JsonMap): JsonMap {
  return completeWith(DHCP4, NAMES, document);
}
