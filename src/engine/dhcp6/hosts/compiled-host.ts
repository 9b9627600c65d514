/** The host reservations of DHCPv6 in the form that the hot path reads. */
import { type ByteRange, emptyRange } from '../../../base/byte-range.ts';
import { isInIpv6Prefix } from '../../../base/ipv6.ts';
import { NOT_FOUND, OctetMap } from '../../../base/octet-map.ts';
import type { ClassIds } from '../../../classes/class-ids.ts';
import type { Guard } from '../../../classes/class-set.ts';
import type { HostConfig6, ServerConfig6, SubnetConfig6 } from '../../../config/dhcp6/model.ts';
import { HostIndex, kindOf } from '../../../hosts/host-index.ts';
import { ADDRESS_BITS, ADDRESS_BYTES, LeaseType } from '../../../lease/dhcp6/model.ts';
import type { HostTable, SearchedHost } from '../../hosts/host-search.ts';
import type { PlannedHost } from '../../reply/reply-plans.ts';
import { encodeExcluded } from '../compiled/compiled.ts';
import { hasOptions } from '../reply/reply-plan.ts';

const NO_NAME = new Uint8Array(0);
const encoder = new TextEncoder();

/** An address or prefix that a host has of its own. */
export interface ReservedLease {
  /** `LeaseType.na` or `LeaseType.pd`. */
  readonly type: number;
  /** 16 octets. */
  readonly address: Uint8Array;
  /** 128 of an address. */
  readonly prefixLength: number;
  /** Payload of option 67, or null. */
  readonly excluded: Uint8Array | null;
}

export interface CompiledHost6 extends SearchedHost, PlannedHost<HostConfig6> {
  readonly classes: Guard;
  /** UTF-8; empty = the client has no name of its own. */
  readonly name: Uint8Array;
  /** Addresses before prefixes, each in the order of the file. */
  readonly leases: readonly ReservedLease[];
}

/** The hosts of a configuration, compiled. */
export interface CompiledHosts6 extends HostTable<CompiledHost6> {
  readonly reserved: ReservedLeases;
}

/** @param classes gets those that nobody else refers to */
export function compileHosts6(config: ServerConfig6, classes: ClassIds): CompiledHosts6 {
  const byId = new Map(config.subnets.map((subnet) => [subnet.id, subnet]));
  const hosts = config.hosts.map((host) => compileHost(host, byId.get(host.subnetId) ?? null, classes));
  return {
    index: new HostIndex(hosts),
    kinds: config.hostIdentifiers.map(kindOf),
    reserved: new ReservedLeases(hosts, byId),
  };
}

/** @param subnet of the host; null = it is global */
function compileHost(config: HostConfig6, subnet: SubnetConfig6 | null, classes: ClassIds): CompiledHost6 {
  const { clientClasses, hostname, identifier, identifierBytes, subnetId } = config;
  return {
    config,
    subnetId,
    identifier,
    identifierBytes,
    kind: kindOf(identifier),
    name: hostname === '' ? NO_NAME : encoder.encode(hostname),
    classes: clientClasses.map((name) => classes.intern(name)),
    changesReplies: hasOptions(config),
    // [Kea] What lies in a pool although it is said that nothing does, its own client does not get for it either.
    leases: leasesOf(config).filter((lease) => subnet === null || counts(subnet, lease)),
  };
}

function leasesOf({ addresses, prefixes }: HostConfig6): ReservedLease[] {
  return [
    ...addresses.map((address) => ({
      type: LeaseType.na,
      address,
      prefixLength: ADDRESS_BITS,
      excluded: null,
    })),
    ...prefixes.map(({ prefix, prefixLength, excluded }) => ({
      type: LeaseType.pd,
      address: prefix,
      prefixLength,
      excluded: excluded && encodeExcluded(excluded.prefix, excluded.prefixLength, prefixLength),
    })),
  ];
}

/**
 * Which addresses and prefixes are kept for hosts. As in Kea a reservation keeps its own from others in subnets that look at
 * their own reservations, but not what lies in the pools where these are said to have none (`reservations-out-of-pool`); a
 * global reservation keeps nothing.
 */
export class ReservedLeases {
  /** Positions of the lists in `#hosts`, by address. */
  readonly #byAddress = new OctetMap();
  readonly #hosts: CompiledHost6[][] = [];
  /** All that is kept, 16 octets each: what no search of a pool may find. */
  readonly addresses: Uint8Array[] = [];
  /** What is reserved beside that, without being kept. */
  readonly #unkept = new OctetMap();
  readonly #key: ByteRange = emptyRange();

  constructor(hosts: readonly CompiledHost6[], subnets: ReadonlyMap<number, SubnetConfig6>) {
    for (const host of hosts) {
      if (subnets.get(host.subnetId)?.hostModes.inSubnet !== true) continue;
      for (const lease of host.leases) this.#add(lease.address, host);
    }
    for (const { config } of hosts)
      for (const { address } of leasesOf(config)) if (!this.isNamed(address, 0)) this.#unkept.add(address, 0);
  }

  /** Whether any reservation is for an address, or what begins with it. */
  isNamed(bytes: Uint8Array, offset: number): boolean {
    if (this.of(bytes, offset) !== null) return true;
    const key = this.#key;
    key.bytes = bytes;
    key.offset = offset;
    key.length = ADDRESS_BYTES;
    return this.#unkept.find(key) !== NOT_FOUND;
  }

  /** The hosts that an address, or what begins with it, is kept for; null = it is kept for nobody. */
  of(bytes: Uint8Array, offset: number): readonly CompiledHost6[] | null {
    if (this.#hosts.length === 0) return null;
    const key = this.#key;
    key.bytes = bytes;
    key.offset = offset;
    key.length = ADDRESS_BYTES;
    const position = this.#byAddress.find(key);
    return position === NOT_FOUND ? null : this.#hosts[position]!;
  }

  #add(address: Uint8Array, host: CompiledHost6): void {
    const known = this.#byAddress.find({ bytes: address, offset: 0, length: address.length });
    if (known !== NOT_FOUND) {
      this.#hosts[known]!.push(host);
      return;
    }
    this.#byAddress.add(address, this.#hosts.length);
    this.#hosts.push([host]);
    this.addresses.push(address);
  }
}

/** Whether a subnet that looks at its own reservations lets one for this address or prefix count. */
function counts({ hostModes, pools, pdPools }: SubnetConfig6, { type, address }: ReservedLease): boolean {
  if (!hostModes.outOfPool) return true;
  if (type === LeaseType.pd)
    return !pdPools.some(({ prefix, prefixLength }) => isInIpv6Prefix(address, 0, prefix, 0, prefixLength));
  return !pools.some(
    ({ first, last }) => Buffer.compare(address, first) >= 0 && Buffer.compare(address, last) <= 0,
  );
}
