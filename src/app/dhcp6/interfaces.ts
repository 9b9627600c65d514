/** The sockets of a DHCPv6 server, by the interfaces of the machine. */
import { systemClock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { systemTimers } from '../../ha/service/timers.ts';
import { listInterfaces6 } from '../../io/interfaces.ts';
import { InterfaceNotices } from '../../io/rtnetlink.ts';
import type { Log } from '../../log/logger.ts';
import { ServerSockets6, type SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import { InterfaceWatch } from '../sockets/interface-watch.ts';

export interface InterfacesParts6 {
  /** UDP port of the server. */
  readonly serverPort: number;
  readonly shards: number;
  readonly log: Log;
  /** The server requires all its sockets and does not get them. */
  readonly onGivenUp: () => void;
}

/** Opens what a configuration asks for; what is not there yet is opened later. */
export function openInterfaces6(
  { serverPort, shards, log, onGivenUp }: InterfacesParts6,
  config: ServerConfig6,
): InterfaceWatch<SocketKinds6> {
  const parts = {
    sockets: new ServerSockets6({ port: serverPort, shards }, log),
    clock: systemClock,
    timers: systemTimers,
    log,
    list: listInterfaces6,
    notices: new InterfaceNotices(6),
    onGivenUp,
  };
  return InterfaceWatch.open<SocketKinds6>(parts, config);
}
