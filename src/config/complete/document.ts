/**
 * The configuration as Kea's config-get shows it: every default filled in, what subnets inherit written into them, comments as
 * a part of the user context, options with their code, name and space. It says the same as the document that it is made of, so
 * that it can be sent back by config-set, and written to a file that Kea reads too.
 *
 * What the program has no single value for when the file says nothing is left out (parked-packet-limit).
 */
import { isMap } from '../schema/collections.ts';
import { HOST_MODE_WORDS } from '../sections/host-modes.ts';
import { completeLibrary } from './hooks.ts';
import { completeClass, completeDefinitions, completeHost, completeLogger } from './lists.ts';
import { completeNetwork, completeSubnet } from './networks.ts';
import { completeOptions, type Names, namesOf } from './options.ts';
import { itemsOf, type JsonMap, withContext } from './values.ts';

/** What Kea 2.2 shows of a Dhcp4 map in which nothing stands, where Tandem's defaults are the same. */
const GLOBAL_DEFAULTS: JsonMap = {
  authoritative: false,
  'boot-file-name': '',
  'calculate-tee-times': false,
  'ddns-generated-prefix': 'myhost',
  'ddns-override-client-update': false,
  'ddns-override-no-update': false,
  'ddns-qualifying-suffix': '',
  'ddns-replace-client-name': 'never',
  'ddns-send-updates': true,
  'ddns-update-on-renew': false,
  'decline-probation-period': 86_400,
  'dhcp4o6-port': 0,
  'early-global-reservations-lookup': false,
  'echo-client-id': true,
  'hooks-libraries': [],
  'host-reservation-identifiers': ['hw-address', 'duid', 'circuit-id', 'client-id'],
  'hostname-char-replacement': '',
  'hostname-char-set': '[^A-Za-z0-9.-]',
  'ip-reservations-unique': true,
  'match-client-id': true,
  'next-server': '0.0.0.0',
  'option-data': [],
  'option-def': [],
  'reservations-global': false,
  'reservations-in-subnet': true,
  'reservations-lookup-first': false,
  'reservations-out-of-pool': false,
  'server-hostname': '',
  'server-tag': '',
  'shared-networks': [],
  'statistic-default-sample-age': 0,
  'statistic-default-sample-count': 20,
  'store-extended-info': false,
  subnet4: [],
  't1-percent': 0.5,
  't2-percent': 0.875,
  'valid-lifetime': 7200,
};

/** The same of the maps in it. */
const MAP_DEFAULTS: Readonly<Record<string, JsonMap>> = {
  'dhcp-ddns': {
    'enable-updates': false,
    'max-queue-size': 1024,
    'ncr-format': 'JSON',
    'ncr-protocol': 'UDP',
    'sender-ip': '0.0.0.0',
    'sender-port': 0,
    'server-ip': '127.0.0.1',
    'server-port': 53_001,
  },
  'dhcp-queue-control': { capacity: 64, 'enable-queue': false, 'queue-type': 'kea-ring4' },
  'expired-leases-processing': {
    'flush-reclaimed-timer-wait-time': 25,
    'hold-reclaimed-time': 3600,
    'max-reclaim-leases': 100,
    'max-reclaim-time': 250,
    'reclaim-timer-wait-time': 10,
    'unwarned-reclaim-cycles': 5,
  },
  'interfaces-config': { interfaces: [], 're-detect': true },
  'multi-threading': { 'enable-multi-threading': true, 'packet-queue-size': 64, 'thread-pool-size': 0 },
  'sanity-checks': { 'lease-checks': 'warn' },
};

/** @param document `{ "Dhcp4": ... }` that the loader has taken; it is not changed */
export function completeDocument(document: JsonMap): JsonMap {
  const { Dhcp4: given } = document;
  return isMap(given) ? { Dhcp4: completeDhcp4(given) } : document;
}

function completeDhcp4(given: JsonMap): JsonMap {
  const dhcp4 = withFlags(withContext(given));
  const names = namesOf(itemsOf(dhcp4['option-def']));
  const whole: Record<string, unknown> = { ...GLOBAL_DEFAULTS, ...conflictMode(dhcp4), ...dhcp4 };
  for (const [key, defaults] of Object.entries(MAP_DEFAULTS))
    whole[key] = { ...defaults, ...withContext(isMap(dhcp4[key]) ? dhcp4[key] : {}) };
  const number = numberSubnets();
  const one = (subnet: JsonMap, outer: JsonMap): JsonMap =>
    completeSubnet(number(withFlags(withContext(subnet))), outer, names);
  whole['option-def'] = completeDefinitions(itemsOf(dhcp4['option-def']));
  whole['option-data'] = completeOptions(dhcp4['option-data'], names);
  whole['shared-networks'] = itemsOf(dhcp4['shared-networks']).map((network) =>
    completeNetwork(withFlags(withContext(network)), whole, one, names),
  );
  whole['subnet4'] = itemsOf(dhcp4['subnet4']).map((subnet) => one(subnet, whole));
  whole['hooks-libraries'] = itemsOf(dhcp4['hooks-libraries']).map(completeLibrary);
  completeLists(whole, dhcp4, names);
  return whole;
}

/** Lists that Kea does not show where there are none. */
function completeLists(whole: Record<string, unknown>, dhcp4: JsonMap, names: Names): void {
  const complete = (key: string, one: (item: JsonMap) => JsonMap): void => {
    if (dhcp4[key] !== undefined) whole[key] = itemsOf(dhcp4[key]).map((item) => one(withContext(item)));
  };
  complete('client-classes', (item) => completeClass(item, names));
  complete('reservations', (item) => completeHost(item, names));
  complete('loggers', completeLogger);
  complete('control-sockets', (item) => item);
  if (isMap(dhcp4['control-socket'])) whole['control-socket'] = withContext(dhcp4['control-socket']);
}

/** The key of before Kea 2.5 beside that of later ones would be a contradiction. */
function conflictMode(dhcp4: JsonMap): JsonMap {
  return dhcp4['ddns-conflict-resolution-mode'] === undefined ? { 'ddns-use-conflict-resolution': true } : {};
}

/** reservation-mode is shown as it is said since Kea 1.9.1. */
function withFlags(scope: JsonMap): JsonMap {
  const { 'reservation-mode': mode, ...rest } = scope;
  const flags = typeof mode === 'string' ? HOST_MODE_WORDS[mode] : undefined;
  if (flags === undefined) return scope;
  const { global, inSubnet, outOfPool } = flags;
  return {
    ...rest,
    'reservations-global': global,
    'reservations-in-subnet': inSubnet,
    ...(outOfPool === undefined ? {} : { 'reservations-out-of-pool': outOfPool }),
  };
}

/** Subnets without an id get the numbers that the loader gives them: those of networks first, as they stand. */
function numberSubnets(): (subnet: JsonMap) => JsonMap {
  let last = 0;
  return (subnet) => ((subnet['id'] ?? 0) === 0 ? { ...subnet, id: ++last } : subnet);
}
