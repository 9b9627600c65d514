/** Makes closures of tests. They read octets where they stand; nothing is allocated when they run. */
import { equalRanges, equalsOctets } from '../base/byte-range.ts';
import type { ClassIds } from './class-ids.ts';
import { compileExists } from './compile-option.ts';
import { compileValue } from './compile-value.ts';
import type { Operand, Packet, QueryAccess, Test } from './packet.ts';
import { compileRegExp } from './regexp.ts';
import type { Scratch } from './scratch.ts';
import type { TestNode, ValueNode } from './syntax-tree.ts';

export class Compiler<P extends Packet> {
  readonly #scratch: Scratch;
  readonly #ids: ClassIds;
  readonly #access: QueryAccess<P>;

  /**
   * @param ids gets the classes that `member` asks for
   * @param access of the family whose queries will be looked at
   */
  constructor(scratch: Scratch, ids: ClassIds, access: QueryAccess<P>) {
    this.#access = access;
    this.#scratch = scratch;
    this.#ids = ids;
  }

  value(node: ValueNode): Operand<P> {
    return compileValue(node, {
      scratch: this.#scratch,
      access: this.#access,
      compileTest: (inner) => this.test(inner),
      compileValue: (inner) => this.value(inner),
    });
  }

  test(node: TestNode): Test<P> {
    switch (node.kind) {
      case 'and':
      case 'or':
        return this.#joint(node);
      case 'not': {
        const term = this.test(node.term);
        return (packet) => !term(packet);
      }
      case 'equal':
        return this.#equal(node.left, node.right);
      case 'exists':
        return compileExists(node.of, this.#access);
      case 'member': {
        const id = this.#ids.intern(node.name);
        return (packet) => packet.classes.has(id);
      }
      case 'match':
        return this.#match(node.pattern, node.of);
    }
  }

  #joint(node: TestNode & { kind: 'and' | 'or' }): Test<P> {
    const terms = node.terms.map((term) => this.test(term));
    /** The outcome of one term that decides. */
    const decisive = node.kind === 'or';
    if (node.isStrict)
      return (packet) => {
        let outcome = !decisive;
        for (let i = 0; i < terms.length; i++) if (terms[i]!(packet) === decisive) outcome = decisive;
        return outcome;
      };
    if (terms.length === 2) {
      const [first, second] = terms as [Test<P>, Test<P>];
      return decisive
        ? (packet) => first(packet) || second(packet)
        : (packet) => first(packet) && second(packet);
    }
    return (packet) => {
      for (let i = 0; i < terms.length; i++) if (terms[i]!(packet) === decisive) return decisive;
      return !decisive;
    };
  }

  #equal(leftNode: ValueNode, rightNode: ValueNode): Test<P> {
    if (leftNode.kind === 'literal' && rightNode.kind !== 'literal') return this.#equal(rightNode, leftNode);
    const left = this.value(leftNode);
    if (rightNode.kind === 'literal') {
      const { octets } = rightNode;
      return (packet) => {
        left.load(packet);
        return equalsOctets(left.range, octets);
      };
    }
    const right = this.value(rightNode);
    return (packet) => {
      left.load(packet);
      right.load(packet);
      return equalRanges(left.range, right.range);
    };
  }

  #match(pattern: Uint8Array, of: ValueNode): Test<P> {
    const compiled = compileRegExp(pattern);
    if (!compiled.ok) throw new Error(`a pattern that was checked: expected ${compiled.expected}`);
    const { matcher } = compiled;
    const value = this.value(of);
    return (packet) => {
      value.load(packet);
      return matcher.matches(value.range.bytes, value.range.offset, value.range.length);
    };
  }
}
