/**
 * Finds out which tests can only be true when a value of the query is one of certain constants, so that of a thousand such
 * tests the few that matter are looked up at once.
 */
import type { QueryNode, TestNode, ValueNode } from './syntax-tree.ts';

/** A value and a constant that it must be equal to. */
export interface Key {
  /** The same for the same value. */
  readonly name: string;
  readonly value: ValueNode;
  readonly constant: Uint8Array;
}

/** Of which at least one must hold for the test to be true; null when nothing can be said. */
export function keysOf(node: TestNode): readonly Key[] | null {
  switch (node.kind) {
    case 'equal':
      return keyOf(node.left, node.right) ?? keyOf(node.right, node.left);
    case 'and':
      // What is strict must be evaluated for the sake of its errors.
      return node.isStrict ? null : fewest(node.terms.map(keysOf));
    case 'or':
      return node.isStrict ? null : all(node.terms.map(keysOf));
    default:
      return null;
  }
}

function keyOf(value: ValueNode, constant: ValueNode): readonly Key[] | null {
  if (constant.kind !== 'literal' || !isPlain(value)) return null;
  const name = JSON.stringify(value);
  return [{ name, value, constant: constant.octets }];
}

const QUERY_NODES: ReadonlySet<ValueNode['kind']> = new Set([
  'field',
  'enterprise',
  'vendor-data',
  'relay-address',
] satisfies QueryNode['kind'][]);

/** Values that cannot fail, do not depend on classes and need no scratch. */
function isPlain(node: ValueNode): boolean {
  if (node.kind === 'substring') {
    const isInt32 = Math.abs(node.start) < 2 ** 31 && Math.abs(node.length ?? 0) < 2 ** 31;
    return isInt32 && isPlain(node.of);
  }
  if (node.kind === 'option') return !node.isText || node.of.space === 'message';
  return QUERY_NODES.has(node.kind);
}

function fewest(candidates: readonly (readonly Key[] | null)[]): readonly Key[] | null {
  let best: readonly Key[] | null = null;
  for (const keys of candidates)
    if (keys !== null && (best === null || keys.length < best.length)) best = keys;
  return best;
}

function all(candidates: readonly (readonly Key[] | null)[]): readonly Key[] | null {
  const keys: Key[] = [];
  for (const each of candidates) {
    if (each === null) return null;
    keys.push(...each);
  }
  return keys;
}
