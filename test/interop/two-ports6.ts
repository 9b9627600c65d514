/** The two ports that answers of a DHCPv6 server come to: a relay's and a client's, both of the link-local address of a host. */
import { CLIENT_PORT, MessageType, OptionCode, SERVER_PORT } from '../../src/dhcp6/codes.ts';
import { openUdp6Socket } from '../../src/io/udp6.ts';
import { optionsOf } from '../engine/dhcp6/messages.ts';
import type { Network } from './network.ts';
import { interfaceOf, linkLocalOf } from './scene6.ts';
import { adopt, pairUp, type TwoPorts } from './two-ports.ts';

/** The group of all servers and relays; the sockets know the link. [RFC8415 7.1] */
export const ALL_SERVERS_ON_LINK = 'ff02::1:2';
const RELAY_HEADER_BYTES = 34;

/**
 * Opens both on a host's interface. Pre: its addresses are usable
 * @param from the address that they send from; without it that of the link
 */
export function openTwoPorts6(network: Network, host: string, segment: string, from?: Uint8Array): TwoPorts {
  const link = interfaceOf(network, host, segment);
  const open = (port: number) =>
    adopt(
      'udp6',
      network.inside(host, () => openUdp6Socket({ address: from ?? linkLocalOf(link), port, link })),
    );
  const sockets = { client: open(CLIENT_PORT), relay: open(SERVER_PORT) };
  return pairUp(sockets, { serverPort: SERVER_PORT, isReply: () => true, xidOf });
}

/** Of the message that the relays' messages are around. */
function xidOf(datagram: Uint8Array): number {
  const isRelays = datagram[0] === MessageType.relayForward || datagram[0] === MessageType.relayReply;
  if (!isRelays) return (datagram[1]! << 16) | (datagram[2]! << 8) | datagram[3]!;
  const options = optionsOf(datagram.subarray(RELAY_HEADER_BYTES));
  return xidOf(options.find(({ code }) => code === OptionCode.relayMessage)!.data);
}
