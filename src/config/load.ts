/**
 * The way into the configuration: from a file, a text or a parsed document to a frozen `ServerConfig`, or to the list of
 * everything that is wrong with it.
 */
import { deepFreeze } from './freeze.ts';
import type { ServerConfig } from './model.ts';
import { child, describe, type Problem, quote } from './problem.ts';
import { Report } from './report.ts';
import { isMap } from './schema/collections.ts';
import { readDhcp4 } from './sections/dhcp4/dhcp4.ts';
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

export type LoadResult =
  | {
      readonly ok: true;
      /** Deeply frozen; can be handed to a worker thread. */
      readonly config: ServerConfig;
      /** The whole document as read, `{ "Dhcp4": ... }`. */
      readonly document: Readonly<Record<string, unknown>>;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Reads and checks a configuration file. Never throws. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  const text = readConfigFile(path);
  if (typeof text === 'string') return parseConfig(text, path, options);
  const problem = { file: path, line: null, column: null, path: '', found: text.reason };
  return { ok: false, problems: [{ ...problem, expected: 'a readable configuration file' }], warnings: [] };
}

/**
 * Checks a configuration text. Never throws.
 * @param fileName how the text is called in problems
 */
export function parseConfig(text: string, fileName: string, options: LoadOptions = {}): LoadResult {
  const report = new Report(options.ignoreUnsupported === true, options.allowOutdated === true);
  const document = parseConfigText(text, fileName, report);
  return document === undefined ? failed(report) : check(document, options, report);
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
  const report = new Report(options.ignoreUnsupported === true, options.allowOutdated === true);
  const fault = findDocumentFault(document);
  if (fault === null) return check(document, options, report);
  report.error(fault.at, fault.found, fault.expected);
  return failed(report);
}

function check(document: unknown, options: LoadOptions, report: Report): LoadResult {
  const at = child(null, 'Dhcp4');
  if (!isMap(document)) report.error(null, describe(document), 'a map with the key "Dhcp4"');
  else if (!Object.hasOwn(document, 'Dhcp4')) report.error(at, 'nothing', 'a map');
  else {
    refuseOthers(document, report);
    const choices = { thisServerName: options.thisServerName ?? null };
    const config = readDhcp4(document['Dhcp4'], choices, at, report);
    if (config !== null && !report.hasErrors)
      return { ok: true, config: deepFreeze(config), document, warnings: report.warnings() };
  }
  return failed(report);
}

/** A file for several servers is no file for one, as in Kea. `hash` is what config-get adds to the document it answers. */
function refuseOthers(document: Readonly<Record<string, unknown>>, report: Report): void {
  for (const key of Object.keys(document)) {
    if (key === 'Dhcp4' || key === 'hash') continue;
    report.error(child(null, key), `the key ${quote(key)} beside "Dhcp4"`, '"Dhcp4" alone', 'key');
  }
}

function failed(report: Report): LoadResult {
  return { ok: false, problems: report.errors(), warnings: report.warnings() };
}
