/**
 * Serves one DHCPv6 query after the other: what it may be, its subnet and hosts, then the handler of its message type. The
 * table's lock is held from the first look at a lease until its change is recorded.
 */
import { emptyRange, equalsOctets } from '../../base/byte-range.ts';
import { NO_CLASS } from '../../classes/class-ids.ts';
import { MessageType } from '../../dhcp6/codes.ts';
import { Field, Malformed } from '../../dhcp6/descriptor.ts';
import { NO_SERVER, serverIndexOf } from '../../loadbalance/scope.ts';
import { addHostClasses, classifyKnown, isDropped } from '../classes/assign.ts';
import { Outcome } from '../context.ts';
import { NO_RELATIONSHIP } from '../subnets/relationship-of.ts';
import { classesBeforeLeases, classifyReceived6 } from './classes/classification.ts';
import type { Context6 } from './context.ts';
import { serveConfirm } from './messages/confirm.ts';
import { serveDecline } from './messages/decline.ts';
import { serveInformationRequest } from './messages/information-request.ts';
import { serveRegistration } from './messages/registration.ts';
import { serveRelease } from './messages/release.ts';
import { serveRebind, serveRenew, serveRequest } from './messages/request.ts';
import { serveSolicit } from './messages/solicit.ts';
import { G6 } from './statistics.ts';

/** Statistics cell of each message type's reception. */
const RECEIVED: Readonly<Record<number, number>> = {
  [MessageType.solicit]: G6['pkt6-solicit-received'],
  [MessageType.advertise]: G6['pkt6-advertise-received'],
  [MessageType.request]: G6['pkt6-request-received'],
  [MessageType.confirm]: G6['pkt6-confirm-received'],
  [MessageType.renew]: G6['pkt6-renew-received'],
  [MessageType.rebind]: G6['pkt6-rebind-received'],
  [MessageType.reply]: G6['pkt6-reply-received'],
  [MessageType.release]: G6['pkt6-release-received'],
  [MessageType.decline]: G6['pkt6-decline-received'],
  [MessageType.informationRequest]: G6['pkt6-infrequest-received'],
  [MessageType.addrRegInform]: G6['pkt6-addr-reg-inform-received'],
  [MessageType.addrRegReply]: G6['pkt6-addr-reg-reply-received'],
};

/** Cell of a query that is not for this server's scopes, told apart because the silent partner is judged by it. */
export const OUT_OF_SCOPE_6 = G6['tandem-drop-out-of-scope'];

/** Index of a server among those that share the queries. */
const PRIMARY = 0;

const serverId = emptyRange();

/**
 * Serves the query that `context.query` points at, which is well formed or mendable; the reply, if any, stands in `context.slot`.
 * @param shed drop SOLICITs, because parked replies or logs pile up
 * @returns an `Outcome`, or the statistics cell of the reason why there is no answer
 */
export function serve6(context: Context6, shed: boolean): number {
  const { query, statistics } = context;
  const type = query.field(Field.messageType);
  if (!context.names.begin()) return G6['tandem-drop-bad-fqdn'];
  context.extendedInfo?.begin();
  statistics.add(RECEIVED[type] ?? G6['pkt6-unknown-received']);
  if (!isServed(context, type)) return G6['tandem-drop-message-type'];
  const { isHub } = context.settings;
  // On a hub the subnet comes first, and its guard asks for classes.
  if (isHub && !receive(context, type)) return G6['tandem-drop-bad-client-id'];
  if (isHub && !chooseRelationship(context)) return G6['tandem-drop-no-relationship'];
  // [Kea] What the partner leaves without an answer is looked at first: also what names the partner.
  if (!isInScope(context, type)) return OUT_OF_SCOPE_6;
  if (!query.isRelayed && query.arrival.isUnicast && isForGroups(type)) return G6['tandem-drop-unicast'];
  if (isForOtherServer(context)) return G6['tandem-drop-other-server'];
  if (type === MessageType.solicit && shed) return G6['tandem-drop-solicit-shed'];
  if (!isHub && !receive(context, type)) return G6['tandem-drop-bad-client-id'];
  const { rateLimits } = context;
  if (rateLimits?.admitsClasses(query.classes, context.wallMs) === false) return G6['tandem-drop-rate-limit'];
  if (isDropped(context)) return G6['tandem-drop-class'];
  // A lease that the partner cannot hold could not be confirmed: its client is told so by silence, at once.
  if (query.duid.length > context.policy.clientIdBytesMax) return G6['tandem-drop-partner-cannot-hold'];
  context.plan.clear();
  findHosts(context);
  if (isOverRateOfSubnet(context)) return G6['tandem-drop-rate-limit'];
  if (isDropped(context)) return G6['tandem-drop-class'];
  if (type === MessageType.confirm) return serveConfirm(context);
  if (type === MessageType.informationRequest) return serveInformationRequest(context);
  context.book.table.lock();
  try {
    const outcome = handle(context, type);
    if (isUnchanged(context, outcome)) context.events.unchanged(query, context.book.changes.durable());
    return outcome;
  } finally {
    // A fault ends this thread; with the lock held, main would wait for ever instead of ending the process.
    context.book.table.unlock();
  }
}

/** [Kea] The subnet that was selected counts, wherever the leases are of in the end. */
function isOverRateOfSubnet({ rateLimits, subnet, wallMs }: Context6): boolean {
  return rateLimits !== null && subnet !== null && !rateLimits.admitsSubnet(subnet, wallMs);
}

/**
 * Assigns the classes of the arrival, then makes the client's flexible identifier.
 * @returns false when it makes no DUID, or there is none that the message has to have [RFC8415 16]
 */
function receive(context: Context6, type: number): boolean {
  const { flexId, hosts, query } = context;
  classifyReceived6(context);
  if (flexId === null) return true;
  if (!flexId.identify(query, hosts.flexId)) return false;
  return query.duid.length > 0 || type === MessageType.informationRequest;
}

/** [Kea] Whether a datagram is served though the classifier found this: an expression may make the DUID that is not there. */
export function isMendable6({ flexId }: Context6, malformed: number): boolean {
  return malformed === Malformed.noClientId && flexId !== null;
}

/**
 * Counts a datagram that the classifier has found malformed.
 * @param malformed a `Malformed` number; @param type its message type, 0 where none can be told
 */
export function countMalformed6(context: Context6, malformed: number, type: number): void {
  // From here on the message could be read.
  if (malformed >= Malformed.messageType)
    context.statistics.add(RECEIVED[type] ?? G6['pkt6-unknown-received']);
  countDrop6(context, MALFORMED_CELLS[malformed] ?? G6['tandem-drop-message-type']);
}

const MALFORMED_CELLS: Readonly<Record<number, number>> = {
  [Malformed.tooShort]: G6['tandem-drop-too-short'],
  [Malformed.tooLong]: G6['tandem-drop-too-long'],
  [Malformed.tooManyRelays]: G6['tandem-drop-too-many-relays'],
  [Malformed.noRelayMessage]: G6['tandem-drop-no-relay-message'],
  [Malformed.optionLength]: G6['tandem-drop-option-length'],
  [Malformed.messageType]: G6['tandem-drop-message-type'],
  [Malformed.noClientId]: G6['tandem-drop-bad-client-id'],
  [Malformed.severalClientIds]: G6['tandem-drop-bad-client-id'],
  [Malformed.badClientId]: G6['tandem-drop-bad-client-id'],
  [Malformed.noServerId]: G6['tandem-drop-bad-server-id'],
  [Malformed.severalServerIds]: G6['tandem-drop-bad-server-id'],
  [Malformed.unwantedServerId]: G6['tandem-drop-bad-server-id'],
  [Malformed.badServerId]: G6['tandem-drop-bad-server-id'],
};

function isServed({ settings }: Context6, type: number): boolean {
  if (type === MessageType.addrRegInform) return settings.allowRegistration;
  return (
    (type >= MessageType.solicit && type <= MessageType.rebind && type !== MessageType.advertise) ||
    type === MessageType.release ||
    type === MessageType.decline ||
    type === MessageType.informationRequest
  );
}

/** [RFC8415 16] [RFC8415 18.4] [RFC9686 4.2] Messages for any server are of no use to one alone; those for one Kea takes so too. */
function isForGroups(type: number): boolean {
  return (
    type === MessageType.solicit ||
    type === MessageType.confirm ||
    type === MessageType.rebind ||
    type === MessageType.informationRequest ||
    type === MessageType.addrRegInform
  );
}

/** [RFC8415 16] A message that names another server is left to it. */
function isForOtherServer({ query, serverId: own }: Context6): boolean {
  query.range(serverId, Field.serverIdOffset);
  return serverId.length > 0 && !equalsOctets(serverId, own);
}

/** On a hub the subnet comes first, because it says which partner shares the query; false when it says none. */
function chooseRelationship(context: Context6): boolean {
  context.subnet = context.subnets.select(context.query);
  const relationship = context.subnet?.relationship ?? NO_RELATIONSHIP;
  if (relationship === NO_RELATIONSHIP) return false;
  context.relationship = relationship;
  context.policy.choose(relationship);
  context.changes.choose(relationship);
  return true;
}

/** Whether the server that the query belongs to by hash is one whose scope is served here; sets the query's class. */
function isInScope({ policy, query, haClasses, relationship }: Context6, type: number): boolean {
  if (policy.activeServers === 0) return true;
  const classes = haClasses[relationship];
  if (type === MessageType.informationRequest) {
    // [Kea] It asks for no lease, and any server that is there may answer it.
    query.classes.add(classes?.[PRIMARY] ?? NO_CLASS);
    return true;
  }
  // Without load balancing every query is the primary's, also one without a DUID. With it, nobody's without one.
  const server =
    policy.activeServers === 1 ? PRIMARY : serverIndexOf(query.field(Field.hash), policy.activeServers);
  if (server === NO_SERVER) return false;
  query.classes.add(classes?.[server] ?? NO_CLASS);
  return (policy.scopes & (1 << server)) !== 0;
}

/** Selects the subnet and looks for what is reserved for the client in it. */
function findHosts(context: Context6): void {
  const { hardware, hosts, query, settings, subnets } = context;
  hardware.find(query);
  hosts.identify(query, hardware);
  if (settings.earlyGlobalHosts) {
    hosts.findGlobal();
    // [Kea] Who has none is unknown only when the subnet has none for it either.
    if (hosts.global !== null) {
      addHostClasses(context, hosts.global.classes);
      classifyKnown(context, true);
    }
  }
  const subnet = settings.isHub ? context.subnet : subnets.select(query);
  if (subnet !== null) hosts.findIn(subnet, query.classes);
  context.subnet = subnet;
  addHostClasses(context, classesBeforeLeases(context));
  classifyKnown(context, hosts.isKnown);
}

function handle(context: Context6, type: number): number {
  switch (type) {
    case MessageType.solicit:
      return serveSolicit(context);
    case MessageType.request:
      return serveRequest(context);
    case MessageType.renew:
      return serveRenew(context);
    case MessageType.rebind:
      return serveRebind(context);
    case MessageType.release:
      return serveRelease(context);
    case MessageType.decline:
      return serveDecline(context);
    case MessageType.addrRegInform:
      return serveRegistration(context);
    default:
      return G6['tandem-drop-message-type'];
  }
}

/** [Kea] Whether a message is answered for good, more than an ADVERTISE, and has changed no lease. */
function isUnchanged({ slot, slots }: Context6, outcome: number): boolean {
  return outcome === Outcome.send && slots.cells[slot] === G6['pkt6-reply-sent'];
}

/** Kea's statistics that go with one of ours, for queries without an answer. */
export function countDrop6({ statistics }: Context6, cell: number): void {
  statistics.add(cell);
  statistics.add(G6['pkt6-receive-drop']);
  const also = KEA_DROPS[cell];
  if (also !== undefined) statistics.add(also);
}

const KEA_DROPS: Readonly<Record<number, number>> = {
  [G6['tandem-drop-too-short']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-too-long']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-too-many-relays']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-no-relay-message']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-option-length']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-bad-fqdn']]: G6['pkt6-parse-failed'],
  [G6['tandem-drop-message-type']]: G6['pkt6-rfc-violation'],
  [G6['tandem-drop-bad-client-id']]: G6['pkt6-rfc-violation'],
  [G6['tandem-drop-bad-server-id']]: G6['pkt6-rfc-violation'],
  [G6['tandem-drop-unicast']]: G6['pkt6-rfc-violation'],
  [G6['tandem-drop-bad-registration']]: G6['pkt6-rfc-violation'],
  [G6['tandem-drop-class']]: G6['pkt6-admin-filtered'],
  [G6['tandem-drop-rate-limit']]: G6['pkt6-limit-exceeded'],
  [G6['tandem-drop-service-disabled']]: G6['pkt6-service-disabled'],
  [G6['tandem-drop-out-of-scope']]: G6['pkt6-not-for-us'],
  [G6['tandem-drop-other-server']]: G6['pkt6-not-for-us'],
  [G6['tandem-drop-no-relationship']]: G6['pkt6-not-for-us'],
  [G6['tandem-drop-solicit-shed']]: G6['pkt6-queue-full'],
  [G6['tandem-drop-park-full']]: G6['pkt6-queue-full'],
  [G6['tandem-drop-journal-full']]: G6['pkt6-queue-full'],
  [G6['tandem-drop-updates-full']]: G6['pkt6-queue-full'],
  [G6['tandem-drop-table-full']]: G6['pkt6-processing-failed'],
  [G6['tandem-drop-reply-too-large']]: G6['pkt6-processing-failed'],
  [G6['tandem-drop-partner-cannot-hold']]: G6['pkt6-processing-failed'],
};
