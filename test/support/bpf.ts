/** Classic BPF as the kernel runs it, for the instructions that this program uses. [linux Documentation/networking/filter] */
import { Bpf, type Instruction } from '../../src/io/bpf.ts';

/** What a program makes of a packet: octets to keep. A load beyond the packet ends it with 0. */
export function runProgram(program: readonly Instruction[], bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [a, x] = [0, 0];
  for (let at = 0; at < program.length; at++) {
    const { code, operand, ifTrue = 0, ifFalse = 0 } = program[at]!;
    if (code === Bpf.returnOperand) return operand;
    if (code === Bpf.returnA) return a;
    const isLoad = code in LOADS;
    const { size, isAtX } = LOADS[code] ?? { size: 0, isAtX: false };
    const from = operand + (isAtX ? x : 0);
    if (isLoad && from + size > bytes.length) return 0;
    if (code === Bpf.loadHeaderLength) x = (bytes[from]! & 15) << 2;
    else if (isLoad) a = size === 4 ? view.getUint32(from) : size === 2 ? view.getUint16(from) : bytes[from]!;
    else if (code === Bpf.jump) at += operand;
    else if (code === Bpf.jumpIfEqual) at += a === operand ? ifTrue : ifFalse;
    else if (code === Bpf.jumpIfAnyBit) at += (a & operand) !== 0 ? ifTrue : ifFalse;
    else if (code === Bpf.multiply) a = Math.imul(a, operand) >>> 0;
    else if (code === Bpf.shiftRight) a >>>= operand;
    else if (code === Bpf.modulo) a %= operand;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('a program that ends without a return');
}

const LOADS: Readonly<Record<number, { readonly size: number; readonly isAtX: boolean }>> = {
  [Bpf.loadWord]: { size: 4, isAtX: false },
  [Bpf.loadHalf]: { size: 2, isAtX: false },
  [Bpf.loadOctet]: { size: 1, isAtX: false },
  [Bpf.loadWordAtX]: { size: 4, isAtX: true },
  [Bpf.loadHalfAtX]: { size: 2, isAtX: true },
  [Bpf.loadHeaderLength]: { size: 1, isAtX: false },
};
