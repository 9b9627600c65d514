/**
 * Serves one query after the other: scope, server identifier, subnet, then the handler of its message type. The table's
 * lock is held from the first look at a lease until its change is recorded.
 */
import { NO_CLASS } from '../classes/class-ids.ts';
import { MessageType } from '../dhcp4/codes.ts';
import { Field, Present } from '../dhcp4/descriptor.ts';
import { CLIENT_ID_BYTES_MAX } from '../lease/dhcp4/record.ts';
import { NO_SERVER, serverIndexOf } from '../loadbalance/scope.ts';
import { answerInform, answerNak, answerV6Only } from './answer.ts';
import { addHostClasses, classifyKnown, isDropped, isRejected } from './classes/assign.ts';
import { classifyReceived } from './classes/classification.ts';
import { type Context, Outcome } from './context.ts';
import { G } from './figures/statistics.ts';
import { classesBeforeLease } from './hosts/host-classes.ts';
import { recoverAgentOptions } from './leases/stashed-agent.ts';
import { serveDecline } from './messages/decline.ts';
import { serveDiscover } from './messages/discover.ts';
import { serveRelease } from './messages/release.ts';
import { serveRequest } from './messages/request.ts';
import type { Query } from './query.ts';
import { enterSubnet } from './subnets/enter-subnet.ts';
import { NO_RELATIONSHIP } from './subnets/relationship-of.ts';

const CLIENT_ID_BYTES_MIN = 2;

/** Statistics cell of each message type's reception. */
const RECEIVED: Readonly<Record<number, number>> = {
  [MessageType.discover]: G['pkt4-discover-received'],
  [MessageType.offer]: G['pkt4-offer-received'],
  [MessageType.request]: G['pkt4-request-received'],
  [MessageType.decline]: G['pkt4-decline-received'],
  [MessageType.ack]: G['pkt4-ack-received'],
  [MessageType.nak]: G['pkt4-nak-received'],
  [MessageType.release]: G['pkt4-release-received'],
  [MessageType.inform]: G['pkt4-inform-received'],
};

/** Cell of a query that is not for this server's scopes, told apart because the silent partner is judged by it. */
export const OUT_OF_SCOPE = G['tandem-drop-out-of-scope'];

/**
 * Serves the query that `context.query` points at; the reply, if any, stands in `context.slot`.
 * @param shed drop DISCOVERs, because parked replies or logs pile up
 * @returns an `Outcome`, or the statistics cell of the reason why there is no answer
 */
export function serve(context: Context, shed: boolean): number {
  const { query, statistics } = context;
  // [RFC3396 7] The parts of an option may add up to more than its own length octet could say, and than a row can hold.
  if (query.clientId.length > CLIENT_ID_BYTES_MAX) return G['tandem-drop-option-length'];
  // [RFC2132 9.14] An identifier has two octets at least; with nothing beside it no peer could tell its lease apart.
  if (query.hw.length === 0 && query.clientId.length < CLIENT_ID_BYTES_MIN) return G['tandem-drop-no-client'];
  if (!context.names.begin()) return G['tandem-drop-bad-fqdn'];
  context.extendedInfo?.begin();
  const type = query.field(Field.messageType);
  statistics.add(RECEIVED[type] ?? G['pkt4-unknown-received']);
  if (!isQuery(type)) return G['tandem-drop-message-type'];
  if (type === MessageType.inform && !hasReturnAddress(query)) return G['tandem-drop-no-return-address'];
  const { isHub } = context.settings;
  // On a hub the subnet comes first, and its guard asks for classes.
  if (isHub && !receive(context)) return G['tandem-drop-option-length'];
  if (isHub && !chooseRelationship(context)) return G['tandem-drop-no-relationship'];
  if (!isInScope(context)) return OUT_OF_SCOPE;
  if (type === MessageType.discover && shed) return G['tandem-drop-discover-shed'];
  if (!isHub && !receive(context)) return G['tandem-drop-option-length'];
  const { rateLimits } = context;
  // [Kea] Queries for others are none of those that are counted.
  if (rateLimits !== null && isForOtherServer(context)) return G['tandem-drop-other-server'];
  if (rateLimits?.admitsClasses(query.classes, context.wallMs) === false) return G['tandem-drop-rate-limit'];
  if (isDropped(context)) return G['tandem-drop-class'];
  if (needsHosts(type)) findHosts(context);
  else context.host = null;
  if (!needsHosts(type) && !isHub) context.subnet = context.subnets.select(query);
  if (isForOtherServer(context)) return G['tandem-drop-other-server'];
  if (isOverRateOfSubnet(context)) return G['tandem-drop-rate-limit'];
  if (isDropped(context)) return G['tandem-drop-class'];
  if (type === MessageType.inform) return answerInform(context);
  // A lease that the partner cannot hold could not be confirmed: its client is told so by silence, at once.
  if (query.clientId.length > context.policy.clientIdBytesMax) return G['tandem-drop-partner-cannot-hold'];
  if (isRejected(context)) {
    if (type === MessageType.discover) return G['tandem-drop-class-reject'];
    if (type === MessageType.request) return answerNak(context);
  }
  if (context.v6Only !== null && mayDoWithout(type) && context.v6Only.isFor(context))
    return answerV6Only(context, type);
  context.book.table.lock();
  try {
    const outcome = handle(context, type);
    if (isUnchanged(type, outcome)) context.events.unchanged(query, context.book.changes.durable());
    return outcome;
  } finally {
    // A fault ends this thread; with the lock held, main would wait for ever instead of ending the process.
    context.book.table.unlock();
  }
}

/** Assigns the classes of the arrival, then makes the client's flexible identifier; false when it is too long for one. */
function receive(context: Context): boolean {
  const { flexId, hosts, query } = context;
  // Classes may ask for the relay's option, so that a stashed one comes first.
  if (context.settings.stashAgentOptions) recoverAgentOptions(context);
  classifyReceived(context);
  return flexId === null || flexId.identify(query, hosts.flexId);
}

/** [Kea] A lease that is given back is found by its address: what is reserved for its client does not matter. */
function needsHosts(type: number): boolean {
  return type !== MessageType.release && type !== MessageType.decline;
}

/** [Kea] The subnet that was selected counts, wherever the lease is of in the end. */
function isOverRateOfSubnet({ rateLimits, subnet, wallMs }: Context): boolean {
  return rateLimits !== null && subnet !== null && !rateLimits.admitsSubnet(subnet, wallMs);
}

/** Selects the subnet, unless that was done, and looks for what is reserved for the client in it. */
function findHosts(context: Context): void {
  const { hosts, query, settings, subnets } = context;
  hosts.identify(query);
  if (settings.earlyGlobalHosts) {
    hosts.findGlobal();
    if (hosts.global !== null) addHostClasses(context, hosts.global.classes);
    classifyKnown(context, hosts.isKnown);
  }
  const subnet = settings.isHub ? context.subnet : subnets.select(query);
  if (subnet !== null) hosts.findIn(subnet, query.classes);
  enterSubnet(context, subnet);
  addHostClasses(context, classesBeforeLease(context));
  classifyKnown(context, hosts.isKnown);
}

/** Messages that ask for an address. */
function mayDoWithout(type: number): boolean {
  return type === MessageType.discover || type === MessageType.request;
}

function isQuery(type: number): boolean {
  return (
    type === MessageType.discover ||
    type === MessageType.request ||
    type === MessageType.decline ||
    type === MessageType.release ||
    type === MessageType.inform
  );
}

/** [RFC2131 4.3.5] An INFORM is answered to the address that its client has. */
function hasReturnAddress(query: Query): boolean {
  return query.ciaddr !== 0 || query.isRelayed() || query.sourceAddress !== 0;
}

function handle(context: Context, type: number): number {
  switch (type) {
    case MessageType.discover:
      return serveDiscover(context);
    case MessageType.request:
      return serveRequest(context);
    case MessageType.release:
      return serveRelease(context);
    case MessageType.decline:
      return serveDecline(context);
    default:
      return G['tandem-drop-message-type'];
  }
}

/** [Kea] Whether a message other than a DISCOVER has been done with and has changed no lease. */
function isUnchanged(type: number, outcome: number): boolean {
  return (
    (outcome === Outcome.send && type !== MessageType.discover) ||
    outcome === G['tandem-ignored-release'] ||
    outcome === G['tandem-ignored-decline'] ||
    outcome === G['tandem-done-decline-offer']
  );
}

/** On a hub the subnet comes first, because it says which partner shares the query; false when it says none. */
function chooseRelationship(context: Context): boolean {
  context.subnet = context.subnets.select(context.query);
  const relationship = context.subnet?.relationship ?? NO_RELATIONSHIP;
  if (relationship === NO_RELATIONSHIP) return false;
  context.relationship = relationship;
  context.policy.choose(relationship);
  context.changes.choose(relationship);
  return true;
}

/** Whether the server that the query belongs to by hash is one whose scope is served here; sets the query's class. */
function isInScope(context: Context): boolean {
  const { policy, query, haClasses, relationship } = context;
  if (policy.activeServers === 0) return true;
  // Without load balancing every query is the primary's, also one without a key. With it, nobody's without a key.
  const server =
    policy.activeServers === 1 ? 0 : serverIndexOf(query.field(Field.hash), policy.activeServers);
  if (server === NO_SERVER) return false;
  query.classes.add(haClasses[relationship]?.[server] ?? NO_CLASS);
  return (policy.scopes & (1 << server)) !== 0;
}

/**
 * [RFC2131 4.3.2] [RFC5107 4] A query that names another server is left to it. This one has many names: what the relay
 * makes clients believe, the configured identifiers of all scopes, the addresses of all sockets.
 */
function isForOtherServer(context: Context): boolean {
  const { query, classServerIdentifiers } = context;
  if (!query.has(Present.serverIdentifier) || context.settings.ignoreServerIdentifier) return false;
  const named = query.field(Field.serverIdentifier) >>> 0;
  if (named !== 0 && named === query.field(Field.serverIdOverride) >>> 0) return false;
  if (context.serverIdentifiers.has(named)) return false;
  const { ids, length } = query.classes;
  for (let i = 0; i < length; i++) if (classServerIdentifiers[ids[i]!] === named) return false;
  return true;
}

/** Kea's statistics that go with one of ours, for queries without an answer. */
export function countDrop(context: Context, cell: number): void {
  const { statistics } = context;
  statistics.add(cell);
  const also = KEA_DROPS[cell];
  if (also === undefined) return;
  statistics.add(G['pkt4-receive-drop']);
  if (also >= 0) statistics.add(also);
}

const NONE = -1;
const KEA_DROPS: Readonly<Record<number, number>> = {
  [G['tandem-drop-frame-other-host']]: G['pkt4-not-for-us'],
  [G['tandem-drop-frame-too-short']]: G['pkt4-parse-failed'],
  [G['tandem-drop-frame-ip-header']]: G['pkt4-parse-failed'],
  [G['tandem-drop-frame-fragment']]: G['pkt4-parse-failed'],
  [G['tandem-drop-frame-udp-length']]: G['pkt4-parse-failed'],
  [G['tandem-drop-too-short']]: G['pkt4-parse-failed'],
  [G['tandem-drop-too-long']]: G['pkt4-parse-failed'],
  [G['tandem-drop-not-a-query']]: G['pkt4-parse-failed'],
  [G['tandem-drop-bad-hardware-length']]: G['pkt4-parse-failed'],
  [G['tandem-drop-no-magic-cookie']]: G['pkt4-parse-failed'],
  [G['tandem-drop-option-length']]: G['pkt4-parse-failed'],
  [G['tandem-drop-bad-fqdn']]: G['pkt4-parse-failed'],
  [G['tandem-drop-no-message-type']]: G['pkt4-rfc-violation'],
  [G['tandem-drop-message-type']]: G['pkt4-rfc-violation'],
  [G['tandem-drop-no-client']]: G['pkt4-rfc-violation'],
  [G['tandem-drop-no-return-address']]: G['pkt4-rfc-violation'],
  [G['tandem-drop-service-disabled']]: G['pkt4-service-disabled'],
  [G['tandem-drop-out-of-scope']]: G['pkt4-not-for-us'],
  [G['tandem-drop-other-server']]: G['pkt4-not-for-us'],
  [G['tandem-drop-no-relationship']]: G['pkt4-not-for-us'],
  [G['tandem-drop-discover-shed']]: G['pkt4-queue-full'],
  [G['tandem-drop-park-full']]: G['pkt4-queue-full'],
  [G['tandem-drop-journal-full']]: G['pkt4-queue-full'],
  [G['tandem-drop-updates-full']]: G['pkt4-queue-full'],
  [G['tandem-drop-table-full']]: G['pkt4-processing-failed'],
  [G['tandem-drop-reply-too-large']]: G['pkt4-processing-failed'],
  [G['tandem-drop-partner-cannot-hold']]: G['pkt4-processing-failed'],
  [G['tandem-drop-class']]: G['pkt4-admin-filtered'],
  [G['tandem-drop-rate-limit']]: G['pkt4-limit-exceeded'],
  [G['tandem-drop-lease-limit']]: NONE,
  [G['tandem-repeated-parked']]: NONE,
  [G['tandem-drop-class-reject']]: NONE,
  [G['tandem-drop-no-subnet']]: NONE,
  [G['tandem-drop-no-address']]: NONE,
  [G['tandem-drop-unknown-client']]: NONE,
  [G['tandem-drop-bootp-refused']]: NONE,
  [G['tandem-drop-address-unmanaged']]: NONE,
};

/** True for outcomes that leave a reply in the slot. */
export function hasReply(outcome: number): boolean {
  return outcome === Outcome.send || outcome === Outcome.park || outcome === Outcome.check;
}
