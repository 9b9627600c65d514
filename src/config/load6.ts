/** The way into the configuration of a DHCPv6 server; see load.ts. */
import type { Loaded, LoadOptions, Refused, Server } from './check.ts';
import type { ServerConfig6 } from './dhcp6/model.ts';
import { readServerText } from './read.ts';
import { readDhcp6 } from './sections/dhcp6/dhcp6.ts';

export type LoadResult6 = Loaded<ServerConfig6> | Refused;

export const DHCP6: Server<ServerConfig6> = { key: 'Dhcp6', family: 6, expected: '"Dhcp6"', read: readDhcp6 };

/**
 * Checks a configuration text of DHCPv6. Never throws.
 * @param fileName how the text is called in problems
 */
export function parseConfig6(text: string, fileName: string, options: LoadOptions = {}): LoadResult6 {
  return readServerText(DHCP6, text, fileName, options);
}
