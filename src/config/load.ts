/**
 * The way into the configuration of a DHCPv4 server: from a file, a text or a parsed document to a frozen `ServerConfig`, or to
 * the list of everything that is wrong with it.
 */
import {
  check,
  failed,
  type Loaded,
  type LoadOptions,
  type Refused,
  reportFor,
  type Server,
  unreadable,
} from './check.ts';
import type { ServerConfig } from './model.ts';
import { Report } from './report.ts';
import { isMap } from './schema/collections.ts';
import { readDhcp4 } from './sections/dhcp4/dhcp4.ts';
import { findDocumentFault } from './syntax/document.ts';
import { readConfigFile } from './syntax/include.ts';
import { parseConfigText } from './syntax/text.ts';

export type { LoadOptions } from './check.ts';

export type LoadResult = Loaded<ServerConfig> | Refused;

export const DHCP4: Server<ServerConfig> = { key: 'Dhcp4', expected: '"Dhcp4"', read: readDhcp4 };

/** Reads and checks a configuration file of DHCPv4. Never throws. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  const text = readConfigFile(path);
  return typeof text === 'string' ? parseConfig(text, path, options) : unreadable(path, text.reason);
}

/**
 * Checks a configuration text of DHCPv4. Never throws.
 * @param fileName how the text is called in problems
 */
export function parseConfig(text: string, fileName: string, options: LoadOptions = {}): LoadResult {
  const report = reportFor(options);
  const document = parseConfigText(text, fileName, report);
  return document === undefined ? failed(report) : check(document, DHCP4, options, report);
}

/** Whether a text is that of a configuration file, whatever stands in its `Dhcp4` map. Never throws. */
export function isConfigText(text: string): boolean {
  const document = parseConfigText(text, '', new Report(true, true));
  return isMap(document) && Object.hasOwn(document, 'Dhcp4');
}

/**
 * Checks a document that came as parsed JSON, such as the arguments of config-set; problems have no positions then. Never
 * throws.
 * @param document `{ "Dhcp4": ... }`; it is neither changed nor copied
 */
export function checkDocument(document: unknown, options: LoadOptions = {}): LoadResult {
  const report = reportFor(options);
  const fault = findDocumentFault(document);
  if (fault === null) return check(document, DHCP4, options, report);
  report.error(fault.at, fault.found, fault.expected);
  return failed(report);
}
