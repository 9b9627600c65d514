/**
 * Reads the lease in a command, as Kea's lease commands do (lease4-add, lease4-update, lease4-bulk-apply).
 *
 * Mandatory are ip-address and hw-address, which may be "". What is missing otherwise gets a default: the subnet by the
 * address, valid-lft from the subnet, the client's last transaction now, state 0. Unknown members are ignored. What the
 * lease file could not hold is refused, because a lease that this server takes it must also find again.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import { isWithin } from '../../base/prefix-index.ts';
import { NO_CLIENT, outsideSubnet, unknownSubnet } from '../../engine/leases/lease-refusals.ts';
import { checkExtendedInfo } from '../../lease/dhcp4/extended-info.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
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
import { wrongClientId, wrongHwAddress, wrongInteger } from './lease-words.ts';
import type { LeaseSubnet, LeaseSubnets } from './lease4-subnets.ts';

const malformed = LeaseFault.malformed;

/**
 * @param args the map in which the lease stands
 * @param address its ip-address, read before because faults are reported by it
 * @param nowSec wall-clock seconds
 */
export function readLease(
  args: ArgumentMap,
  address: Ipv4,
  subnets: LeaseSubnets,
  nowSec: number,
): Lease4 | LeaseFault {
  const hwAddress = readOctets(args['hw-address'], HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return wrongOctets('hw-address', args['hw-address'], wrongHwAddress);
  const subnet = readSubnet(args['subnet-id'], address, subnets);
  if (subnet instanceof LeaseFault) return subnet;
  const clientId =
    args['client-id'] === undefined ? null : readOctets(args['client-id'], CLIENT_ID_BYTES_MAX);
  if (args['client-id'] !== undefined && (clientId === null || clientId.length === 0))
    return wrongOctets('client-id', args['client-id'], wrongClientId);
  const times = readTimes(args, formatIpv4(address), subnet, nowSec);
  if (times instanceof LeaseFault) return times;
  const name = readName(args);
  if (name instanceof LeaseFault) return name;
  const state = readState(args, LeaseState.released);
  if (state instanceof LeaseFault) return state;
  const { 'pool-id': poolId = 0 } = args;
  if (!isInteger(poolId, 0, U32_MAX)) return malformed(wrongInteger('pool-id', poolId));
  const userContext = readUserContext(args['user-context'], args['comment'], correctContext);
  if (userContext === null) return malformed(wrongContext(args['user-context']));
  if (hwAddress.length === 0 && clientId === null && state !== LeaseState.declined)
    return malformed(NO_CLIENT);
  return {
    address,
    hwAddress,
    clientId,
    validLifetimeSec: times.validLifetimeSec,
    clttSec: times.clttSec,
    subnetId: subnet.id,
    poolId,
    fqdnFwd: name.fqdnFwd,
    fqdnRev: name.fqdnRev,
    hostname: name.hostname,
    state,
    userContext,
  };
}

function readSubnet(id: unknown, address: Ipv4, subnets: LeaseSubnets): LeaseSubnet | LeaseFault {
  if (id === undefined || id === 0)
    return (
      subnets.containing(address) ??
      LeaseFault.conflict(
        `subnet-id not specified and failed to find a subnet for address ${formatIpv4(address)}`,
      )
    );
  if (!isInteger(id, 1, SUBNET_ID_MAX)) return malformed(wrongInteger('subnet-id', id));
  const subnet = subnets.byId(id);
  if (subnet === null) return LeaseFault.conflict(unknownSubnet(id));
  return isWithin(subnet, address) ? subnet : LeaseFault.conflict(outsideSubnet(address, subnet));
}

function correctContext(text: string): string {
  return checkExtendedInfo(text, 'fix').text;
}
