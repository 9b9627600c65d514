/** Reads one lease of a lease6-get-page reply, as strictly as Kea does: every field must be there with its type. */
import { isIpv6Unspecified } from '../../../base/ipv6.ts';
import { parseIpv6 } from '../../../base/ipv6-text.ts';
import { checkExtendedInfo6 } from '../../../lease/dhcp6/extended-info.ts';
import { leaseAddress6 } from '../../../lease/dhcp6/lease-address.ts';
import { ADDRESS_BITS, type Lease6, LeaseType } from '../../../lease/dhcp6/model.ts';
import { hasHostBits } from '../../../lease/dhcp6/prefix.ts';
import { DUID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../../lease/dhcp6/record.ts';
import { LeaseState } from '../../../lease/state.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../../commands/arguments.ts';
import { readHex, readInteger, readNames, readNumbers } from '../page-fields.ts';

/** Kea's names of what is leased. */
const TYPES: ReadonlyMap<unknown, LeaseType> = new Map([
  ['IA_NA', LeaseType.na],
  ['IA_TA', LeaseType.ta],
  ['IA_PD', LeaseType.pd],
]);
const ETHERNET = 1;
const NO_OCTETS = new Uint8Array(0);

/** The address under which an entry stands in its page, null when there is none. The page goes on after it. */
export function pageAddress6(entry: unknown): string | null {
  if (!isMap(entry)) return null;
  const octets = octetsOf(entry);
  return octets === null ? null : leaseAddress6(octets, 0, member(entry, 'type') === 'IA_PD');
}

/** @returns the lease, or which field makes the entry worthless */
export function readPageLease6(entry: unknown): Read<Lease6> {
  if (!isMap(entry)) return bad('not a map');
  const leased = readLeased(entry);
  if (!leased.ok) return leased;
  const client = readClient(entry);
  if (!client.ok) return client;
  const numbers = readNumbers(entry, LeaseState.registered);
  if (!numbers.ok) return numbers;
  const preferredLifetimeSec = readInteger(entry, 'preferred-lft', 0);
  if (preferredLifetimeSec === null) return bad("no valid 'preferred-lft'");
  const names = readNames(entry, (text) => checkExtendedInfo6(text, 'fix').text);
  if (!names.ok) return names;
  return ok({ ...leased.value, ...client.value, ...numbers.value, ...names.value, preferredLifetimeSec });
}

function octetsOf(entry: JsonMap): Uint8Array | null {
  const text = member(entry, 'ip-address');
  return typeof text === 'string' ? parseIpv6(text) : null;
}

function readLeased(entry: JsonMap): Read<Pick<Lease6, 'address' | 'type' | 'prefixLength'>> {
  const address = octetsOf(entry);
  if (address === null || isIpv6Unspecified(address, 0)) return bad("no valid 'ip-address'");
  const type = TYPES.get(member(entry, 'type'));
  if (type === undefined) return bad("no valid 'type'");
  const prefixLength =
    type === LeaseType.pd ? readInteger(entry, 'prefix-len', 1, ADDRESS_BITS) : ADDRESS_BITS;
  if (prefixLength === null || hasHostBits(address, 0, prefixLength)) return bad("no valid 'prefix-len'");
  return ok({ address, type, prefixLength });
}

/** The hardware type does not travel, nor whence the address is known. */
function readClient(
  entry: JsonMap,
): Read<Pick<Lease6, 'duid' | 'iaid' | 'hwAddress' | 'hwType' | 'hwSource'>> {
  const duid = readHex(entry, 'duid', 1, DUID_BYTES_MAX);
  if (duid === null) return bad("no valid 'duid'");
  const iaid = readInteger(entry, 'iaid', 0);
  if (iaid === null) return bad("no valid 'iaid'");
  const isKnown = member(entry, 'hw-address') !== undefined;
  const hwAddress = isKnown ? readHex(entry, 'hw-address', 0, HARDWARE_ADDRESS_BYTES_MAX) : NO_OCTETS;
  if (hwAddress === null) return bad("invalid 'hw-address'");
  return ok({ duid, iaid, hwAddress, hwType: ETHERNET, hwSource: 0 });
}
