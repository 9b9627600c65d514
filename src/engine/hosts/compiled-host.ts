/** The host reservations in the form that the hot path reads: one object a host, with all that is asked of it. */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { Guard } from '../../classes/class-set.ts';
import type { HostConfig, HostIdentifier } from '../../config/host-model.ts';
import type { SubnetConfig } from '../../config/model.ts';
import { HostIndex, kindOf } from '../../hosts/host-index.ts';
import { isReserved, ReservedAddresses, reservingHosts } from '../../hosts/reserved-addresses.ts';
import { hasSomething } from '../reply/reply-plan.ts';

export interface CompiledHost {
  readonly config: HostConfig;
  /** 0 = the global scope. */
  readonly subnetId: number;
  readonly identifier: HostIdentifier;
  readonly identifierBytes: Uint8Array;
  /** Number of the kind of identifier. */
  readonly kind: number;
  /** Null = none is reserved. */
  readonly address: number | null;
  /** The same as far as it counts in the host's subnet; 0 = none. */
  readonly addressInSubnet: number;
  /** As in the file; empty = none. */
  readonly name: Uint8Array;
  readonly classes: Guard;
  /** It has options or boot fields. */
  readonly changesReplies: boolean;
}

/** The hosts of a configuration, compiled. */
export interface CompiledHosts {
  readonly index: HostIndex<CompiledHost>;
  readonly reserved: ReservedAddresses<CompiledHost>;
  /** In which order the kinds of identifiers are tried. */
  readonly kinds: readonly number[];
}

const NO_CLASSES: Guard = [];
const NO_NAME = new Uint8Array(0);
const encoder = new TextEncoder();

/** @param classes gets those that nobody else refers to */
export function compileHosts(
  hosts: readonly HostConfig[],
  subnets: readonly SubnetConfig[],
  identifiers: readonly HostIdentifier[],
  classes: ClassIds,
): CompiledHosts {
  const byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
  const compiled = hosts.map((host) => compileHost(host, byId.get(host.subnetId), classes));
  return {
    index: new HostIndex(compiled),
    reserved: new ReservedAddresses(reservingHosts(compiled, subnets)),
    kinds: identifiers.map(kindOf),
  };
}

/** @param subnet the host's; undefined = it is of the global scope */
export function compileHost(
  config: HostConfig,
  subnet: SubnetConfig | undefined,
  classes: ClassIds,
): CompiledHost {
  const { address, clientClasses, identifier } = config;
  const counts = address !== null && subnet !== undefined && isReserved(subnet, address);
  return {
    config,
    subnetId: config.subnetId,
    identifier,
    identifierBytes: config.identifierBytes,
    kind: kindOf(identifier),
    address,
    addressInSubnet: counts ? address : 0,
    name: config.hostname === '' ? NO_NAME : encoder.encode(config.hostname),
    classes: clientClasses.length === 0 ? NO_CLASSES : clientClasses.map((name) => classes.intern(name)),
    changesReplies: hasSomething(config),
  };
}
