/**
 * Reads the lease in a command, as Kea's lease commands do (lease6-add, lease6-update, lease6-bulk-apply).
 *
 * Mandatory are ip-address, duid and iaid, and prefix-len and subnet-id of a prefix. What is missing otherwise gets a
 * default: type IA_NA, the subnet by the address, both lifetimes from the subnet's valid lifetime, the client's last
 * transaction now, state 0. Unknown members are ignored. What the lease file could not hold is refused, because a lease
 * that this server takes it must also find again.
 */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { outsideSubnet6, unknownSubnet6 } from '../../engine/dhcp6/leases/lease-refusals.ts';
import { checkExtendedInfo6 } from '../../lease/dhcp6/extended-info.ts';
import { ADDRESS_BITS, type Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import { hasHostBits } from '../../lease/dhcp6/prefix.ts';
import { HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp6/record.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ArgumentMap } from '../arguments.ts';
import { LeaseFault } from './lease-fault.ts';
import {
  isInteger,
  readName,
  readState,
  readTimes,
  SUBNET_ID_MAX,
  U32_MAX,
  wrongContext,
  wrongOctets,
} from './lease-fields.ts';
import { readOctets } from './lease-octets.ts';
import { readUserContext } from './lease-user-context.ts';
import { quoted, wrongClientId, wrongHwAddress, wrongInteger, wrongParameter } from './lease-words.ts';
import { isInSubnet6, type LeaseSubnet6, type LeaseSubnets6 } from './lease6-subnets.ts';
import { readDuid, readType } from './lease6-text.ts';

const ETHERNET = 1;
const U8_MAX = 0xff;

const malformed = LeaseFault.malformed;

type Identity = Pick<Lease6, 'address' | 'type' | 'prefixLength' | 'duid' | 'iaid' | 'hwAddress'>;

/**
 * @param args the map in which the lease stands
 * @param address its ip-address, read before because faults are reported by it
 * @param nowSec wall-clock seconds
 */
export function readLease6(
  args: ArgumentMap,
  address: Uint8Array,
  subnets: LeaseSubnets6,
  nowSec: number,
): Lease6 | LeaseFault {
  const identity = readIdentity(args, address);
  if (identity instanceof LeaseFault) return identity;
  const subnet = readSubnet(args['subnet-id'], identity, subnets);
  if (subnet instanceof LeaseFault) return subnet;
  const times = readTimes(args, formatIpv6(address), subnet, nowSec);
  if (times instanceof LeaseFault) return times;
  const { 'preferred-lft': preferred = subnet.validLifetime.defaultSec, 'pool-id': poolId = 0 } = args;
  if (!isInteger(preferred, 0, U32_MAX)) return malformed(wrongInteger('preferred-lft', preferred));
  const name = readName(args);
  if (name instanceof LeaseFault) return name;
  const state = readState(args, LeaseState.registered);
  if (state instanceof LeaseFault) return state;
  if (state === LeaseState.declined && identity.type === LeaseType.pd)
    return malformed('Invalid declined state for PD prefix.');
  if (!isInteger(poolId, 0, U32_MAX)) return malformed(wrongInteger('pool-id', poolId));
  const userContext = readUserContext(args['user-context'], args['comment'], correctContext);
  if (userContext === null) return malformed(wrongContext(args['user-context']));
  return {
    ...identity,
    preferredLifetimeSec: preferred,
    validLifetimeSec: times.validLifetimeSec,
    clttSec: times.clttSec,
    subnetId: subnet.id,
    poolId,
    fqdnFwd: name.fqdnFwd,
    fqdnRev: name.fqdnRev,
    hostname: name.hostname,
    hwType: ETHERNET,
    hwSource: 0,
    state,
    userContext,
  };
}

/** What is leased, and to whom. */
function readIdentity(args: ArgumentMap, address: Uint8Array): Identity | LeaseFault {
  const duid = readDuid(args['duid']);
  if (duid === null) return wrongOctets('duid', args['duid'], wrongClientId);
  const { type: typeName = 'IA_NA', iaid, 'hw-address': hwText = '' } = args;
  if (typeof typeName !== 'string') return malformed(wrongParameter('type', typeName));
  const type = readType(typeName);
  if (type === null)
    return malformed(
      `Incorrect lease type: ${quoted(typeName)}, the only supported values are: na, ta and pd`,
    );
  const prefixLength = type === LeaseType.pd ? readPrefixLength(args['prefix-len'], address) : ADDRESS_BITS;
  if (prefixLength instanceof LeaseFault) return prefixLength;
  if (!isInteger(iaid, 0, U32_MAX)) return malformed(wrongInteger('iaid', iaid));
  const hwAddress = readOctets(hwText, HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return wrongOctets('hw-address', hwText, wrongHwAddress);
  return { address, type, prefixLength, duid, iaid, hwAddress };
}

function readPrefixLength(length: unknown, address: Uint8Array): number | LeaseFault {
  if (!isInteger(length, 0, U8_MAX)) return malformed(wrongInteger('prefix-len', length));
  if (length < 1 || length > ADDRESS_BITS) return malformed(`'prefix-len' must be within 1..${ADDRESS_BITS}`);
  if (hasHostBits(address, 0, length))
    return malformed(`the prefix ${formatIpv6(address)}/${length} has bits behind its length`);
  return length;
}

function readSubnet(
  id: unknown,
  { address, type }: Identity,
  subnets: LeaseSubnets6,
): LeaseSubnet6 | LeaseFault {
  if (id === undefined || id === 0) {
    if (type !== LeaseType.na)
      return LeaseFault.conflict(
        'Subnet-id is 0 or not specified. This is allowed for address leases only, not prefix leases.',
      );
    return (
      subnets.containing(address) ??
      LeaseFault.conflict(
        `subnet-id not specified and failed to find a subnet for address ${formatIpv6(address)}`,
      )
    );
  }
  if (!isInteger(id, 1, SUBNET_ID_MAX)) return malformed(wrongInteger('subnet-id', id));
  const subnet = subnets.byId(id);
  if (subnet === null) return LeaseFault.conflict(unknownSubnet6(id));
  // Delegated prefixes need not be of the link's own.
  const fits = type === LeaseType.pd || isInSubnet6(subnet, address);
  return fits ? subnet : LeaseFault.conflict(outsideSubnet6(address, subnet));
}

function correctContext(text: string): string {
  return checkExtendedInfo6(text, 'fix').text;
}
