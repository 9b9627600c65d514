/** Writes the three kinds of reply; shared by the message handlers. */
import { MessageType } from '../dhcp4/codes.ts';
import { Field } from '../dhcp4/descriptor.ts';
import { classifyLease } from './classes/classification.ts';
import type { CompiledSubnet } from './compiled/compiled.ts';
import { type Context, Outcome } from './context.ts';
import { G } from './figures/statistics.ts';
import { addClassesOfLease } from './hosts/host-classes.ts';
import { nameClient } from './names/name-client.ts';
import type { ReplyPlan, ReplyPlanNode } from './reply/reply-plan.ts';
import { poolAt } from './subnets/pool-at.ts';

/** What the reply to the query in work holds; `address` 0 = none of a pool. */
function planFor(context: Context, address: number): ReplyPlan {
  const { plans, subnet, query, host } = context;
  const root = subnet === null ? plans.withoutSubnet : rootOf(subnet, address);
  return plans.of(root, query.classes, host);
}

function rootOf(subnet: CompiledSubnet, address: number): ReplyPlanNode {
  return poolAt(subnet.pools, address)?.plan ?? subnet.plan;
}

/**
 * The server identifier of a reply: the one that the relay asks for, so that clients send their renewals to the relay
 * [RFC5107 4], else configured option 54, else the address that the query came in on.
 */
function serverIdentifier(context: Context, plan: ReplyPlan): number {
  const override = context.query.field(Field.serverIdOverride) >>> 0;
  if (override !== 0) return override;
  return plan.serverIdentifier !== 0 ? plan.serverIdentifier : context.query.socket.address;
}

/** [RFC6842 3] Whether the client gets the identifier that it has sent. [Kea] With another in its place, always. */
function echoesClientId({ query, settings }: Context): boolean {
  return settings.echoClientId || query.isClientIdReplaced;
}

/** Writes an OFFER or ACK; `address` 0 = without a lease. With one, lease time and timers are in `context.times`. */
function write(context: Context, type: number, address: number): void {
  const { reply } = context;
  const plan = planFor(context, address);
  const isLease = address !== 0;
  const mask = isLease ? context.subnet!.mask : 0;
  const times = isLease ? context.times : null;
  reply.begin(context.slot, type, address);
  reply.header.bootFields(plan);
  reply.options(plan, serverIdentifier(context, plan), mask, times, echoesClientId(context));
}

function cellOf(type: number): number {
  return type === MessageType.offer ? G['pkt4-offer-sent'] : G['pkt4-ack-sent'];
}

/** Ends the reply in the slot; `outcome` becomes a drop when it is too large. */
function finish(context: Context, withAgent: boolean, cell: number, outcome: number): number {
  const { flexOptions, query, slots, slot } = context;
  const written = context.reply.finish(withAgent);
  const isLeft = flexOptions === null || written === 0;
  const length = isLeft ? written : flexOptions.apply(query, slots, slot, written);
  if (length === 0) return G['tandem-drop-reply-too-large'];
  context.slots.lengths[context.slot] = length;
  // [Kea] An answer without a message type counts as sent, and as nothing else.
  context.slots.cells[context.slot] = context.query.isBootp ? G['tandem-bootp-sent'] : cell;
  return outcome;
}

/**
 * Writes an OFFER or an ACK with a lease; lease time and timers are in `context.times`.
 * @returns `outcome`, or the cell of the drop
 */
export function answerWithLease(context: Context, type: number, address: number, outcome: number): number {
  addClassesOfLease(context);
  classifyLease(context, context.subnet!, address);
  nameClient(context, address);
  write(context, type, address);
  return finish(context, true, cellOf(type), outcome);
}

/** Writes the ACK to an INFORM: options, no lease; no configured option when no subnet was found. [RFC2131 4.3.5] */
export function answerInform(context: Context): number {
  const { reply, query, subnet } = context;
  if (subnet !== null) classifyLease(context, subnet, 0);
  write(context, MessageType.ack, 0);
  // A relay that asks for itself keeps what is the relay's, as with Kea.
  const direct = query.ciaddr !== 0 && query.ciaddr !== query.giaddr;
  if (direct) reply.header.clearRelay();
  // The relay knows no address of the client either.
  else if (query.isRelayed() && query.ciaddr === 0) reply.header.askForBroadcast();
  return finish(context, !direct, G['pkt4-ack-sent'], Outcome.send);
}

/** Writes the OFFER or ACK to a client that does without an address: options, no lease. [RFC8925 3.3] */
export function answerV6Only(context: Context, queryType: number): number {
  classifyLease(context, context.subnet!, 0);
  const type = queryType === MessageType.discover ? MessageType.offer : MessageType.ack;
  write(context, type, 0);
  return finish(context, true, cellOf(type), Outcome.send);
}

/** Writes a NAK, which BOOTP does not know: such a client hears nothing. [RFC2131 4.3.2] */
export function answerNak(context: Context): number {
  if (context.query.isBootp) return G['tandem-drop-bootp-refused'];
  context.reply.begin(context.slot, MessageType.nak, 0);
  context.reply.nakOptions(serverIdentifier(context, planFor(context, 0)), echoesClientId(context));
  return finish(context, true, G['pkt4-nak-sent'], Outcome.send);
}
