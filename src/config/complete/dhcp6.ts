/** Complete documents of DHCPv6; see document.ts. A preferred lifetime that nobody has set is shown nowhere: it follows the valid one. */
import { formatIpv6, parseIpv6 } from '../../base/ipv6-text.ts';
import { DHCP6_OPTIONS } from '../../dhcp6/option-standard.ts';
import { formatPrefix, IPV6, parsePrefix } from '../sections/addresses.ts';
import { completeWith } from './document.ts';
import {
  COMMON_GLOBALS,
  COMMON_INHERITED,
  COMMON_MAPS,
  type CompletedFamily,
  validLifetimes,
} from './family.ts';
import { completeOptions, type Names, namesOfStandard } from './options.ts';
import { poolText } from './pool-text.ts';
import { itemsOf, type JsonMap, withContext } from './values.ts';

const DHCP6: CompletedFamily = {
  key: 'Dhcp6',
  subnets: 'subnet6',
  space: 'dhcp6',
  definitions: DHCP6_OPTIONS.definitions,
  globals: {
    ...COMMON_GLOBALS,
    'calculate-tee-times': true,
    'host-reservation-identifiers': ['hw-address', 'duid'],
    'mac-sources': ['any'],
    'relay-supplied-options': ['65'],
    subnet6: [],
    't2-percent': 0.8,
  },
  maps: {
    ...COMMON_MAPS,
    'dhcp-queue-control': { capacity: 64, 'enable-queue': false, 'queue-type': 'kea-ring6' },
    'server-id': { 'enterprise-id': 0, htype: 0, identifier: '', persist: true, time: 0, type: 'LLT' },
  },
  inherited: [...COMMON_INHERITED, 'max-preferred-lifetime', 'min-preferred-lifetime', 'preferred-lifetime'],
  ofNetwork: ['interface', 'relay'],
  network: { 'rapid-commit': false },
  subnet: {},
  subnetAlone: { 'rapid-commit': false },
  bootDefaults: {},
  host: { 'ip-addresses': [], prefixes: [] },
  class: {},
  plainIdentifiers: ['flex-id'],
  lifetimes: (scope) => ({ ...validLifetimes(scope), ...preferredLifetimes(scope) }),
  subnetTexts,
  poolText: (range) => poolText(IPV6, range),
  hostTexts,
  addressText,
};
const NAMES = namesOfStandard(DHCP6);

/** @param document `{ "Dhcp6": ... }` that the loader has taken; it is not changed */
export function completeDocument6(document: JsonMap): JsonMap {
  return completeWith(DHCP6, NAMES, document);
}

/** One alone stands for all three. */
function preferredLifetimes({
  'min-preferred-lifetime': least,
  'preferred-lifetime': usual,
  'max-preferred-lifetime': most,
}: JsonMap): JsonMap {
  const own = usual ?? least ?? most;
  if (own === undefined) return {};
  return {
    'max-preferred-lifetime': most ?? own,
    'min-preferred-lifetime': least ?? own,
    'preferred-lifetime': own,
  };
}

function subnetTexts(subnet: JsonMap, names: Names): JsonMap {
  return {
    subnet: prefixText(subnet['subnet']),
    'pd-pools': itemsOf(subnet['pd-pools']).map((pool) => completePdPool(withContext(pool), names)),
  };
}

function completePdPool(pool: JsonMap, names: Names): JsonMap {
  const excluded = pool['excluded-prefix'];
  return {
    ...pool,
    'option-data': completeOptions(pool['option-data'], names),
    prefix: addressText(pool['prefix']),
    ...(excluded === undefined ? {} : { 'excluded-prefix': addressText(excluded) }),
  };
}

function hostTexts(host: JsonMap): JsonMap {
  return {
    'ip-addresses': texts(host['ip-addresses'], addressText),
    prefixes: texts(host['prefixes'], prefixText),
  };
}

function texts(list: unknown, textOf: (value: unknown) => unknown): unknown[] {
  return Array.isArray(list) ? list.map(textOf) : [];
}

function addressText(address: unknown): unknown {
  const octets = parseIpv6(String(address).trim());
  return octets === null ? address : formatIpv6(octets);
}

function prefixText(prefix: unknown): unknown {
  const parsed = parsePrefix(IPV6, String(prefix));
  return parsed === null ? prefix : formatPrefix(IPV6, parsed);
}
