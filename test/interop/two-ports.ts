/** The two ports that answers of a server come to: a relay's, and that of clients which are answered without a relay. */
import { createSocket, type Socket } from 'node:dgram';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { openUdpSocket } from '../../src/io/udp.ts';
import type { Network } from './network.ts';

export const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BOOTREPLY = 2;

export interface TwoPorts {
  readonly relay: Socket;
  readonly client: Socket;
  close(): void;
}

/**
 * Opens both on a host. A program for each question would take longer to start than to ask.
 * @param relayAddress of the relay; clients have all
 * @param take hears every answer with the port that it came to
 */
export function openTwoPorts(
  network: Network,
  host: string,
  relayAddress: string,
  take: (datagram: Buffer, port: number) => void,
): TwoPorts {
  const open = (address: string, port: number): Socket => {
    const options = { address: parseIpv4(address)!, port, broadcast: true };
    const fd = network.inside(host, () => openUdpSocket(options));
    const socket = createSocket('udp4');
    socket.on('message', (datagram) => {
      // A broadcast comes back to who has sent it.
      if (datagram[0] === BOOTREPLY) take(datagram, port);
    });
    return socket.bind({ fd, exclusive: true });
  };
  const client = open('0.0.0.0', CLIENT_PORT);
  const relay = open(relayAddress, SERVER_PORT);
  const close = (): void => {
    relay.close();
    client.close();
  };
  return { relay, client, close };
}
