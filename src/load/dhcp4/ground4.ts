/** Sockets of DHCPv4 clients: those of a relay, or of clients on a link. */
import { DatagramReceiver } from '../../io/mmsg.ts';
import { closeFd, openUdpSocket } from '../../io/udp.ts';
import { type Ground, RECEIVE_BUFFER_BYTES, SLOT_BYTES, SLOTS } from '../ground.ts';
import type { LoadOptions } from '../model.ts';
import { FrameOutlet } from './frame-outlet.ts';
import { UdpOutlet } from './udp-outlet.ts';

/** @param queryBytes of the longest query @throws when address, port or link cannot be had; nothing stays open */
export function openGround4(options: LoadOptions, queryBytes: number): Ground {
  const { relay, link, servers } = options;
  const fd = openUdpSocket({ ...relay, interfaceName: link, receiveBufferBytes: RECEIVE_BUFFER_BYTES });
  try {
    const outlet =
      link === null ? new UdpOutlet(fd, servers, queryBytes) : new FrameOutlet(link, options, queryBytes);
    const slots = new ArrayBuffer(SLOTS * SLOT_BYTES);
    const receiver = new DatagramReceiver(slots, 0, SLOT_BYTES, SLOTS);
    return {
      fd,
      receiver,
      memory: new Uint8Array(slots),
      outlet,
      serverOf: (i) => {
        const address = receiver.sourceAddress(i);
        const port = receiver.sourcePort(i);
        return servers.findIndex((server) => server.port === port && server.address === address);
      },
      close: () => {
        outlet.close();
        closeFd(fd);
      },
    };
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
