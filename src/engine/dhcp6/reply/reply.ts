/** Writes the reply to the query in work into its slot: options ascending by code, as Kea has them. */
import { OptionCode } from '../../../dhcp6/codes.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import type { Context6 } from '../context.ts';
import { type Binding, Fate, type PlannedIa } from '../leases/ia-plan.ts';
import type { ReplyPlan6 } from './reply-plan.ts';
import { rootOfPools } from './root-of-pools.ts';
import { NO_STATUS, type Status } from './status.ts';

/** Behind the last option code. */
const CODES_END = 0x1_0000;

const NOTHING: ReplyPlan6 = { options: [], vendors: [] };

export interface ReplyParts {
  readonly messageType: number;
  /** Beside those of the identity associations. */
  status: Status;
  /** With what is configured for the client. */
  readonly withOptions: boolean;
  /** With the addresses and prefixes that the client has to give up. */
  readonly withRevoked: boolean;
  /** With option 5 of the query, and without identity associations. */
  readonly withAddress: boolean;
  /** It answers a SOLICIT that has asked for leases at once. */
  rapidCommit: boolean;
}

/** Position among the options of the plan in work. */
let position = 0;

/** @returns octets of the reply; 0 = it does not fit */
export function writeReply(context: Context6, parts: ReplyParts): number {
  const { query, reply, serverId, slot, slots } = context;
  const { slotBytes } = slots;
  const from = slot * slotBytes;
  const { bytes, offset, length } = query.sentDuid;
  reply.begin(from, from + slotBytes, query.relays, parts.messageType, query.field(Field.transactionId));
  if (length > 0) reply.option(OptionCode.clientId, bytes, offset, length);
  reply.option(OptionCode.serverId, serverId, 0, serverId.length);
  const plan = parts.withOptions ? planFor(context) : NOTHING;
  position = 0;
  context.supplied.begin();
  writeOptions(context, plan, OptionCode.iaNa);
  if (parts.withAddress) writeAddressOf(context);
  else writeIas(context, OptionCode.iaNa, parts.withRevoked);
  writeOptions(context, plan, OptionCode.statusCode);
  if (parts.status !== NO_STATUS) reply.status(parts.status.code, parts.status.text);
  if (parts.rapidCommit) reply.option(OptionCode.rapidCommit, serverId, 0, 0);
  writeOptions(context, plan, OptionCode.vendorOptions);
  context.vendors.write(reply, plan.vendors);
  writeOptions(context, plan, OptionCode.iaPd);
  if (!parts.withAddress) writeIas(context, OptionCode.iaPd, parts.withRevoked);
  writeOptions(context, plan, OptionCode.fqdn);
  writeFqdn(context, plan);
  writeOptions(context, plan, CODES_END);
  context.flexOptions?.apply(query, reply);
  const octets = reply.finish();
  slots.lengths[slot] = octets;
  return octets;
}

/** What the reply holds by configuration. */
function planFor(context: Context6): ReplyPlan6 {
  const { hosts, plans, query, subnet } = context;
  if (subnet === null) return plans.of(plans.withoutSubnet, query.classes, hosts.global);
  return plans.of(rootOfPools(context, subnet.plan), query.classes, hosts.of(subnet));
}

/**
 * Writes the options of the plan below a code, as far as the client asks for them or they are sent in any case, and what
 * relays supply beside them.
 */
function writeOptions({ query, reply, supplied }: Context6, { options }: ReplyPlan6, end: number): void {
  for (; position < options.length; position++) {
    const { code, encoded, unasked } = options[position]!;
    if (code >= end) break;
    if (!unasked && !query.asksFor(code)) continue;
    supplied.writeBelow(reply, code);
    supplied.leaveOut(code);
    reply.encoded(encoded, 0, encoded.length);
  }
  supplied.writeBelow(reply, end);
}

/** [RFC4704 6] What became of the client's name, in the place of an option 39 that is configured. */
function writeFqdn({ names, reply }: Context6, { options }: ReplyPlan6): void {
  const { bytes, length, offset } = names.fqdn;
  if (length === 0) return;
  reply.option(OptionCode.fqdn, bytes, offset, length);
  while (options[position]?.code === OptionCode.fqdn) position++;
}

/** [RFC9686 4.3] It is the same as in the query, to the last octet. */
function writeAddressOf({ query, reply }: Context6): void {
  const { bytes } = query;
  const at = query.field(Field.addressOffset);
  reply.option(OptionCode.iaAddress, bytes, at, (bytes[at - 2]! << 8) | bytes[at - 1]!);
}

function writeIas(context: Context6, code: number, withRevoked: boolean): void {
  const { plan } = context;
  for (let i = 0; i < plan.iaCount; i++)
    if (plan.ias[i]!.code === code) writeIa(context, plan.ias[i]!, withRevoked);
}

/** [RFC8415 21.4] [RFC8415 21.21] An option 13 stands between an IAADDR and an IAPREFIX. */
function writeIa(context: Context6, ia: PlannedIa, withRevoked: boolean): void {
  const { reply } = context;
  const { status } = ia;
  reply.openIa(ia.code, ia.iaid, ia.t1Sec, ia.t2Sec);
  const isFirst = ia.code === OptionCode.iaPd;
  if (isFirst && status !== NO_STATUS) reply.status(status.code, status.text);
  // [Kea] What the client gets, what it loses, what it never had.
  writeBindings(context, ia, Fate.kept);
  if (withRevoked) writeBindings(context, ia, Fate.revoked);
  writeBindings(context, ia, Fate.refused);
  if (!isFirst && status !== NO_STATUS) reply.status(status.code, status.text);
  reply.close();
}

/** Writes the bindings of one fate; what is granted goes with what is kept. */
function writeBindings(context: Context6, ia: PlannedIa, fate: number): void {
  for (let i = ia.first; i < ia.end; i++) {
    const binding = context.plan.bindings[i]!;
    if (binding.fate !== fate && !(fate === Fate.kept && binding.fate === Fate.granted)) continue;
    if (ia.code === OptionCode.iaPd) writePrefix(context, binding);
    else context.reply.address(binding.address, 0, binding.preferredSec, binding.validSec);
  }
}

/** [RFC6603 4.2] With what is left out of the prefix, for who asks for it. */
function writePrefix({ query, reply }: Context6, binding: Binding): void {
  const { address, excluded, preferredSec, prefixLength, validSec } = binding;
  reply.openPrefix(address, 0, prefixLength, preferredSec, validSec);
  if (excluded !== null && query.asksFor(OptionCode.pdExclude))
    reply.option(OptionCode.pdExclude, excluded, 0, excluded.length);
  reply.close();
}
