/**
 * Every command, hook library and statistic of a DHCPv4 server of Kea, from 2.2 to 3.1. test/interop/kea-commands.test.ts
 * compares the commands with what a real Kea answers to list-commands.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** By the library that brings them; "server" = always there. */
export const KEA_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  server:
    words(`build-report config-backend-pull config-get config-hash-get config-reload config-set config-test
    config-write dhcp-disable dhcp-enable interface-add interface-list interface-redetect kea-lfc-start leases-reclaim
    libreload list-commands server-tag-get shutdown statistic-get statistic-get-all statistic-global-get-all
    statistic-remove statistic-remove-all statistic-reset statistic-reset-all statistic-sample-age-set
    statistic-sample-age-set-all statistic-sample-count-set statistic-sample-count-set-all status-get
    subnet4-select-test subnet4o6-select-test version-get`),
  lease_cmds:
    words(`lease4-add lease4-del lease4-get lease4-get-all lease4-get-by-client-id lease4-get-by-hostname
    lease4-get-by-hw-address lease4-get-by-state lease4-get-page lease4-resend-ddns lease4-update lease4-wipe
    lease4-write`),
  ha: words(`ha-continue ha-heartbeat ha-maintenance-cancel ha-maintenance-notify ha-maintenance-start ha-reset
    ha-scopes ha-sync ha-sync-complete-notify`),
  stat_cmds: words('stat-lease4-get'),
  subnet_cmds:
    words(`network4-add network4-del network4-get network4-list network4-subnet-add network4-subnet-del
    subnet4-add subnet4-del subnet4-delta-add subnet4-delta-del subnet4-get subnet4-list subnet4-update`),
  class_cmds: words('class-add class-del class-get class-list class-update'),
  host_cmds:
    words(`reservation-add reservation-del reservation-get reservation-get-all reservation-get-by-address
    reservation-get-by-hostname reservation-get-by-id reservation-get-page reservation-update`),
  perfmon: words('perfmon-control perfmon-get-all-durations'),
};

/** The same of a DHCPv6 server, without those that both have. */
export const KEA_COMMANDS_6: Readonly<Record<string, readonly string[]>> = {
  server: words('subnet6-select-test'),
  lease_cmds:
    words(`lease6-add lease6-bulk-apply lease6-del lease6-get lease6-get-all lease6-get-by-duid lease6-get-by-hostname
    lease6-get-by-state lease6-get-page lease6-resend-ddns lease6-update lease6-wipe lease6-write`),
  stat_cmds: words('stat-lease6-get'),
  subnet_cmds:
    words(`network6-add network6-del network6-get network6-list network6-subnet-add network6-subnet-del
    subnet6-add subnet6-del subnet6-delta-add subnet6-delta-del subnet6-get subnet6-list subnet6-update`),
};

/** Libraries that serve DHCPv4; stores and configuration databases of other kinds are among them. */
export const KEA_LIBRARIES =
  words(`bootp cb_cmds class_cmds ddns_tuning flex_id flex_option gss_tsig ha host_cache
  host_cmds lease_cmds lease_query legal_log forensic_log limits mysql mysql_cb perfmon pgsql pgsql_cb ping_check radius
  rbac run_script stat_cmds subnet_cmds user_chk`);

const LEASES =
  'assigned-addresses cumulative-assigned-addresses declined-addresses reclaimed-declined-addresses reclaimed-leases';
const FAILURES = `v4-allocation-fail v4-allocation-fail-classes v4-allocation-fail-no-pools
  v4-allocation-fail-shared-network v4-allocation-fail-subnet v4-lease-reuses v4-reservation-conflicts`;

/** Of the perfmon library, with QUERY-RESPONSE for the pair of messages: with a queue of packets, and without. */
export const KEA_DURATIONS =
  words(`socket_received-buffer_read buffer_read-mt_queued mt_queued-process_started
  buffer_read-process_started process_started-process_completed composite-total_response`).map(
    (span) => `perfmon.QUERY-RESPONSE.${span}.mean-usecs`,
  );

const LEASES_6 = `assigned-nas cumulative-assigned-nas declined-addresses reclaimed-declined-addresses reclaimed-leases`;
const FAILURES_6 = `v6-allocation-fail v6-allocation-fail-classes v6-allocation-fail-no-pools
  v6-allocation-fail-shared-network v6-allocation-fail-subnet v6-ia-na-lease-reuses v6-ia-pd-lease-reuses`;

/** The same of a DHCPv6 server. */
export const KEA_STATISTICS_6 = {
  server:
    words(`pkt6-addr-reg-inform-received pkt6-addr-reg-reply-received pkt6-addr-reg-reply-sent pkt6-admin-filtered
    pkt6-advertise-received pkt6-advertise-sent pkt6-confirm-received pkt6-decline-received pkt6-dhcpv4-query-received pkt6-dhcpv4-response-received
    pkt6-dhcpv4-response-sent pkt6-duplicate pkt6-infrequest-received pkt6-limit-exceeded pkt6-not-for-us pkt6-parse-failed
    pkt6-processing-failed pkt6-queue-full pkt6-rebind-received pkt6-receive-drop pkt6-received pkt6-release-received
    pkt6-renew-received pkt6-reply-received pkt6-reply-sent pkt6-request-received pkt6-rfc-violation pkt6-sent
    pkt6-service-disabled pkt6-solicit-received pkt6-unknown-received cumulative-assigned-nas cumulative-assigned-pds
    cumulative-registered-nas declined-addresses reclaimed-declined-addresses reclaimed-leases ${FAILURES_6}`),
  subnet:
    words(`total-nas total-pds assigned-pds cumulative-assigned-pds registered-nas cumulative-registered-nas
    ${LEASES_6} ${FAILURES_6}`),
  pool: words(`total-nas ${LEASES_6}`),
  'pd-pool': words('total-pds assigned-pds cumulative-assigned-pds reclaimed-leases'),
} as const;

/** Without what stands before the name: `subnet[ID].` and `subnet[ID].pool[POOL ID].` */
export const KEA_STATISTICS: Readonly<Record<'server' | 'subnet' | 'pool', readonly string[]>> = {
  server:
    words(`pkt4-ack-received pkt4-ack-sent pkt4-admin-filtered pkt4-decline-received pkt4-discover-received
    pkt4-duplicate pkt4-inform-received pkt4-lease-query-received pkt4-lease-query-response-active-sent
    pkt4-lease-query-response-unassigned-sent pkt4-lease-query-response-unknown-sent pkt4-limit-exceeded pkt4-nak-received
    pkt4-nak-sent pkt4-not-for-us pkt4-offer-received pkt4-offer-sent pkt4-parse-failed pkt4-processing-failed
    pkt4-queue-full pkt4-receive-drop pkt4-received pkt4-release-received pkt4-request-received pkt4-rfc-violation
    pkt4-sent pkt4-service-disabled pkt4-unknown-received cumulative-assigned-addresses declined-addresses
    reclaimed-declined-addresses reclaimed-leases ${FAILURES}`),
  subnet: words(`total-addresses ${LEASES} ${FAILURES}`),
  pool: words(`total-addresses ${LEASES}`),
};
