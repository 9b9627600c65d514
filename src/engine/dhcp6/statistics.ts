/** What a DHCPv6 server counts: Kea's names, then Tandem's own reasons for packets without an answer. */
import { cellsOf, type StatisticNames } from '../figures/statistic-names.ts';

const GLOBAL_STATISTICS_6 = [
  'pkt6-received',
  'pkt6-solicit-received',
  'pkt6-advertise-received',
  'pkt6-request-received',
  'pkt6-reply-received',
  'pkt6-confirm-received',
  'pkt6-renew-received',
  'pkt6-rebind-received',
  'pkt6-decline-received',
  'pkt6-release-received',
  'pkt6-infrequest-received',
  'pkt6-addr-reg-inform-received',
  'pkt6-addr-reg-reply-received',
  'pkt6-dhcpv4-query-received',
  'pkt6-dhcpv4-response-received',
  'pkt6-unknown-received',
  'pkt6-sent',
  'pkt6-advertise-sent',
  'pkt6-reply-sent',
  'pkt6-dhcpv4-response-sent',
  'pkt6-addr-reg-reply-sent',
  'pkt6-parse-failed',
  'pkt6-receive-drop',
  'pkt6-service-disabled',
  'pkt6-queue-full',
  'pkt6-rfc-violation',
  'pkt6-not-for-us',
  'pkt6-processing-failed',
  'pkt6-admin-filtered',
  'pkt6-limit-exceeded',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
  'assigned-nas',
  'assigned-pds',
  'registered-nas',
  'cumulative-assigned-nas',
  'cumulative-assigned-pds',
  'cumulative-registered-nas',
  'v6-allocation-fail',
  'v6-allocation-fail-shared-network',
  'v6-allocation-fail-subnet',
  'v6-allocation-fail-no-pools',
  'v6-allocation-fail-classes',
  'v6-ia-na-lease-reuses',
  'v6-ia-pd-lease-reuses',
  // Each datagram that gets no answer is in exactly one of these.
  'tandem-drop-too-short',
  'tandem-drop-too-long',
  'tandem-drop-too-many-relays',
  'tandem-drop-no-relay-message',
  'tandem-drop-option-length',
  'tandem-drop-bad-fqdn',
  'tandem-drop-message-type',
  'tandem-drop-bad-client-id',
  'tandem-drop-bad-server-id',
  'tandem-drop-unicast',
  'tandem-drop-service-disabled',
  'tandem-drop-out-of-scope',
  'tandem-drop-no-relationship',
  'tandem-drop-other-server',
  'tandem-drop-no-subnet',
  'tandem-drop-nothing-to-confirm',
  'tandem-drop-bad-registration',
  'tandem-drop-address-taken',
  'tandem-drop-class',
  'tandem-drop-rate-limit',
  'tandem-drop-solicit-shed',
  'tandem-drop-park-full',
  'tandem-drop-journal-full',
  'tandem-drop-updates-full',
  'tandem-drop-table-full',
  'tandem-drop-reply-too-large',
  'tandem-drop-partner-cannot-hold',
  'tandem-drop-send-failed',
  'tandem-drop-socket-gone',
  'tandem-drop-update-rejected',
  'tandem-drop-lease-over',
  'tandem-drop-parked-too-long',
  // Not datagrams: expressions of classes and of flex_option that could not be evaluated, identity associations that got nothing
  // within the limits of leases, times that the kernel refused to join replies, and observed clients of the silent partner that
  // main was not told of.
  'tandem-class-errors',
  'tandem-flex-option-errors',
  // Texts for the forensic log that could not be made: there is no line.
  'tandem-legal-log-errors',
  'tandem-rate-limit-forgotten',
  'tandem-ia-lease-limit',
  'tandem-join-refused',
  'tandem-observations-lost',
  // What found no memory: names, and what leases keep of relays and of classes. Then name change requests.
  'tandem-host-name-lost',
  'tandem-extended-info-lost',
  'tandem-lease-classes-lost',
  'tandem-ddns-sent',
  'tandem-ddns-send-failed',
  'tandem-ddns-lost',
  'tandem-ddns-not-a-name',
] as const;

/** Of each subnet, named `subnet[ID].NAME`. */
const SUBNET_STATISTICS_6 = [
  'assigned-nas',
  'assigned-pds',
  'registered-nas',
  'cumulative-assigned-nas',
  'cumulative-assigned-pds',
  'cumulative-registered-nas',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
  'v6-allocation-fail',
  'v6-allocation-fail-shared-network',
  'v6-allocation-fail-subnet',
  'v6-allocation-fail-no-pools',
  'v6-allocation-fail-classes',
  'v6-ia-na-lease-reuses',
  'v6-ia-pd-lease-reuses',
] as const;

/** Of each series of pools, named `subnet[ID].pool[POOL ID].NAME`. */
const POOL_STATISTICS_6 = [
  'assigned-nas',
  'cumulative-assigned-nas',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
] as const;

/** The same of pools of prefixes, named `subnet[ID].pd-pool[POOL ID].NAME`. */
const PD_POOL_STATISTICS_6 = ['assigned-pds', 'cumulative-assigned-pds', 'reclaimed-leases'] as const;

/** For `allocateStatistics`. */
export const STATISTICS_6 = {
  global: GLOBAL_STATISTICS_6,
  subnet: SUBNET_STATISTICS_6,
  pool: POOL_STATISTICS_6,
  pdPool: PD_POOL_STATISTICS_6,
} as const satisfies StatisticNames;

// Statistic name -> cell number, for code that counts.
export const G6 = cellsOf(GLOBAL_STATISTICS_6);
export const S6 = cellsOf(SUBNET_STATISTICS_6);
export const P6 = cellsOf(POOL_STATISTICS_6);
export const PD6 = cellsOf(PD_POOL_STATISTICS_6);
