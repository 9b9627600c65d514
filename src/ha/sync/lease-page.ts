/** Reads one lease of a lease4-get-page reply, as strictly as Kea does: every field must be there with its type. */
import { type Ipv4, parseIpv4 } from '../../base/ipv4.ts';
import { checkExtendedInfo } from '../../lease/dhcp4/extended-info.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { LeaseState } from '../../lease/state.ts';
import { bad, isMap, member, ok, type Read } from '../commands/arguments.ts';
import { readHex, readName, readNumbers, readUserContext } from './page-fields.ts';

/** The address under which an entry stands in its page, null when there is none. The page goes on after it. */
export function pageAddress(entry: unknown): Ipv4 | null {
  const text = isMap(entry) ? member(entry, 'ip-address') : null;
  return typeof text === 'string' ? parseIpv4(text) : null;
}

/** @returns the lease, or which field makes the entry worthless */
export function readPageLease(entry: unknown): Read<Lease4> {
  if (!isMap(entry)) return bad('not a map');
  const address = pageAddress(entry);
  if (address === null || address === 0) return bad("no valid 'ip-address'");
  const hwAddress = readHex(entry, 'hw-address', 0, HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return bad("no valid 'hw-address'");
  const clientId =
    member(entry, 'client-id') === undefined ? null : readHex(entry, 'client-id', 1, CLIENT_ID_BYTES_MAX);
  if (clientId === null && member(entry, 'client-id') !== undefined) return bad("invalid 'client-id'");
  const numbers = readNumbers(entry, LeaseState.released);
  if (!numbers.ok) return numbers;
  const name = readName(entry);
  if (!name.ok) return name;
  const isIdentified = hwAddress.length > 0 || clientId !== null;
  if (!isIdentified && numbers.value.state !== LeaseState.declined)
    return bad('no client: no lease-file row can hold it');
  const userContext = readUserContext(entry, (text) => checkExtendedInfo(text, 'fix').text);
  if (userContext === null) return bad("invalid 'user-context'");
  return ok({
    address,
    hwAddress,
    clientId,
    ...numbers.value,
    ...name.value,
    userContext,
  });
}
