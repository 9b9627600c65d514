/** How long replies of a configuration can become: what the reply slots are made for. */
import type { ValueNode } from '../../classes/syntax-tree.ts';
import type { FlexAction } from '../../config/hook-model.ts';
import type { ServerConfig } from '../../config/model.ts';
import { encodedLength, OPTION_PART_BYTES, replyBytesFor } from '../../dhcp4/reply-size.ts';
import { keyOfOption } from './option-merge.ts';
import { scopesOf } from './option-scopes.ts';

/** Code, length, enterprise number and length of its data, with room for the parts of a long option (RFC 3396). */
const ENTERPRISE_BYTES = 2 + 5;

/**
 * Octets of the longest reply, with all options asked for: of each option the longest that any scope has. Which scopes meet
 * in one reply, the clients decide.
 */
export function longestReplyBytes(config: ServerConfig): number {
  const longest = new Map<string, number>();
  const note = (key: string, bytes: number): void => {
    longest.set(key, Math.max(longest.get(key) ?? 0, bytes));
  };
  for (const { options, vendorOptions } of scopesOf(config)) {
    for (const option of options)
      note(`${keyOfOption(option)}`, encodedLength(option.data.length, option.parts));
    for (const { enterprise, code, data, parts } of vendorOptions) {
      note(`vendor ${enterprise}`, ENTERPRISE_BYTES);
      note(`vendor ${enterprise} ${code}`, encodedLength(data.length, parts));
    }
  }
  noteFlexOptions(config, note);
  return replyBytesFor([...longest.values()].reduce((sum, bytes) => sum + bytes, 0));
}

/**
 * Room for what the flex_option library makes: a value that comes from the query is taken for an option in one part, though the
 * client may send more of it. Such a reply has the room that the echoes leave, and is dropped when that is not enough.
 */
function noteFlexOptions({ hooks }: ServerConfig, note: (key: string, bytes: number) => void): void {
  const { options = [], subOptions = [] } = hooks.flexOption ?? {};
  for (const { code, action } of options)
    if (action.kind !== 'remove') note(`${code * 2 ** 32}`, encodedLength(flexBytes(action)));
  for (const { container, enterprise, code, action } of subOptions)
    if (action.kind !== 'remove')
      note(`flex ${container} ${enterprise} ${code}`, ENTERPRISE_BYTES + encodedLength(flexBytes(action)));
}

function flexBytes({ value, definition }: Exclude<FlexAction, { readonly kind: 'remove' }>): number {
  const bytes = valueBytes(value);
  // A list of one-digit numbers grows: a digit and its comma may be four octets.
  return definition === null ? bytes : 4 * bytes;
}

/** Octets of a value, what comes from the query taken for the longest payload of one part. */
function valueBytes(node: ValueNode): number {
  switch (node.kind) {
    case 'literal':
      return node.octets.length;
    case 'concat':
      return node.parts.reduce((sum, part) => sum + valueBytes(part), 0);
    case 'choose':
      return Math.max(valueBytes(node.then), valueBytes(node.otherwise));
    case 'case':
      return valueBytes(node.of);
    case 'hexstring':
      return (2 + valueBytes(node.separator)) * valueBytes(node.of);
    case 'substring':
      return Math.min(Math.abs(node.length ?? OPTION_PART_BYTES), valueBytes(node.of));
    default:
      return OPTION_PART_BYTES;
  }
}
