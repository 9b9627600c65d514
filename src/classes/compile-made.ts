/** Closures for values that stand nowhere in the query and are made in the scratch. */
import type { ByteRange } from '../base/byte-range.ts';
import { writeDecimal, writeHex, writeIpv4, writeIpv6 } from '../base/octet-writer.ts';
import type { Compilation } from './compile-value.ts';
import type { Operand, Packet } from './packet.ts';
import type { Scratch } from './scratch.ts';
import type { ValueNode } from './syntax-tree.ts';

type MadeNode = ValueNode & {
  kind: 'concat' | 'case' | 'hexstring' | 'address-text' | 'number-text';
};

/** Octets that the longest number or address needs as text. */
const TEXT_BYTES_MAX = 40;

export function compileMade<P extends Packet>(node: MadeNode, compilation: Compilation<P>): Operand<P> {
  const range: ByteRange = { bytes: compilation.scratch.bytes, offset: 0, length: 0 };
  if (node.kind === 'concat') return compileConcat(node.parts, range, compilation);
  const of = compilation.compileValue(node.of);
  const { scratch } = compilation;
  if (node.kind === 'case') return { range, load: caseOf(of, node.isUpper, range, scratch) };
  if (node.kind === 'hexstring') {
    const separator = compilation.compileValue(node.separator);
    return { range, load: hexOf(of, separator, range, scratch) };
  }
  const write = node.kind === 'address-text' ? writeAddress : numberWriter(node.octets, node.isSigned);
  return { range, load: textOf(of, write, range, scratch) };
}

function compileConcat<P extends Packet>(
  parts: readonly ValueNode[],
  range: ByteRange,
  compilation: Compilation<P>,
): Operand<P> {
  const operands = parts.map((part) => compilation.compileValue(part));
  const { scratch } = compilation;
  const load = (packet: P): void => {
    let length = 0;
    for (let i = 0; i < operands.length; i++) {
      operands[i]!.load(packet);
      length += operands[i]!.range.length;
    }
    range.offset = scratch.take(length);
    range.length = scratch.failed ? 0 : length;
    if (scratch.failed) return;
    let to = range.offset;
    for (let i = 0; i < operands.length; i++) to = append(operands[i]!.range, scratch.bytes, to);
  };
  return { range, load };
}

function append({ bytes, offset, length }: ByteRange, out: Uint8Array, to: number): number {
  for (let i = 0; i < length; i++) out[to + i] = bytes[offset + i]!;
  return to + length;
}

/** ASCII letters in the other case. */
function caseOf<P extends Packet>(
  of: Operand<P>,
  isUpper: boolean,
  range: ByteRange,
  scratch: Scratch,
): Operand<P>['load'] {
  const first = isUpper ? 0x61 : 0x41;
  return (packet) => {
    of.load(packet);
    const { bytes, offset, length } = of.range;
    range.offset = scratch.take(length);
    range.length = scratch.failed ? 0 : length;
    for (let i = 0; i < range.length; i++) {
      const octet = bytes[offset + i]!;
      scratch.bytes[range.offset + i] = octet >= first && octet < first + 26 ? octet ^ 0x20 : octet;
    }
  };
}

function hexOf<P extends Packet>(
  of: Operand<P>,
  separator: Operand<P>,
  range: ByteRange,
  scratch: Scratch,
): Operand<P>['load'] {
  return (packet) => {
    of.load(packet);
    separator.load(packet);
    const { bytes, offset, length } = of.range;
    const total = length === 0 ? 0 : 2 * length + separator.range.length * (length - 1);
    range.offset = scratch.take(total);
    range.length = scratch.failed ? 0 : total;
    if (scratch.failed) return;
    let to = range.offset;
    for (let i = 0; i < length; i++) {
      if (i > 0) to = append(separator.range, scratch.bytes, to);
      writeHex(scratch.bytes, to, bytes[offset + i]!);
      to += 2;
    }
  };
}

/** Writes the text of a value of the right size and returns its length; of another size -1. */
type Write = (of: ByteRange, bytes: Uint8Array, at: number) => number;

/** Nothing stays nothing; a value of a wrong size is an error, as in Kea. */
function textOf<P extends Packet>(
  of: Operand<P>,
  write: Write,
  range: ByteRange,
  scratch: Scratch,
): Operand<P>['load'] {
  return (packet) => {
    of.load(packet);
    range.length = 0;
    if (of.range.length === 0) return;
    range.offset = scratch.take(TEXT_BYTES_MAX);
    if (scratch.failed) return;
    const length = write(of.range, scratch.bytes, range.offset);
    if (length < 0) scratch.failed = true;
    else range.length = length;
  };
}

function writeAddress(of: ByteRange, bytes: Uint8Array, at: number): number {
  if (of.length === 4) return writeIpv4(bytes, at, of.bytes, of.offset);
  return of.length === 16 ? writeIpv6(bytes, at, of.bytes, of.offset) : -1;
}

function numberWriter(octets: number, isSigned: boolean): Write {
  const shift = 32 - 8 * octets;
  return (of, bytes, at) => {
    if (of.length !== octets) return -1;
    let value = 0;
    for (let i = 0; i < octets; i++) value = (value << 8) | of.bytes[of.offset + i]!;
    const number = isSigned ? (value << shift) >> shift : (value << shift) >>> shift;
    return writeDecimal(bytes, at, number);
  };
}
