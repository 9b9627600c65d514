/** Reads one lease of a lease6-get-page reply, as strictly as Kea does: every field must be there with its type. */
import { isIpv6Unspecified } from '../../../base/ipv6.ts';
import { parseIpv6 } from '../../../base/ipv6-text.ts';
import { ADDRESS_BITS, type Lease6, LeaseType } from '../../../lease/dhcp6/model.ts';
import { hasHostBits } from '../../../lease/dhcp6/prefix.ts';
import { DUID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../../lease/dhcp6/record.ts';
import { LeaseState } from '../../../lease/state.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../../commands/arguments.ts';
import { integer, readHex, readName, readNumbers, readUserContext, U32_MAX } from '../page-fields.ts';

/** Kea carries no type of hardware. */
const ETHERNET = 1;
const ADDRESS_TEXT_MAX = 45;
const TYPES: ReadonlyMap<unknown, LeaseType> = new Map([
  ['IA_NA', LeaseType.na],
  ['IA_TA', LeaseType.ta],
  ['IA_PD', LeaseType.pd],
]);

/** The address under which an entry stands in its page, null when there is none. The page goes on after it. */
export function pageAddress6(entry: unknown): Uint8Array | null {
  const text = isMap(entry) ? member(entry, 'ip-address') : null;
  return typeof text === 'string' && text.length <= ADDRESS_TEXT_MAX ? parseIpv6(text) : null;
}

/** @returns the lease, or which field makes the entry worthless */
export function readPageLease6(entry: unknown): Read<Lease6> {
  if (!isMap(entry)) return bad('not a map');
  const address = pageAddress6(entry);
  if (address === null || isIpv6Unspecified(address, 0)) return bad("no valid 'ip-address'");
  const type = TYPES.get(member(entry, 'type'));
  if (type === undefined) return bad("no valid 'type'");
  const prefixLength = type === LeaseType.pd ? readPrefixLength(entry, address) : ADDRESS_BITS;
  if (prefixLength === null) return bad("no valid 'prefix-len'");
  const duid = readHex(entry, 'duid', 1, DUID_BYTES_MAX);
  if (duid === null) return bad("no valid 'duid'");
  const iaid = integer(entry, 'iaid', 0, U32_MAX);
  if (iaid === null) return bad("no valid 'iaid'");
  const hasHw = member(entry, 'hw-address') !== undefined;
  const hwAddress = hasHw ? readHex(entry, 'hw-address', 0, HARDWARE_ADDRESS_BYTES_MAX) : new Uint8Array(0);
  if (hwAddress === null) return bad("invalid 'hw-address'");
  const preferredLifetimeSec = integer(entry, 'preferred-lft', 0, U32_MAX);
  if (preferredLifetimeSec === null) return bad("no valid 'preferred-lft'");
  const numbers = readNumbers(entry, LeaseState.registered);
  if (!numbers.ok) return numbers;
  const name = readName(entry);
  if (!name.ok) return name;
  const userContext = readUserContext(entry, (text) => text);
  if (userContext === null) return bad("invalid 'user-context'");
  const hardware = { hwAddress, hwType: ETHERNET, hwSource: 0 };
  const identity = { address, type, prefixLength, duid, iaid };
  return ok({ ...identity, ...hardware, preferredLifetimeSec, ...numbers.value, ...name.value, userContext });
}

function readPrefixLength(entry: JsonMap, address: Uint8Array): number | null {
  const length = integer(entry, 'prefix-len', 1, ADDRESS_BITS);
  return length === null || hasHostBits(address, 0, length) ? null : length;
}
