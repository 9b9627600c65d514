/** In place of src/io/interfaces.ts: a machine has one Ethernet interface. */

import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { parseIpv6 } from '../../../src/base/ipv6-text.ts';
import type { NetworkInterface, NetworkInterface6 } from '../../../src/io/interfaces.ts';
import { serverAddress4, serverAddress6, serverLinkLocal } from '../places.ts';
import { LINK_INDEX } from '../socket-address.ts';
import { slot } from './slot.ts';

export type { NetworkInterface, NetworkInterface6 };

const LINK = {
  name: 'eth0',
  index: LINK_INDEX,
  hardwareType: 1,
  isUp: true,
  isRunning: true,
  canBroadcast: true,
  canMulticast: true,
  isLoopback: false,
  mtu: 1500,
  cutsJoined: false,
} as const;

export function listInterfaces(): NetworkInterface[] {
  return [{ ...link(), addresses: [parseIpv4(serverAddress4(slot.machine.host))!] }];
}

/** An address of the link, and one that relays send to. */
export function listInterfaces6(): NetworkInterface6[] {
  const { host } = slot.machine;
  const addresses = [serverLinkLocal(host), serverAddress6(host)].map((text) => ({
    index: LINK_INDEX,
    address: parseIpv6(text)!,
    isUsable: true,
  }));
  return [{ ...link(), addresses }];
}

function link() {
  return { ...LINK, hardwareAddress: Buffer.from([2, 0, 10, 0, 0, slot.machine.host]) };
}
