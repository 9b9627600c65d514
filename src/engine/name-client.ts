/** Where the name of the client meets the lease: made when subnet and address are known, and no earlier. */
import type { HostConfig } from '../config/host-model.ts';
import type { Context } from './context.ts';
import type { ClientNames } from './names.ts';

const NO_NAME = new Uint8Array(0);

/** The names that are reserved, as octets, by host. */
export function compileReservedNames(hosts: readonly HostConfig[]): Map<HostConfig, Uint8Array> {
  const encoder = new TextEncoder();
  const names = new Map<HostConfig, Uint8Array>();
  for (const host of hosts) if (host.hostname !== '') names.set(host, encoder.encode(host.hostname));
  return names;
}

/**
 * The name of the client of the query in work, made for its subnet and an address.
 * Pre: the subnet of the lease is entered.
 */
export function nameClient(context: Context, address: number): ClientNames {
  const { names, subnet, host } = context;
  const reserved = host === null ? NO_NAME : (context.reservedNames.get(host) ?? NO_NAME);
  names.settle(subnet!.names, address, reserved);
  return names;
}
