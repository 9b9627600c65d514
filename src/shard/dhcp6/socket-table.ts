/**
 * The sockets of one shard of DHCPv6 in shared memory; who writes and reads it when stands in dhcp4/socket-table.ts.
 *
 *     i32 fd | i32 replyFd | i32 interfaceIndex | i32 isUnicast | i32 joinMax | 4 words address
 */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { NamedEntries } from '../named-entries.ts';

/** A socket that main has opened for the shards: of an address, or of a group on an interface (RFC 8415 7.1). */
export interface ServerSocket6 {
  readonly fd: number;
  /** The address that it is bound to, 16 octets. */
  readonly address: Uint8Array;
  readonly interfaceName: string;
  /** The kernel's number of the interface, which is the scope of link-local addresses. */
  readonly interfaceIndex: number;
  /** It hears what is sent to an address of this server alone, not to a group. */
  readonly isUnicast: boolean;
  /** By which answers leave: that of an address of the interface. */
  readonly replyFd: number;
  /** Octets of the longest reply that may leave joined with others to the same relay; 0 = none may. */
  readonly joinMax: number;
}

/** For each address, and for both groups on each interface. */
const SOCKETS_MAX = 2048;
const ADDRESS = 5;
const WORDS = ADDRESS + IPV6_BYTES / 4;
const entries = new NamedEntries(WORDS, SOCKETS_MAX);

export function allocateSocketTable6(): SharedArrayBuffer {
  return entries.allocate();
}

export function writeSocketTable6(table: SharedArrayBuffer, sockets: readonly ServerSocket6[]): void {
  entries.write(table, sockets, (words, at, socket) => {
    words[at] = socket.fd;
    words[at + 1] = socket.replyFd;
    words[at + 2] = socket.interfaceIndex;
    words[at + 3] = socket.isUnicast ? 1 : 0;
    words[at + 4] = socket.joinMax;
    new Uint8Array(table, (at + ADDRESS) * 4, IPV6_BYTES).set(socket.address);
  });
}

export function readSocketTable6(table: SharedArrayBuffer): ServerSocket6[] {
  return entries.read(table, (words, at, interfaceName) => ({
    fd: words[at]!,
    replyFd: words[at + 1]!,
    interfaceIndex: words[at + 2]!,
    isUnicast: words[at + 3] !== 0,
    joinMax: words[at + 4]!,
    address: new Uint8Array(table, (at + ADDRESS) * 4, IPV6_BYTES).slice(),
    interfaceName,
  }));
}
