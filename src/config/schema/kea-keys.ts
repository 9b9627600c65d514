/**
 * Every key that some Kea from 2.2 to 3.3 knows in a DHCPv4 configuration, whatever map it belongs to. A key of this list that
 * Tandem knows in no map is told apart from a slip of the pen.
 */
const NAMES = `
4o6-interface 4o6-interface-id 4o6-subnet adaptive-lease-time-threshold allocator always-send array authentication
authoritative boot-file-name cache-max-age cache-threshold calculate-tee-times capacity cert-file cert-required cipher-list
circuit-id client-class client-classes client-id clients code comment compatibility config-control config-databases
config-fetch-wait-time connect-timeout control-socket control-sockets csv-format data ddns-conflict-resolution-mode
ddns-generated-prefix ddns-override-client-update ddns-override-no-update ddns-qualifying-suffix ddns-replace-client-name
ddns-send-updates ddns-ttl ddns-ttl-max ddns-ttl-min ddns-ttl-percent ddns-update-on-renew ddns-use-conflict-resolution
debuglevel decline-probation-period dhcp-ddns dhcp-queue-control dhcp-socket-type dhcp4o6-port directory duid
early-global-reservations-lookup echo-client-id enable-multi-threading enable-queue enable-updates encapsulate
evaluate-additional-classes exclude-first-last-24 expired-leases-processing extended-info-checks flex-id flush
flush-reclaimed-timer-wait-time generated-prefix hold-reclaimed-time hooks-libraries host host-reservation-identifiers hostname
hostname-char-replacement hostname-char-set hosts-database hosts-databases http-headers hw-address id
ignore-dhcp-server-identifier ignore-rai-link-selection interface interfaces interfaces-config ip-address ip-addresses
ip-reservations-unique key-file lease-checks lease-database lenient-option-parsing lfc-interval library loggers
match-client-id max-queue-size max-reclaim-leases max-reclaim-time max-reconnect-tries max-row-errors max-valid-lifetime
maxsize maxver metadata min-valid-lifetime multi-threading name ncr-format ncr-protocol never-send next-server offer-lifetime
on-fail only-if-required only-in-additional-list option-data option-def outbound-interface output output-options
output_options override-client-update override-no-update packet-queue-size parameters parked-packet-limit password
password-file pattern persist pool pool-id pools port qualifying-suffix queue-type re-detect read-timeout readonly realm
rebind-timer reclaim-timer-wait-time reconnect-wait-time record-types relay renew-timer replace-client-name
require-client-classes reservation-mode reservations reservations-global reservations-in-subnet reservations-lookup-first
reservations-out-of-pool retry-on-startup sanity-checks sender-ip sender-port server-hostname server-ip server-port server-tag
service-sockets-max-retries service-sockets-require-all service-sockets-retry-wait-time severity shared-networks
socket-address socket-name socket-port socket-type space ssl-mode stash-agent-options statistic-default-sample-age
statistic-default-sample-count store-extended-info subnet subnet4 t1-percent t2-percent tcp-user-timeout template-test test
thread-pool-size trust-anchor type unwarned-reclaim-cycles user user-context user-file valid-lifetime value write-timeout
`;

export const keaKeys: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));
