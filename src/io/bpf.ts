/**
 * Classic BPF programs, which setsockopt(2) takes as
 *
 *     struct sock_fprog   u16 instructions | 6 bytes padding | pointer to them
 *     struct sock_filter  u16 code | u8 jump true | u8 jump false | u32 operand
 */
import { assert } from '../base/assert.ts';
import { lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned, storePointer } from './pinned.ts';

// <linux/bpf_common.h>
export const Bpf = {
  loadWord: 0x20,
  loadHalf: 0x28,
  loadOctet: 0x30,
  /** At X + operand. */
  loadWordAtX: 0x40,
  loadHalfAtX: 0x48,
  loadOctetAtX: 0x50,
  /** X = 4 * (octet & 15): the length of the IPv4 header at the operand. */
  loadHeaderLength: 0xb1,
  multiply: 0x24,
  shiftRight: 0x74,
  modulo: 0x94,
  jump: 0x05,
  jumpIfEqual: 0x15,
  jumpIfAnyBit: 0x45,
  returnA: 0x16,
  returnOperand: 0x06,
} as const;

export interface Instruction {
  readonly code: number;
  readonly operand: number;
  /** Instructions to skip, 0..255. */
  readonly ifTrue?: number;
  readonly ifFalse?: number;
}

const PROGRAM_BYTES = 16;
const INSTRUCTION_BYTES = 8;
const INSTRUCTIONS_MAX = 4096;

/**
 * Gives the kernel a program.
 * @param instructions 1..4096 of them
 * @throws when the kernel refuses; `what` begins the message
 */
export function attachProgram(
  fd: number,
  level: number,
  option: number,
  instructions: readonly Instruction[],
  what: string,
): void {
  const count = instructions.length;
  assert(count >= 1 && count <= INSTRUCTIONS_MAX, 'a program that the kernel can take');
  const program = allocatePinned(PROGRAM_BYTES + count * INSTRUCTION_BYTES);
  program.words[0] = count;
  storePointer(program.words, 2, program.address + PROGRAM_BYTES);
  instructions.forEach(({ code, operand, ifTrue = 0, ifFalse = 0 }, index) => {
    const at = (PROGRAM_BYTES + index * INSTRUCTION_BYTES) / 4;
    program.words[at] = code | (ifTrue << 16) | (ifFalse << 24);
    program.words[at + 1] = operand;
  });
  if (libc.setsockopt(fd, level, option, program.address, PROGRAM_BYTES) < 0)
    throw systemError(what, lastErrno());
}
