/** Which classes depend on whether the client has a reservation: they wait until its hosts have been looked up. */
import type { ExpressedClass } from '../config/class-model.ts';
import type { TestNode, ValueNode } from './syntax-tree.ts';

/** The names of those classes, which depend on KNOWN or UNKNOWN themselves or through classes before them. */
export function dependentOnKnown(configs: readonly ExpressedClass[]): ReadonlySet<string> {
  const dependent = new Set(['KNOWN', 'UNKNOWN']);
  for (const { name, test, templateTest } of configs) {
    const members = test !== null ? membersOf(test) : templateTest === null ? [] : membersOf(templateTest);
    if (members.some((each) => dependent.has(each))) dependent.add(name);
  }
  return dependent;
}

/** The classes that an expression asks for. */
export function membersOf(node: TestNode | ValueNode): readonly string[] {
  if (node.kind === 'member') return [node.name];
  return childrenOf(node).flatMap(membersOf);
}

function childrenOf(node: TestNode | ValueNode): readonly (TestNode | ValueNode)[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms;
    case 'not':
      return [node.term];
    case 'equal':
      return [node.left, node.right];
    case 'concat':
      return node.parts;
    case 'choose':
      return [node.test, node.then, node.otherwise];
    case 'split':
      return [node.of, node.delimiters];
    case 'hexstring':
      return [node.of, node.separator];
    case 'match':
    case 'substring':
    case 'case':
    case 'address-text':
    case 'number-text':
      return [node.of];
    default:
      return [];
  }
}
