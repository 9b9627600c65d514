/**
 * The way into the configuration of a DHCPv4 server: from a file, a text or a parsed document to a frozen `ServerConfig`, or to
 * the list of everything that is wrong with it.
 */
import type { Loaded, LoadOptions, Refused, Server } from './check.ts';
import type { ServerConfig } from './model.ts';
import { readServerDocument, readServerFile, readServerText } from './read.ts';
import { readDhcp4 } from './sections/dhcp4/dhcp4.ts';

export type { LoadOptions } from './check.ts';

export type LoadResult = Loaded<ServerConfig> | Refused;

export const DHCP4: Server<ServerConfig> = { key: 'Dhcp4', family: 4, expected: '"Dhcp4"', read: readDhcp4 };

/** Reads and checks a configuration file of DHCPv4. Never throws. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  return readServerFile(DHCP4, path, options);
}

/**
 * Checks a configuration text of DHCPv4. Never throws.
 * @param fileName how the text is called in problems
 */
export function parseConfig(text: string, fileName: string, options: LoadOptions = {}): LoadResult {
  return readServerText(DHCP4, text, fileName, options);
}

/** Checks a document of DHCPv4 that came as parsed JSON, `{ "Dhcp4": ... }`; see `readServerDocument`. Never throws. */
export function checkDocument(document: unknown, options: LoadOptions = {}): LoadResult {
  return readServerDocument(DHCP4, document, options);
}
