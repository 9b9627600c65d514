/**
 * Which interfaces are known to send joined datagrams (joined-vector.ts) one by one. A card cuts them, or the kernel does for a
 * card that cannot. An interface that is made by software may hand them on whole, to a container or another guest of the same
 * machine; a program that reads frames there (AF_PACKET), such as ISC dhcrelay, takes them for one datagram.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Link } from './rtnetlink-messages.ts';

/** Buses of real cards, also of one that a hypervisor has lent to a guest. */
const CARDS: readonly string[] = ['pci', 'usb'];
/** They send by others of the same list. */
const LAYERS: readonly string[] = ['vlan', 'bond', 'bridge'];
/** VIRTIO_NET_F_HOST_USO: the host takes joined datagrams from the guest, and its other guests may get them so. */
const HOST_USO = 56;
const VIRTIO_DEVICES = '/sys/bus/virtio/devices';

/** Whether it is known; of a layer, whether those below it decide. */
export function cutsJoined({ kind, reachesOut, bus, device }: Link): boolean {
  if (reachesOut) return false;
  if (kind !== '') return LAYERS.includes(kind);
  return CARDS.includes(bus) || (bus === 'virtio' && isCutForHost(device));
}

/** Without the feature the guest's kernel cuts. */
function isCutForHost(device: string): boolean {
  try {
    return readFileSync(join(VIRTIO_DEVICES, device, 'features'), 'latin1')[HOST_USO] === '0';
  } catch {
    return false;
  }
}
