/**
 * The way into the configuration: from a file, a text or a parsed document to a frozen `ServerConfig`, or to the list of
 * everything that is wrong with it. A file is of one family: those who serve DHCPv4 take `Dhcp4` alone, those who take either are
 * told which it is.
 */
import type { ServerConfig6 } from './dhcp6/model.ts';
import { deepFreeze } from './freeze.ts';
import type { ServerConfig } from './model.ts';
import { child, describe, type Path, type Problem, quote } from './problem.ts';
import { Report } from './report.ts';
import { isMap } from './schema/collections.ts';
import { readDhcp4 } from './sections/dhcp4/dhcp4.ts';
import { readDhcp6 } from './sections/dhcp6/dhcp6.ts';
import type { Choices } from './sections/global.ts';
import { findDocumentFault } from './syntax/document.ts';
import { readConfigFile } from './syntax/include.ts';
import { parseConfigText } from './syntax/text.ts';

export interface LoadOptions {
  /** True turns what Kea knows and Tandem does not implement into warnings. Default false. */
  readonly ignoreUnsupported?: boolean;
  /** Takes the place of the relationship's `this-server-name`, so that both servers of a pair can read one file. */
  readonly thisServerName?: string;
  /** True takes certificates that are expired or not valid yet, with a warning, as Kea does. Default false. */
  readonly allowOutdated?: boolean;
}

interface Loaded<C> {
  readonly ok: true;
  /** Deeply frozen; can be handed to a worker thread. */
  readonly config: C;
  /** The whole document as read, `{ "Dhcp4": ... }` or `{ "Dhcp6": ... }`. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Problem[];
}

interface Refused {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export type LoadResult = Loaded<ServerConfig> | Refused;

/** What a file of either family is. */
export type AnyLoadResult =
  | (Loaded<ServerConfig> & { readonly family: 4 })
  | (Loaded<ServerConfig6> & { readonly family: 6 })
  | Refused;

/** Reads and checks a configuration file of DHCPv4. Never throws. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  const text = readConfigFile(path);
  return typeof text === 'string' ? parseConfig(text, path, options) : unreadable(path, text.reason);
}

/** Reads and checks a configuration file of either family. Never throws. */
export function loadAnyConfig(path: string, options: LoadOptions = {}): AnyLoadResult {
  const text = readConfigFile(path);
  return typeof text === 'string' ? parseAnyConfig(text, path, options) : unreadable(path, text.reason);
}

function unreadable(path: string, found: string): Refused {
  const problem = { file: path, line: null, column: null, path: '', found };
  return { ok: false, problems: [{ ...problem, expected: 'a readable configuration file' }], warnings: [] };
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

/** The same of either family. */
export function parseAnyConfig(text: string, fileName: string, options: LoadOptions = {}): AnyLoadResult {
  const report = reportFor(options);
  const document = parseConfigText(text, fileName, report);
  if (document === undefined) return failed(report);
  const isDhcp6 = isMap(document) && Object.hasOwn(document, 'Dhcp6') && !Object.hasOwn(document, 'Dhcp4');
  if (!isDhcp6) {
    const result = check(document, { ...DHCP4, expected: '"Dhcp4" or "Dhcp6"' }, options, report);
    return result.ok ? { ...result, family: 4 } : result;
  }
  const result = check(document, DHCP6, options, report);
  return result.ok ? { ...result, family: 6 } : result;
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

/** The server that a file is for, by the one key of its document. */
interface Server<C> {
  readonly key: 'Dhcp4' | 'Dhcp6';
  /** The keys that are right, for who finds none. */
  readonly expected: string;
  readonly read: (value: unknown, choices: Choices, at: Path, report: Report) => C | null;
}

const DHCP4: Server<ServerConfig> = { key: 'Dhcp4', expected: '"Dhcp4"', read: readDhcp4 };
const DHCP6: Server<ServerConfig6> = { key: 'Dhcp6', expected: '"Dhcp6"', read: readDhcp6 };

function reportFor({ ignoreUnsupported, allowOutdated }: LoadOptions): Report {
  return new Report(ignoreUnsupported === true, allowOutdated === true);
}

function check<C extends object>(
  document: unknown,
  { key, expected, read }: Server<C>,
  options: LoadOptions,
  report: Report,
): Loaded<C> | Refused {
  const at = child(null, key);
  if (!isMap(document)) report.error(null, describe(document), `a map with the key ${expected}`);
  else if (!Object.hasOwn(document, key)) report.error(at, 'nothing', 'a map');
  else {
    refuseOthers(document, key, report);
    const choices = { thisServerName: options.thisServerName ?? null };
    const config = read(document[key], choices, at, report);
    if (config !== null && !report.hasErrors)
      return { ok: true, config: deepFreeze(config), document, warnings: report.warnings() };
  }
  return failed(report);
}

/** A file for several servers is no file for one, as in Kea. `hash` is what config-get adds to the document it answers. */
function refuseOthers(document: Readonly<Record<string, unknown>>, own: string, report: Report): void {
  for (const key of Object.keys(document)) {
    if (key === own || key === 'hash') continue;
    report.error(child(null, key), `the key ${quote(key)} beside "${own}"`, `"${own}" alone`, 'key');
  }
}

function failed(report: Report): Refused {
  return { ok: false, problems: report.errors(), warnings: report.warnings() };
}
