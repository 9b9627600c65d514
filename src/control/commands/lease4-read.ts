/**
 * Reads the lease in a command, as Kea's lease commands do (lease4-add, lease4-update, lease4-bulk-apply).
 *
 * Mandatory are ip-address and hw-address, which may be "". What is missing otherwise gets a default: the subnet by the
 * address, valid-lft from the subnet, the client's last transaction now, state 0. Unknown members are ignored. What the
 * lease file could not hold is refused, because a lease that this server takes it must also find again.
 */
import type { Ipv4 } from '../../base/ipv4.ts';
import { type Lease4, LeaseState } from '../../lease/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, HOSTNAME_BYTES_MAX } from '../../lease/record.ts';
import type { ArgumentMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { isWithin, type LeaseSubnet, type LeaseSubnets } from './lease4-subnets.ts';
import { readOctets } from './lease4-text.ts';
import { readUserContext } from './lease4-user-context.ts';

const U32_MAX = 0xffffffff;
/** 2^32-1 is no subnet id in Kea. */
const SUBNET_ID_MAX = U32_MAX - 1;

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
  const subnet = readSubnet(args['subnet-id'], address, subnets);
  if (subnet instanceof LeaseFault) return subnet;
  const hwAddress = readOctets(args['hw-address'], HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return malformed("'hw-address' must be 0 to 16 octets in hexadecimal");
  const clientId =
    args['client-id'] === undefined ? null : readOctets(args['client-id'], CLIENT_ID_BYTES_MAX);
  if (args['client-id'] !== undefined && (clientId === null || clientId.length === 0))
    return malformed("'client-id' must be 1 to 255 octets in hexadecimal");
  const times = readTimes(args, subnet, nowSec);
  if (times instanceof LeaseFault) return times;
  const name = readName(args);
  if (name instanceof LeaseFault) return name;
  const state = args['state'] ?? LeaseState.assigned;
  if (!isState(state)) return malformed("'state' must be 0 to 3");
  const poolId = args['pool-id'] ?? 0;
  if (!isInteger(poolId, 0, U32_MAX)) return malformed("'pool-id' must be an integer, 0 to 4294967295");
  const userContext = readUserContext(args['user-context'], args['comment']);
  if (userContext === null)
    return malformed("'user-context' must be a map, not too deep and at most 12,288 octets");
  if (hwAddress.length === 0 && clientId === null && state !== LeaseState.declined)
    return malformed("a lease that is not declined needs a 'hw-address' or a 'client-id'");
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
    return subnets.containing(address) ?? LeaseFault.conflict('no subnet found for this address');
  if (!isInteger(id, 1, SUBNET_ID_MAX)) return malformed("'subnet-id' must be an integer, 1 to 4294967294");
  const subnet = subnets.byId(id);
  if (subnet === null)
    return LeaseFault.conflict(
      `Invalid subnet-id: No IPv4 subnet with subnet-id=${id} currently configured.`,
    );
  if (!isWithin(subnet, address))
    return LeaseFault.conflict(`The address does not belong to the subnet with subnet-id=${id}`);
  return subnet;
}

function readTimes(
  args: ArgumentMap,
  subnet: LeaseSubnet,
  nowSec: number,
): Pick<Lease4, 'validLifetimeSec' | 'clttSec'> | LeaseFault {
  const validLifetimeSec = args['valid-lft'] ?? subnet.validLifetime.defaultSec;
  if (!isInteger(validLifetimeSec, 0, U32_MAX))
    return malformed("'valid-lft' must be an integer, 0 to 4294967295");
  const expireSec = args['expire'];
  if (expireSec === undefined) return { validLifetimeSec, clttSec: nowSec };
  if (!isInteger(expireSec, 1, 2 * U32_MAX)) return malformed("'expire' must be a positive integer");
  const clttSec = expireSec - validLifetimeSec;
  if (clttSec < 0 || clttSec > U32_MAX)
    return malformed("'expire' must not be less than 'valid-lft', nor more than 4294967295 seconds above it");
  return { validLifetimeSec, clttSec };
}

function readName(args: ArgumentMap): Pick<Lease4, 'hostname' | 'fqdnFwd' | 'fqdnRev'> | LeaseFault {
  const hostname = args['hostname'] ?? '';
  if (typeof hostname !== 'string') return malformed("'hostname' must be a string");
  const name = normalize(hostname);
  // Every character is an octet or more; only a name that is not plainly short must be measured.
  if (name.length * 3 > HOSTNAME_BYTES_MAX && Buffer.byteLength(name) > HOSTNAME_BYTES_MAX)
    return malformed("'hostname' must have at most 255 octets");
  const fqdnFwd = args['fqdn-fwd'] ?? false;
  const fqdnRev = args['fqdn-rev'] ?? false;
  if (typeof fqdnFwd !== 'boolean' || typeof fqdnRev !== 'boolean')
    return malformed("'fqdn-fwd' and 'fqdn-rev' must be booleans");
  if ((fqdnFwd || fqdnRev) && name === '')
    return malformed("'hostname' must not be empty when 'fqdn-fwd' or 'fqdn-rev' is true");
  return { hostname: name, fqdnFwd, fqdnRev };
}

/**
 * Lower case, as Kea stores it: ASCII alone, so that no name grows. What could not be read as UTF-8 becomes '?', one for
 * each: a client may send any octets as its name, and the peer that passes them on is not at fault.
 */
function normalize(hostname: string): string {
  if (hostname === '') return '';
  const name = hostname.isWellFormed() ? hostname : hostname.toWellFormed();
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll('\ufffd', '?');
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** 4, "registered", exists for IPv6 alone. */
function isState(value: unknown): value is LeaseState {
  return isInteger(value, LeaseState.assigned, LeaseState.released);
}
