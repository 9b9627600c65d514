/**
 * The conformance scenarios of high availability, one for each group of Kea's own unit tests, in their order: scenario N
 * is entry N - 1. A test says in its name which of them it checks: `[scenario 7]`, `[scenarios 26, 27]`.
 */

export interface ConformanceScenario {
  readonly title: string;
  /** What the tests check otherwise than Kea does it, and why. */
  readonly remark?: string;
}

const DUID_ALONE = 'clients of DHCPv6 are known by their DUID alone';

export const CONFORMANCE_SCENARIOS: readonly ConformanceScenario[] = [
  { title: 'every cell of both transition matrices, for the primary and for the other server' },
  { title: 'silence, then unanswered clients: when an unavailable partner is taken for dead' },
  { title: 'a lonely start leads to partner-down by silence alone' },
  { title: 'a partner that appears with new unsent updates sends a partner-down server back to waiting' },
  { title: 'errors of the partner: communication-recovery at once, partner-down only with dropped queries' },
  { title: 'partner-down stays when the partner reappears in its normal state, and forgets its clients' },
  { title: 'a standby needs silence and unanswered clients' },
  { title: 'load-balancing, the partner offline and back' },
  { title: 'a synchronization that fails is repeated until it works' },
  { title: 'concurrent start, seen from the primary' },
  { title: 'concurrent start, seen from the secondary' },
  { title: 'without sync-leases the way from waiting leads to ready' },
  { title: 'without delayed-updates-limit load-balancing stays while the partner is unavailable' },
  { title: 'a partner whose clock shows 1994 terminates' },
  { title: 'waiting waits ten minutes for a terminated partner' },
  { title: 'a clock skew is forgotten with the partner' },
  { title: 'too many rejected updates terminate' },
  { title: 'which states forget rejected updates' },
  { title: 'a backup server is silent in backup and stays' },
  { title: 'a passive-backup primary serves from the start and tells its backups' },
  { title: 'syncing makes no attempt while the partner is unavailable' },
  { title: 'pauses stop transitions, not heartbeats; ha-continue' },
  { title: 'scopes of a load-balancing primary in each state' },
  { title: 'the same without auto-failover, and with maintenance' },
  { title: 'scopes of both servers in hot-standby' },
  { title: 'in which states updates go to the partner, and to backups' },
  { title: 'in which state updates are kept for the partner' },
  {
    title: 'in which states heartbeats run, how often, and to whom',
    remark: 'A backup is asked for its heartbeat too, whether it takes a stream; its answer changes no state',
  },
  { title: 'ha-reset' },
  { title: 'ha-sync-complete-notify in partner-down holds the service until a heartbeat' },
  { title: 'ha-sync-complete-notify releases exactly the origin that it names' },
  { title: 'ha-maintenance-notify leads to in-maintenance, its cancellation back' },
  { title: 'which servers may not be shut down: 1001' },
  { title: 'a maintenance entered from itself is cancelled to waiting' },
  { title: 'ha-maintenance-start by the answer of the partner' },
  { title: 'ha-maintenance-cancel by the answer of the partner' },
  { title: 'an update and a deletion to partner and backup: one awaited peer, two requests' },
  {
    title: 'a lease that is released but kept',
    remark:
      'A RELEASE is told to every peer as a deletion, because Kea before 2.7 refuses the state; should such an update come up, a deletion is what a Kea gets, and whoever is without a stream; by the stream it goes as it is',
  },
  {
    title: 'all leases of a query in one bulk request a peer',
    remark: 'Kea has it for DHCPv6 only; to a Tandem, partner or backup, all go by the stream at once',
  },
  { title: 'in partner-down nothing goes to the partner, nobody waits, and it is counted' },
  {
    title: 'an update that fails, is refused or not authorized: no answer, partner unavailable',
    remark:
      'A result 1 for one lease refuses that lease and leaves the partner what it is, so that no client can stop the pair',
  },
  { title: 'a backup that is offline delays nobody' },
  { title: 'a conflict: no answer, the client is counted until an update of it succeeds' },
  {
    title: 'a bulk request with failed leases: conflicts alone, with an error among them, with result 0',
    remark:
      'A peer gets a request a lease, or the stream, whose acknowledgements name what was refused. Each lease decides for its own query, and a conflict counts beside an error. An error of one lease refuses that lease alone',
  },
  { title: 'what communication-recovery has kept is delivered' },
  {
    title: 'a backlog that cannot be delivered, or was lost: ha-reset, or none when the partner restarts',
    remark: 'A lease that the partner does not take is left out, and the rest is delivered',
  },
  { title: 'the backlog refuses what exceeds its limit and says so until it is cleared' },
  {
    title: 'a single update of a declined lease, with and without somebody waiting',
    remark: 'For the DECLINE of a client; the ping check, for which Kea has it, is not implemented',
  },
  { title: 'synchronization page by page: what is added, replaced, kept, skipped' },
  { title: 'a hub takes only leases of the subnets of the relationship' },
  { title: 'ha-sync that succeeds, also from a backup' },
  { title: 'ha-sync: dhcp-disable fails or is not authorized' },
  { title: 'ha-sync: a page fails' },
  { title: 'ha-sync: a partner that knows no ha-sync-complete-notify' },
  { title: 'ha-sync: ha-sync-complete-notify fails' },
  { title: 'ha-sync with an unknown or the own name' },
  { title: 'load balancing: shares, classes, failover, no identifier, leases hash as queries do' },
  { title: 'hot-standby: who serves, by which class' },
  {
    title: 'message types that have nothing to do with HA',
    remark:
      'They are in scope as in Kea; Tandem serves none of them (leasequery) and drops them by their type',
  },
  { title: 'ha-scopes' },
  { title: 'failure detection by the secs of clients' },
  { title: 'max-unacked-clients 0' },
  { title: 'clock skew: silent, warned of, fatal' },
  { title: 'the unsent-update counters, own and partner' },
  { title: 'rejected updates: limit, expiry, clients told apart', remark: DUID_ALONE },
  { title: 'the high-availability part of status-get before the first heartbeat, alone, and on a hub' },
  { title: 'the heartbeat reply, and replies that are no contact' },
  { title: 'server-name picks the relationship; unknown names are refused' },
];
