/** How long replies can be, by the configuration of a DHCPv6 server. */
import type { ServerConfig6 } from '../../../config/dhcp6/model.ts';
import { OPTION_HEADER_BYTES } from '../../../dhcp6/codes.ts';
import { encodedLength, replyBytesFor } from '../../../dhcp6/reply-size.ts';
import { flexSizes } from '../../reply/flex-size.ts';
import { scopesOf6 } from './reply-plan.ts';

const ENTERPRISE_BYTES = 4;
/** Of a query that a value of flex_option is made of: options of clients are hardly ever longer. */
const SENT_BYTES = 255;

/** Octets of a slot: only a message of very many identity associations has a longer reply, and gets none. */
export function longestReplyBytes6(config: ServerConfig6): number {
  const longest = new Map<string, number>();
  for (const { options, vendorOptions } of scopesOf6(config)) {
    for (const { code, data } of options) note(longest, `${code}`, data.length);
    for (const { code, data, enterprise } of vendorOptions)
      note(longest, `${enterprise}.${code}`, data.length + OPTION_HEADER_BYTES + ENTERPRISE_BYTES);
  }
  for (const { code, container, bytes } of flexSizes(config.hooks.flexOption, SENT_BYTES))
    if (container === '') note(longest, `${code}`, bytes);
    else note(longest, `flex ${container} ${code}`, bytes + OPTION_HEADER_BYTES + ENTERPRISE_BYTES);
  let bytes = 0;
  for (const length of longest.values()) bytes += encodedLength(length);
  return replyBytesFor(bytes);
}

function note(longest: Map<string, number>, key: string, length: number): void {
  longest.set(key, Math.max(longest.get(key) ?? 0, length));
}
