/**
 * The classic BPF programs that spread clients over the sockets of a group (SO_REUSEPORT, PACKET_FANOUT_CBPF). The kernel
 * takes the result as the position of the socket in the group:
 *
 *     A = chaddr[2..6)                four octets that differ even between cards of one maker
 *     A = A * 0x9e3779b1 >> 16        so that machines with only even addresses still use every socket
 *     A = A % sockets
 *
 * A datagram too short to hold those octets goes to socket 0. Which socket gets a client is never a matter of
 * correctness: it saves the shards from meeting at one lease.
 */
import { assert } from '../base/assert.ts';
import { Bpf, type Instruction } from './bpf.ts';

/** CHADDR_OFFSET of RFC 2131 section 2, and two octets of the maker's prefix to step over. */
const KEY_OFFSET = 28 + 2;
const UDP_HEADER_BYTES = 8;
const GOLDEN_RATIO = 0x9e3779b1;

/** @param sockets of the group, 1..65535 */
function choose(sockets: number): Instruction[] {
  assert(Number.isInteger(sockets) && sockets >= 1 && sockets <= 0xffff, 'sockets of a group, 1..65535');
  return [
    { code: Bpf.multiply, operand: GOLDEN_RATIO },
    { code: Bpf.shiftRight, operand: 16 },
    { code: Bpf.modulo, operand: sockets },
    { code: Bpf.returnA, operand: 0 },
  ];
}

/** For UDP sockets: the program sees the payload. */
export function datagramSteering(sockets: number): Instruction[] {
  return [{ code: Bpf.loadWord, operand: KEY_OFFSET }, ...choose(sockets)];
}

/** For packet sockets: the program sees the IPv4 header and what follows. */
export function frameSteering(sockets: number): Instruction[] {
  return [
    { code: Bpf.loadHeaderLength, operand: 0 },
    { code: Bpf.loadWordAtX, operand: UDP_HEADER_BYTES + KEY_OFFSET },
    ...choose(sockets),
  ];
}
