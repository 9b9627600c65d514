/** Answers the query in work by what was planned for it; shared by the message handlers. */
import { MessageType } from '../../dhcp6/codes.ts';
import { Outcome } from '../context.ts';
import { classifyLeases } from './classes/classification.ts';
import type { Context6 } from './context.ts';
import { advertise, commit, undo } from './leases/carry-out.ts';
import { register } from './leases/registration.ts';
import { reuseLeases } from './leases/reuse.ts';
import { settleNames } from './names/settle-names.ts';
import { type ReplyParts, writeReply } from './reply/reply.ts';
import { NO_STATUS, type Status } from './reply/status.ts';
import { G6 } from './statistics.ts';
import { roomForChanges } from './transaction.ts';

const ADVERTISE: ReplyParts = {
  messageType: MessageType.advertise,
  status: NO_STATUS,
  withOptions: true,
  withRevoked: false,
  withAddress: false,
  rapidCommit: false,
};
const GRANT: ReplyParts = { ...ADVERTISE, messageType: MessageType.reply };
const EXTENSION: ReplyParts = { ...GRANT, withRevoked: true };
const OPTIONS: ReplyParts = { ...GRANT };
const VERDICT: ReplyParts = { ...GRANT, withOptions: false };
const REGISTRATION: ReplyParts = { ...GRANT, messageType: MessageType.addrRegReply, withAddress: true };

/** Offers what was planned. */
export function answerAdvertise(context: Context6): number {
  if (context.plan.isOutOfMemory) return giveUp(context, G6['tandem-drop-table-full']);
  classifyLeases(context);
  settleNames(context, false);
  if (writeReply(context, ADVERTISE) === 0) return giveUp(context, G6['tandem-drop-reply-too-large']);
  advertise(context);
  return send(context, G6['pkt6-advertise-sent']);
}

/** Gives what was planned to a REQUEST, or to a SOLICIT that wants it at once. [RFC8415 18.3.1] */
export function answerGrant(context: Context6, rapidCommit: boolean): number {
  GRANT.rapidCommit = rapidCommit;
  return carryOut(context, GRANT);
}

/** Does what was planned for a RENEW or REBIND. */
export function answerExtension(context: Context6): number {
  return carryOut(context, EXTENSION);
}

/**
 * The reply is written before anything is done that cannot be undone, and nothing is done without it: a client hears of all
 * that becomes of its identity associations, or nothing becomes of them.
 */
function carryOut(context: Context6, parts: ReplyParts): number {
  const { plan } = context;
  if (plan.isOutOfMemory) return giveUp(context, G6['tandem-drop-table-full']);
  settleNames(context, true);
  reuseLeases(context);
  const room = plan.changeCount === 0 ? 0 : roomForChanges(context, plan.changeCount);
  if (room !== 0) return giveUp(context, room);
  classifyLeases(context);
  if (writeReply(context, parts) === 0) return giveUp(context, G6['tandem-drop-reply-too-large']);
  if (plan.changeCount === 0) return send(context, G6['pkt6-reply-sent']);
  commit(context);
  return park(context, G6['pkt6-reply-sent']);
}

function giveUp(context: Context6, cell: number): number {
  undo(context);
  return cell;
}

/** Answers with what is configured for the client, and perhaps a status; nothing is changed. */
export function answerOptions(context: Context6, status: Status): number {
  OPTIONS.status = status;
  classifyLeases(context);
  if (writeReply(context, OPTIONS) === 0) return G6['tandem-drop-reply-too-large'];
  return send(context, G6['pkt6-reply-sent']);
}

/**
 * Answers a message by which leases end.
 * @param end makes and records the changes of the plan
 */
export function answerVerdict(context: Context6, status: Status, end: (context: Context6) => void): number {
  const { plan } = context;
  VERDICT.status = status;
  const room = plan.changeCount === 0 ? 0 : roomForChanges(context, plan.changeCount);
  if (room !== 0) return room;
  if (writeReply(context, VERDICT) === 0) return G6['tandem-drop-reply-too-large'];
  if (plan.changeCount === 0) return send(context, G6['pkt6-reply-sent']);
  end(context);
  return park(context, G6['pkt6-reply-sent']);
}

/** Answers a message by which a client registers an address. [RFC9686 4.3] Pre: its plan has one binding. */
export function answerRegistration(context: Context6): number {
  const { plan } = context;
  settleNames(context, true);
  const room = plan.changeCount === 0 ? 0 : roomForChanges(context, plan.changeCount);
  if (room !== 0) return room;
  classifyLeases(context);
  if (writeReply(context, REGISTRATION) === 0) return G6['tandem-drop-reply-too-large'];
  const cell = G6['pkt6-addr-reg-reply-sent'];
  if (plan.changeCount === 0) return send(context, cell);
  return register(context) ? park(context, cell) : G6['tandem-drop-table-full'];
}

function send({ slot, slots }: Context6, cell: number): number {
  slots.cells[slot] = cell;
  return Outcome.send;
}

function park({ slot, slots }: Context6, cell: number): number {
  slots.cells[slot] = cell;
  return Outcome.park;
}
