/** How long what the flex_option library puts into replies can become. */
import type { ValueNode } from '../../classes/syntax-tree.ts';
import type { FlexAction, FlexEntriesConfig } from '../../config/hook-model.ts';

/** Octets of the payload that an entry makes. */
export interface FlexSize {
  readonly code: number;
  /** Which option the sub-option is in; '' = it is none. */
  readonly container: string;
  readonly bytes: number;
}

/**
 * Room for what the entries make. A client may send more than was thought of: such a reply has the room that others leave, and is
 * dropped when that is not enough.
 * @param sentBytes octets that a value of the query is taken for
 */
export function* flexSizes(config: FlexEntriesConfig | null, sentBytes: number): Generator<FlexSize> {
  const { options = [], subOptions = [] } = config ?? {};
  for (const { code, action } of options)
    if (action.kind !== 'remove') yield { code, container: '', bytes: flexBytes(action, sentBytes) };
  for (const { container, enterprise, code, action } of subOptions)
    if (action.kind !== 'remove')
      yield { code, container: `${container} ${enterprise}`, bytes: flexBytes(action, sentBytes) };
}

function flexBytes(
  { value, definition }: Exclude<FlexAction, { readonly kind: 'remove' }>,
  sentBytes: number,
): number {
  const bytes = valueBytes(value, sentBytes);
  // A list of one-digit numbers grows: a digit and its comma may be four octets.
  return definition === null ? bytes : 4 * bytes;
}

/** Octets of a value, what comes from the query taken for so many. */
function valueBytes(node: ValueNode, sentBytes: number): number {
  switch (node.kind) {
    case 'literal':
      return node.octets.length;
    case 'concat':
      return node.parts.reduce((sum, part) => sum + valueBytes(part, sentBytes), 0);
    case 'choose':
      return Math.max(valueBytes(node.then, sentBytes), valueBytes(node.otherwise, sentBytes));
    case 'case':
      return valueBytes(node.of, sentBytes);
    case 'hexstring':
      return (2 + valueBytes(node.separator, sentBytes)) * valueBytes(node.of, sentBytes);
    case 'substring':
      return Math.min(Math.abs(node.length ?? sentBytes), valueBytes(node.of, sentBytes));
    default:
      return sentBytes;
  }
}
