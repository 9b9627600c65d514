/** The ways into the configuration of a server of either family: a file, a text, or a document that is parsed already. */
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
import { Report } from './report.ts';
import { isMap } from './schema/collections.ts';
import { findDocumentFault } from './syntax/document.ts';
import { readConfigFile } from './syntax/include.ts';
import { parseConfigText } from './syntax/text.ts';

/** Reads and checks a configuration file. Never throws. */
export function readServerFile<C extends object>(
  server: Server<C>,
  path: string,
  options: LoadOptions,
): Loaded<C> | Refused {
  const text = readConfigFile(path);
  return typeof text === 'string'
    ? readServerText(server, text, path, options)
    : unreadable(path, text.reason);
}

/**
 * Checks a configuration text. Never throws.
 * @param fileName how the text is called in problems
 */
export function readServerText<C extends object>(
  server: Server<C>,
  text: string,
  fileName: string,
  options: LoadOptions,
): Loaded<C> | Refused {
  const report = reportFor(options);
  const document = parseConfigText(text, fileName, report);
  return document === undefined ? failed(report) : check(document, server, options, report);
}

/**
 * Checks a document that came as parsed JSON, such as the arguments of config-set; problems have no positions then. Never
 * throws.
 * @param document `{ "Dhcp4": ... }` or `{ "Dhcp6": ... }`; it is neither changed nor copied
 */
export function readServerDocument<C extends object>(
  server: Server<C>,
  document: unknown,
  options: LoadOptions,
): Loaded<C> | Refused {
  const report = reportFor(options);
  const fault = findDocumentFault(document);
  if (fault === null) return check(document, server, options, report);
  report.error(fault.at, fault.found, fault.expected);
  return failed(report);
}

/** Whether a text is that of a configuration file of such a server, whatever stands in its map. Never throws. */
export function isServerText({ key }: Pick<Server<unknown>, 'key'>, text: string): boolean {
  const document = parseConfigText(text, '', new Report(true, true));
  return isMap(document) && Object.hasOwn(document, key);
}
