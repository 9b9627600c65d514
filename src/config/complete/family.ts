/** What the complete documents of the two families have of their own. */
import type { OptionDefinition } from '../../options/definition.ts';
import type { Names } from './options.ts';
import type { JsonMap } from './values.ts';

export interface CompletedFamily {
  readonly key: 'Dhcp4' | 'Dhcp6';
  readonly subnets: 'subnet4' | 'subnet6';
  /** The space of the options of a message itself. */
  readonly space: 'dhcp4' | 'dhcp6';
  readonly definitions: ReadonlyMap<string, readonly OptionDefinition[]>;
  /** Defaults of the keys of the whole map, and of the maps in it. */
  readonly globals: JsonMap;
  readonly maps: Readonly<Record<string, JsonMap>>;
  /** Keys that are shown with the values that hold in a subnet, wherever they come from; the others are shown where they are set. */
  readonly inherited: readonly string[];
  /** Keys that a subnet shows of its network alone. */
  readonly ofNetwork: readonly string[];
  /** Defaults of a shared network, of every subnet, and of one that stands alone. */
  readonly network: JsonMap;
  readonly subnet: JsonMap;
  readonly subnetAlone: JsonMap;
  /** Defaults that hosts and classes have in common. */
  readonly bootDefaults: JsonMap;
  readonly host: JsonMap;
  readonly class: JsonMap;
  /** Members of a host that are identifiers without separators between their octets. */
  readonly plainIdentifiers: readonly string[];
  /** Bounds that nobody has set. */
  readonly lifetimes: (scope: JsonMap) => JsonMap;
  /** Members of a subnet, a pool of addresses, a host and a relay in the form in which Kea shows addresses. */
  readonly subnetTexts: (subnet: JsonMap, names: Names) => JsonMap;
  readonly poolText: (range: string) => string;
  readonly hostTexts: (host: JsonMap) => JsonMap;
  readonly addressText: (address: unknown) => unknown;
}

/** What Kea 2.2 shows of a map in which nothing stands, where Tandem's defaults are the same. */
export const COMMON_GLOBALS: JsonMap = {
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
  'hooks-libraries': [],
  'hostname-char-replacement': '',
  'hostname-char-set': '[^A-Za-z0-9.-]',
  'ip-reservations-unique': true,
  'option-data': [],
  'option-def': [],
  'reservations-global': false,
  'reservations-in-subnet': true,
  'reservations-lookup-first': false,
  'reservations-out-of-pool': false,
  'server-tag': '',
  'shared-networks': [],
  'statistic-default-sample-age': 0,
  'statistic-default-sample-count': 20,
  'store-extended-info': false,
  't1-percent': 0.5,
  'valid-lifetime': 7200,
};

/** The same of the maps in it. */
export const COMMON_MAPS: Readonly<Record<string, JsonMap>> = {
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

export const COMMON_INHERITED = [
  'cache-max-age',
  'cache-threshold',
  'calculate-tee-times',
  'max-valid-lifetime',
  'min-valid-lifetime',
  'rebind-timer',
  'renew-timer',
  'store-extended-info',
  't1-percent',
  't2-percent',
  'valid-lifetime',
] as const;

/** A bound that nobody has set is the lifetime itself. */
export function validLifetimes(scope: JsonMap): JsonMap {
  const { 'valid-lifetime': lifetime } = scope;
  return {
    'max-valid-lifetime': scope['max-valid-lifetime'] ?? lifetime,
    'min-valid-lifetime': scope['min-valid-lifetime'] ?? lifetime,
  };
}
