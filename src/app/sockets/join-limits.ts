/**
 * By which sockets replies to one relay may leave joined, by `user-context/tandem/join-replies` and the interfaces that there are. Pure.
 *
 * A UDP socket of an address sends by whatever interface the routes say. So `auto` asks that every interface that is up is known to
 * cut; what a socket of 127.0.0.0/8 sends stays on the loopback interface, which cuts for every UDP socket.
 */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { TandemSettings } from '../../config/model.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import { DATAGRAM_BYTES_MAX } from '../../io/joined-vector.ts';

/** Octets of the longest reply that may be joined with others; 0 = none may. */
export interface JoinLimits {
  readonly loopback: number;
  readonly elsewhere: number;
}

/** Octets of the headers of IPv4 and UDP. */
const HEADER_BYTES = 28;
const LOOPBACK_NET = 127;

export const NO_JOINING: JoinLimits = { loopback: 0, elsewhere: 0 };

/** @param links every interface of the machine, served or not */
export function joinLimitsOf(
  mode: TandemSettings['joinReplies'],
  links: readonly NetworkInterface[],
): JoinLimits {
  if (mode === 'never') return NO_JOINING;
  const up = links.filter(({ isUp }) => isUp);
  const ways = up.filter(({ isLoopback }) => !isLoopback);
  const isCut = mode === 'always' || ways.every(({ cutsJoined }) => cutsJoined);
  return {
    loopback: longestOf(up.filter(({ isLoopback }) => isLoopback)),
    elsewhere: isCut ? longestOf(ways) : 0,
  };
}

/** Of a socket that is bound to an address. */
export function joinMaxOf({ loopback, elsewhere }: JoinLimits, address: Ipv4): number {
  return address >>> 24 === LOOPBACK_NET ? loopback : elsewhere;
}

/** What every one of them carries without fragments: pieces of a joined message are not cut any further. */
function longestOf(links: readonly NetworkInterface[]): number {
  if (links.length === 0) return 0;
  const mtu = Math.min(...links.map((link) => link.mtu));
  return Math.max(0, Math.min(mtu - HEADER_BYTES, DATAGRAM_BYTES_MAX));
}
