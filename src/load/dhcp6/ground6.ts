/** Sockets of DHCPv6 clients: those of a relay, or of clients on a link. */
import { compareIpv6, IPV6_BYTES } from '../../base/ipv6.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import { ALL_RELAYS_AND_SERVERS } from '../../dhcp6/codes.ts';
import { listInterfaces6 } from '../../io/interfaces.ts';
import { Datagram6Receiver } from '../../io/mmsg6.ts';
import { closeFd } from '../../io/udp.ts';
import { openUdp6Socket, type SocketLink } from '../../io/udp6.ts';
import { type Ground, RECEIVE_BUFFER_BYTES, SLOT_BYTES, SLOTS } from '../ground.ts';
import type { Endpoint6, LoadOptions6 } from '../model.ts';
import { type Destination6, octetsOfWords, Udp6Outlet } from './udp6-outlet.ts';

/** @param queryBytes of the longest query @throws when address, port or link cannot be had; nothing stays open */
export function openGround6(options: LoadOptions6, queryBytes: number): Ground {
  const { relay, servers } = options;
  const link = options.link === null ? null : linkNamed(options.link);
  const ends = servers.map(destinationOf);
  const group = {
    address: octetsOfWords(ALL_RELAYS_AND_SERVERS),
    port: ends[0]!.port,
    scope: link?.index ?? 0,
  };
  const fd = openUdp6Socket({ ...destinationOf(relay), link, receiveBufferBytes: RECEIVE_BUFFER_BYTES });
  const slots = new ArrayBuffer(SLOTS * SLOT_BYTES);
  const receiver = new Datagram6Receiver(slots, 0, SLOT_BYTES, SLOTS);
  const source = new Uint8Array(IPV6_BYTES);
  return {
    fd,
    receiver: receiver.burst,
    memory: new Uint8Array(slots),
    outlet: new Udp6Outlet(fd, link === null ? ends : [group], queryBytes),
    serverOf: (i) => {
      const port = receiver.sourcePort(i);
      receiver.readSource(i, source, 0);
      return ends.findIndex(
        (server) => server.port === port && compareIpv6(server.address, 0, source, 0) === 0,
      );
    },
    close: () => closeFd(fd),
  };
}

function linkNamed(name: string): SocketLink {
  const link = listInterfaces6().find((each) => each.name === name);
  if (link === undefined) throw new Error(`no interface ${name} for the clients of the load`);
  return link;
}

function destinationOf({ address, port }: Endpoint6): Destination6 {
  const octets = parseIpv6(address);
  if (octets === null) throw new Error(`not an IPv6 address: ${address}`);
  return { address: octets, port, scope: 0 };
}
