/** In place of src/io/interfaces.ts: a machine has one Ethernet interface. */
import type { NetworkInterface, NetworkInterface6 } from '../../../src/io/interfaces.ts';
import { slot } from './slot.ts';

export type { NetworkInterface, NetworkInterface6 };

const LINK = {
  name: 'eth0',
  index: 2,
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
  const { address } = slot.machine;
  const hardwareAddress = Buffer.from([
    2,
    0,
    address >>> 24,
    (address >>> 16) & 255,
    (address >>> 8) & 255,
    address & 255,
  ]);
  return [{ ...LINK, hardwareAddress, addresses: [address] }];
}

export function listInterfaces6(): NetworkInterface6[] {
  return [];
}
