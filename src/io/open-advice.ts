/** What the operator can do about a UDP socket that cannot be opened. */
import { grantAdvice } from './capabilities.ts';
import { Errno } from './libc.ts';

/** @param errno of the call that refused a socket for a local address and port */
export function openAdvice(errno: number, port: number): string {
  switch (errno) {
    case Errno.EADDRINUSE:
      return 'the address is in use: another DHCP server runs here; stop it, or choose another address or port';
    case Errno.EACCES:
      return `port ${port} needs CAP_NET_BIND_SERVICE; ${grantAdvice()}`;
    case Errno.EPERM:
      return `binding to an interface needs CAP_NET_RAW; ${grantAdvice()}`;
    case Errno.EADDRNOTAVAIL:
      return 'no interface of this machine has that address; correct the configuration or add the address';
    case Errno.ENODEV:
      return 'there is no such interface; correct interfaces-config';
    default:
      return '';
  }
}
