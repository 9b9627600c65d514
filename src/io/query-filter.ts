/**
 * Which frames a packet socket takes, decided in the kernel by a classic BPF program over the IPv4 header. It is Kea's:
 * UDP to the server's port, to the broadcast address or to one of the interface's own, and no later part of a fragmented
 * datagram, which has no port. Everything else that a raw socket could hear costs a few instructions and no copy.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import { Bpf, type Instruction } from './bpf.ts';

const IPPROTO_UDP = 17;
const BROADCAST = 0xffffffff;
// Offsets in the IPv4 header.
const FRAGMENT_OFFSET = 6;
const PROTOCOL_OFFSET = 9;
const DESTINATION_OFFSET = 16;
const FRAGMENT_MASK = 0x1fff;
/** In the UDP header. */
const PORT_OFFSET = 2;
const WHOLE = 0xffffffff;

const DROP: Instruction = { code: Bpf.returnOperand, operand: 0 };

/** Takes nothing: for a socket that is open, but whose group is not complete yet. */
export const NO_QUERY: readonly Instruction[] = [DROP];

/**
 * @param port of the server
 * @param addresses of the interface, at most 1024
 */
export function queryFilter(port: number, addresses: readonly Ipv4[]): Instruction[] {
  const destinations = [BROADCAST, ...addresses];
  return [
    { code: Bpf.loadOctet, operand: PROTOCOL_OFFSET },
    { code: Bpf.jumpIfEqual, operand: IPPROTO_UDP, ifTrue: 1 },
    DROP,
    { code: Bpf.loadHalf, operand: FRAGMENT_OFFSET },
    { code: Bpf.jumpIfAnyBit, operand: FRAGMENT_MASK, ifFalse: 1 },
    DROP,
    { code: Bpf.loadWord, operand: DESTINATION_OFFSET },
    // A conditional jump reaches 255 instructions only, an unconditional one everywhere: each address has its own.
    ...destinations.flatMap((address, index) => [
      { code: Bpf.jumpIfEqual, operand: address, ifFalse: 1 },
      { code: Bpf.jump, operand: 2 * (destinations.length - index - 1) + 1 },
    ]),
    DROP,
    { code: Bpf.loadHeaderLength, operand: 0 },
    { code: Bpf.loadHalfAtX, operand: PORT_OFFSET },
    { code: Bpf.jumpIfEqual, operand: port, ifTrue: 1 },
    DROP,
    { code: Bpf.returnOperand, operand: WHOLE },
  ];
}
