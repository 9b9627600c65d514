/**
 * Reads the lease in a command, as Kea's lease commands do (lease4-add, lease4-update, lease4-bulk-apply).
 *
 * Mandatory are ip-address and hw-address, which may be "". What is missing otherwise gets a default: the subnet by the
 * address, valid-lft from the subnet, the client's last transaction now, state 0. Unknown members are ignored. What the
 * lease file could not hold is refused, because a lease that this server takes it must also find again.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import { isWithin } from '../../base/prefix-index.ts';
import { NO_CLIENT, outsideSubnet, unknownSubnet } from '../../engine/leases/lease-refusals.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { HOSTNAME_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import type { LeaseSubnet, LeaseSubnets } from './lease4-subnets.ts';
import { readOctets } from './lease4-text.ts';
import { readUserContext } from './lease4-user-context.ts';
import { wrongClientId, wrongHwAddress, wrongInteger, wrongParameter } from './lease4-words.ts';

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
  const hwAddress = readOctets(args['hw-address'], HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return wrongOctets('hw-address', args['hw-address'], wrongHwAddress);
  const subnet = readSubnet(args['subnet-id'], address, subnets);
  if (subnet instanceof LeaseFault) return subnet;
  const clientId =
    args['client-id'] === undefined ? null : readOctets(args['client-id'], CLIENT_ID_BYTES_MAX);
  if (args['client-id'] !== undefined && (clientId === null || clientId.length === 0))
    return wrongOctets('client-id', args['client-id'], wrongClientId);
  const times = readTimes(args, address, subnet, nowSec);
  if (times instanceof LeaseFault) return times;
  const name = readName(args);
  if (name instanceof LeaseFault) return name;
  const { state = LeaseState.assigned, 'pool-id': poolId = 0 } = args;
  if (!isState(state)) return malformed(wrongState(state));
  if (!isInteger(poolId, 0, U32_MAX)) return malformed(wrongInteger('pool-id', poolId));
  const userContext = readUserContext(args['user-context'], args['comment']);
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

function wrongOctets(name: string, value: unknown, describe: (text: string) => string): LeaseFault {
  return malformed(typeof value === 'string' ? describe(value) : wrongParameter(name, value));
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

function readTimes(
  args: ArgumentMap,
  address: Ipv4,
  subnet: LeaseSubnet,
  nowSec: number,
): Pick<Lease4, 'validLifetimeSec' | 'clttSec'> | LeaseFault {
  const { 'valid-lft': validLifetimeSec = subnet.validLifetime.defaultSec, expire: expireSec } = args;
  if (!isInteger(validLifetimeSec, 0, U32_MAX)) return malformed(wrongInteger('valid-lft', validLifetimeSec));
  if (expireSec === undefined) return { validLifetimeSec, clttSec: nowSec };
  if (typeof expireSec !== 'number' || !Number.isInteger(expireSec))
    return malformed(wrongParameter('expire', expireSec));
  if (expireSec < 1) return malformed(`expiration time must be positive for address ${formatIpv4(address)}`);
  const clttSec = expireSec - validLifetimeSec;
  if (clttSec < 0)
    return malformed(
      `expiration time must be greater than valid lifetime for address ${formatIpv4(address)}`,
    );
  if (clttSec > U32_MAX) return malformed(wrongInteger('expire', expireSec));
  return { validLifetimeSec, clttSec };
}

function readName(args: ArgumentMap): Pick<Lease4, 'hostname' | 'fqdnFwd' | 'fqdnRev'> | LeaseFault {
  const { hostname = '', 'fqdn-fwd': fqdnFwd = false, 'fqdn-rev': fqdnRev = false } = args;
  if (typeof fqdnFwd !== 'boolean') return malformed(wrongParameter('fqdn-fwd', fqdnFwd));
  if (typeof fqdnRev !== 'boolean') return malformed(wrongParameter('fqdn-rev', fqdnRev));
  if (typeof hostname !== 'string') return malformed(wrongParameter('hostname', hostname));
  const name = normalize(hostname);
  // Every character is an octet or more; only a name that is not plainly short must be measured.
  if (name.length * 3 > HOSTNAME_BYTES_MAX && Buffer.byteLength(name) > HOSTNAME_BYTES_MAX)
    return malformed("'hostname' must have at most 255 octets");
  if ((fqdnFwd || fqdnRev) && name === '')
    return malformed('No hostname specified and either forward or reverse fqdn was set to true.');
  return { hostname: name, fqdnFwd, fqdnRev };
}

function wrongState(state: unknown): string {
  if (!isInteger(state, 0, U32_MAX)) return wrongInteger('state', state);
  return `Invalid state value: ${state}, supported values are: 0 (default), 1 (declined), 2 (expired-reclaimed) and 3 (released)`;
}

function wrongContext(context: unknown): string {
  if (context !== undefined && !isMap(context))
    return `Invalid user context '${encodeKeaJson(context).slice(0, 64)}' is not a JSON map.`;
  return "'user-context' must be a map, not too deep and at most 12,288 octets, and 'comment' a text";
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
