/** How long replies of a configuration can become: what the reply slots are made for. */
import type { ServerConfig } from '../../config/model.ts';
import { encodedLength, OPTION_PART_BYTES, replyBytesFor } from '../../dhcp4/reply-size.ts';
import { flexSizes } from './flex-size.ts';
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
  // Room for an option in one part; of one in parts the reply has the room that the echoes leave.
  for (const { code, container, bytes } of flexSizes(config.hooks.flexOption, OPTION_PART_BYTES))
    if (container === '') note(`${code * 2 ** 32}`, encodedLength(bytes));
    else note(`flex ${container} ${code}`, ENTERPRISE_BYTES + encodedLength(bytes));
  return replyBytesFor([...longest.values()].reduce((sum, bytes) => sum + bytes, 0));
}
