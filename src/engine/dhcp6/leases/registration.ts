/** The lease of an address that its client has made itself: in no pool, and with the lifetimes that the client tells. [RFC9686] */
import { readNetworkWord } from '../../../base/big-endian.ts';
import { setRange } from '../../../base/byte-range.ts';
import { IPV6_BYTES, isInIpv6Prefix } from '../../../base/ipv6.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { ADDRESS_BITS, LeaseType } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { RowFlag } from '../../../lease/row-flag.ts';
import { LeaseState } from '../../../lease/state.ts';
import { clttAfter } from '../../leases/cltt.ts';
import { nextSubnet } from '../../subnets/network.ts';
import { beginAnswered } from '../../transaction.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import { nameLease } from '../names/name-lease.ts';
import { commit } from './carry-out.ts';
import { type Binding, Fate } from './ia-plan.ts';
import { countChanged } from './lease-counts.ts';
import { fillClient } from './occupy.ts';

/** It stands in none: its lease is kept as that of an IA_NA. */
const NO_IA = { code: OptionCode.iaNa, iaid: 0, leaseIaid: 0 };
const NO_POOL = 0;

/** The subnet of an address if it is on the link of the query: the selected one, or another of its network. */
export function subnetOnLink({ query, subnet: first }: Context6, at: number): CompiledSubnet6 | null {
  for (let subnet = first; subnet !== null; subnet = nextSubnet(subnet, first!, query.classes)) {
    const { prefix, prefixLength } = subnet.config;
    if (isInIpv6Prefix(query.bytes, at, prefix, 0, prefixLength)) return subnet;
  }
  return null;
}

/**
 * Plans what an ADDR-REG-INFORM comes to: the address is the client's from now on, or no more where it says that it is valid for
 * no time. Pre: the subnet of the address is entered, and nobody has a lease of it but one that was registered.
 * @param at where option 5 of the query has its payload: address, preferred and valid lifetime
 */
export function planRegistration(context: Context6, at: number): void {
  const { book, plan, query, subnet } = context;
  const { bytes } = query;
  const slot = book.table.findByAddress(bytes, at);
  const validSec = readNetworkWord(bytes, at + IPV6_BYTES + 4);
  plan.addIa(NO_IA);
  const binding = plan.add(fateOf(context, slot, validSec), slot, bytes, at, ADDRESS_BITS)!;
  binding.preferredSec = readNetworkWord(bytes, at + IPV6_BYTES);
  binding.validSec = validSec;
  binding.subnet = subnet;
}

function fateOf({ book, query }: Context6, slot: number, validSec: number): number {
  const { table } = book;
  const isRegistered = slot !== NO_SLOT && table.rows.state(slot) === LeaseState.registered;
  if (validSec === 0) return isRegistered ? Fate.revoked : Fate.refused;
  if (!isRegistered) return Fate.granted;
  return table.isOfIa(slot, query.duid, NO_IA.iaid, LeaseType.na) ? Fate.kept : Fate.granted;
}

/**
 * Writes and records what was planned. Pre: the change log has room for it, and the reply is written.
 * @returns false when there is no memory for it: then nothing is changed
 */
export function register(context: Context6): boolean {
  const { book, changes, nowSec, plan } = context;
  const { rows } = book.table;
  const binding = plan.bindings[0]!;
  if (binding.fate === Fate.revoked) {
    commit(context);
    return true;
  }
  const wasRegistered = binding.slot !== NO_SLOT && rows.state(binding.slot) === LeaseState.registered;
  const formerSubnet = wasRegistered ? rows.subnetId(binding.slot) : 0;
  if (binding.fate === Fate.granted && !takeRow(context, binding)) return false;
  beginAnswered(context);
  const { slot, subnet } = binding;
  const nameFlags = nameLease(context, binding);
  rows.setFlags(slot, RowFlag.granted | nameFlags);
  rows.setTimes(slot, clttAfter(rows.clttSec(slot), nowSec, false), binding.preferredSec, binding.validSec);
  book.setPlace(slot, subnet!.id, NO_POOL);
  book.hold(binding.address, 0);
  if (formerSubnet !== subnet!.id) {
    const { address } = binding;
    if (wasRegistered)
      countChanged(context, LeaseType.na, formerSubnet, address, 0, LeaseState.registered, null);
    countChanged(context, LeaseType.na, subnet!.id, address, 0, null, LeaseState.registered);
  }
  changes.put(slot, true);
  return true;
}

/** Makes the row of the address one of the client's, without a name yet. */
function takeRow(context: Context6, binding: Binding): boolean {
  const { book, nowSec, plan, record } = context;
  const former = binding.slot;
  if (former !== NO_SLOT) context.dns?.remove(book, former);
  const formerSec = former === NO_SLOT ? 0 : book.table.rows.clttSec(former);
  fillClient(context, plan.ias[0]!);
  setRange(record.address, binding.address, 0, IPV6_BYTES);
  record.prefixLength = ADDRESS_BITS;
  record.state = LeaseState.registered;
  record.subnetId = binding.subnet!.id;
  record.poolId = NO_POOL;
  record.preferredLifetimeSec = binding.preferredSec;
  record.validLifetimeSec = binding.validSec;
  record.expireSec = clttAfter(formerSec, nowSec, true) + binding.validSec;
  binding.slot = book.write(record, nowSec);
  return binding.slot !== NO_SLOT;
}
