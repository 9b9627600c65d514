/**
 * The classic BPF program that spreads clients over the sockets of an SO_REUSEPORT group. The kernel runs it on the
 * UDP payload and takes its result as the position of the socket in the group:
 *
 *     A = chaddr[2..6)                four octets that differ even between cards of one maker
 *     A = A * 0x9e3779b1 >> 16        so that machines with only even addresses still use every socket
 *     A = A % sockets
 *
 * A datagram too short to hold those octets goes to socket 0. Which socket gets a client is never a matter of
 * correctness: it saves the shards from meeting at one lease.
 */
import { assert } from '../base/assert.ts';
import { allocatePinned, storePointer } from './pinned.ts';

/** CHADDR_OFFSET of RFC 2131 section 2, and two octets of the maker's prefix to step over. */
const KEY_OFFSET = 28 + 2;
const GOLDEN_RATIO = 0x9e3779b1;

// <linux/bpf_common.h>
const LOAD_WORD = 0x20;
const MULTIPLY = 0x24;
const SHIFT_RIGHT = 0x74;
const MODULO = 0x94;
const RETURN_A = 0x16;

/** struct sock_filter: u16 code | u8 jump true | u8 jump false | u32 operand */
const INSTRUCTION_BYTES = 8;
/** struct sock_fprog: u16 instructions | 6 bytes padding | pointer to them */
export const STEERING_PROGRAM_BYTES = 16;
const INSTRUCTIONS = 5;

const program = allocatePinned(STEERING_PROGRAM_BYTES + INSTRUCTIONS * INSTRUCTION_BYTES);

/**
 * Writes the program; the memory belongs to this module and is the same for every call.
 * @param sockets 1..65535
 * @returns the address of a struct sock_fprog of STEERING_PROGRAM_BYTES, for setsockopt
 */
export function writeSteeringProgram(sockets: number): number {
  assert(Number.isInteger(sockets) && sockets >= 1 && sockets <= 0xffff, 'sockets of a group, 1..65535');
  const words = program.words;
  words[0] = INSTRUCTIONS;
  storePointer(words, 2, program.address + STEERING_PROGRAM_BYTES);
  writeInstruction(0, LOAD_WORD, KEY_OFFSET);
  writeInstruction(1, MULTIPLY, GOLDEN_RATIO);
  writeInstruction(2, SHIFT_RIGHT, 16);
  writeInstruction(3, MODULO, sockets);
  writeInstruction(4, RETURN_A, 0);
  return program.address;
}

function writeInstruction(index: number, code: number, operand: number): void {
  const at = (STEERING_PROGRAM_BYTES + index * INSTRUCTION_BYTES) / 4;
  program.words[at] = code;
  program.words[at + 1] = operand;
}
