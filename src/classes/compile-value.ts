/**
 * Makes closures of the values in expressions. Each has a range of octets of its own, made here once: it points into the
 * datagram, at a constant, or into the scratch where the value had to be made.
 */
import { type ByteRange, emptyRange } from '../base/byte-range.ts';
import { compileMade } from './compile-made.ts';
import { compileOption } from './compile-option.ts';
import type { Operand, Packet, QueryAccess, Test } from './packet.ts';
import type { Scratch } from './scratch.ts';
import type { TestNode, ValueNode } from './syntax-tree.ts';

/** What all parts of the expressions of a shard share. */
export interface Compilation<P extends Packet> {
  readonly scratch: Scratch;
  readonly access: QueryAccess<P>;
  readonly compileTest: (node: TestNode) => Test<P>;
  readonly compileValue: (node: ValueNode) => Operand<P>;
}

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

export function compileValue<P extends Packet>(node: ValueNode, compilation: Compilation<P>): Operand<P> {
  switch (node.kind) {
    case 'literal':
      return compileLiteral(node.octets);
    case 'option':
      return compileOption(node.of, node.isText, compilation.access, compilation.scratch);
    case 'field':
    case 'enterprise':
    case 'vendor-data':
    case 'relay-address':
      return compilation.access.value(node);
    case 'substring':
      return compileSubstring(node, compilation);
    case 'split':
      return compileSplit(node, compilation);
    case 'choose':
      return compileChoice(node, compilation);
    default:
      return compileMade(node, compilation);
  }
}

function compileLiteral<P extends Packet>(octets: Uint8Array): Operand<P> {
  return { range: { bytes: octets, offset: 0, length: octets.length }, load: () => undefined };
}

function isInt32(value: number): boolean {
  return value >= INT32_MIN && value <= INT32_MAX;
}

/** Where a part of a string starts and ends; Kea counts a negative length before the start. */
function compileSubstring<P extends Packet>(
  node: ValueNode & { kind: 'substring' },
  compilation: Compilation<P>,
): Operand<P> {
  const of = compileValue(node.of, compilation);
  const range = emptyRange();
  const { start, length } = node;
  const { scratch } = compilation;
  const isWrong = !isInt32(start) || (length !== null && !isInt32(length));
  const load = (packet: P): void => {
    of.load(packet);
    const whole = of.range.length;
    range.bytes = of.range.bytes;
    range.length = 0;
    if (whole === 0) return;
    if (isWrong) scratch.failed = true;
    if (isWrong || start < -whole || start >= whole) return;
    const first = start < 0 ? whole + start : start;
    const wanted = length ?? whole;
    const from = wanted < 0 ? Math.max(0, first + wanted) : first;
    const to = wanted < 0 ? first : Math.min(whole, first + wanted);
    range.offset = of.range.offset + from;
    range.length = to - from;
  };
  return { range, load };
}

function compileSplit<P extends Packet>(
  node: ValueNode & { kind: 'split' },
  compilation: Compilation<P>,
): Operand<P> {
  const of = compileValue(node.of, compilation);
  const delimiters = compileValue(node.delimiters, compilation);
  const range = emptyRange();
  const { field } = node;
  const { scratch } = compilation;
  const load = (packet: P): void => {
    of.load(packet);
    delimiters.load(packet);
    range.bytes = of.range.bytes;
    range.length = 0;
    if (of.range.length === 0) return;
    if (!isInt32(field)) scratch.failed = true;
    else if (field > 0) findField(of.range, delimiters.range, field, range);
  };
  return { range, load };
}

/** Fields count from 1; each octet of `delimiters` ends one, without any the string is one field. */
function findField(of: ByteRange, delimiters: ByteRange, field: number, out: ByteRange): void {
  const end = of.offset + of.length;
  let from = of.offset;
  let number = 1;
  for (let at = from; at <= end; at++) {
    if (at < end && !contains(delimiters, of.bytes[at]!)) continue;
    if (number === field) {
      out.offset = from;
      out.length = at - from;
      return;
    }
    number += 1;
    from = at + 1;
  }
}

function contains({ bytes, offset, length }: ByteRange, octet: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[offset + i] === octet) return true;
  return false;
}

function compileChoice<P extends Packet>(
  node: ValueNode & { kind: 'choose' },
  compilation: Compilation<P>,
): Operand<P> {
  const test = compilation.compileTest(node.test);
  const then = compileValue(node.then, compilation);
  const otherwise = compileValue(node.otherwise, compilation);
  const range = emptyRange();
  const { isStrict } = node;
  const load = (packet: P): void => {
    const isThen = test(packet);
    if (isThen || isStrict) then.load(packet);
    if (!isThen || isStrict) otherwise.load(packet);
    copyRange(isThen ? then.range : otherwise.range, range);
  };
  return { range, load };
}

export function copyRange(from: ByteRange, to: ByteRange): void {
  to.bytes = from.bytes;
  to.offset = from.offset;
  to.length = from.length;
}
