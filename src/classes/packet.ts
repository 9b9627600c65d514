/** What expressions see of a query, and how they are compiled for the queries of a family. */
import type { ByteRange } from '../base/byte-range.ts';
import type { ClassSet } from './class-set.ts';
import type { OptionNode, QueryNode } from './syntax-tree.ts';

/** A query in work, of either family. */
export interface Packet {
  readonly classes: ClassSet;
}

/** A test, compiled. */
export type Test<P extends Packet> = (packet: P) => boolean;

/** A value, compiled: `load` makes `range` what the expression says of the query. */
export interface Operand<P extends Packet> {
  readonly range: ByteRange;
  readonly load: (packet: P) => void;
}

/** Finds what a node names: true and `range` is its payload, or false and `range` is empty. */
export type Find<P extends Packet> = (packet: P, range: ByteRange) => boolean;

/** What compiles the parts of expressions that look into a query: each family has its own, and a program one of them. */
export interface QueryAccess<P extends Packet> {
  /** Digits of an option's code and length where they are written for people. */
  readonly codeDigits: number;
  /** Whether an option is text. */
  isText(node: OptionNode): boolean;
  finder(node: OptionNode): Find<P>;
  value(node: QueryNode): Operand<P>;
}
