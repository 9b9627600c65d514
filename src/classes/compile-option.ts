/** Closures for what a query may have: options of either family, whatever finds them. */
import { emptyRange } from '../base/byte-range.ts';
import { dumpLength, writeDump } from './option-text.ts';
import type { Find, Operand, Packet, QueryAccess, Test } from './packet.ts';
import type { Scratch } from './scratch.ts';
import type { OptionNode } from './syntax-tree.ts';

export function compileExists<P extends Packet>(node: OptionNode, access: QueryAccess<P>): Test<P> {
  const find = access.finder(node);
  const range = emptyRange();
  return (packet) => find(packet, range);
}

export function compileOption<P extends Packet>(
  node: OptionNode,
  isText: boolean,
  access: QueryAccess<P>,
  scratch: Scratch,
): Operand<P> {
  const find = access.finder(node);
  if (isText && !access.isText(node)) return dumped(find, codeOf(node), access.codeDigits, scratch);
  const range = emptyRange();
  const load = (packet: P): void => {
    find(packet, range);
  };
  return { range, load };
}

function codeOf(node: OptionNode): number {
  if (node.space === 'message') return node.path.at(-1)!;
  return node.space === 'vendor' ? (node.code ?? node.option) : node.code;
}

/** What Kea writes of an option that is no text: for people. */
function dumped<P extends Packet>(find: Find<P>, code: number, digits: number, scratch: Scratch): Operand<P> {
  const range = emptyRange();
  const load = (packet: P): void => {
    if (!find(packet, range)) return;
    const length = dumpLength(range.length, digits);
    const offset = scratch.take(length);
    if (scratch.failed) return;
    writeDump(code, digits, range, scratch.bytes, offset);
    range.bytes = scratch.bytes;
    range.offset = offset;
    range.length = length;
  };
  return { range, load };
}
