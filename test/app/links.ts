/** Interfaces and entries of interfaces-config, short to write. */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { InterfaceConfig } from '../../src/config/model.ts';
import type { NetworkInterface } from '../../src/io/interfaces.ts';

/** An interface that is up. */
export function link(
  name: string,
  index: number,
  addresses: readonly string[],
  more: Partial<NetworkInterface> = {},
): NetworkInterface {
  return {
    name,
    index,
    hardwareType: 1,
    hardwareAddress: Buffer.from([10, 0, 0, 0, 0, index]),
    isUp: true,
    isRunning: true,
    canBroadcast: true,
    canMulticast: true,
    isLoopback: false,
    mtu: 1500,
    cutsJoined: false,
    addresses: addresses.map((address) => parseIpv4(address)!),
    ...more,
  };
}

/** "eth0" or "eth0/10.0.0.1". */
export function named(text: string): InterfaceConfig {
  const [name = '', address] = text.split('/');
  return { name, address: address === undefined ? null : parseIpv4(address) };
}
