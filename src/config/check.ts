/** A document of a configuration file to a frozen configuration, or to the list of everything that is wrong with it. */
import { deepFreeze } from './freeze.ts';
import { child, describe, type Path, type Problem, quote } from './problem.ts';
import { Report } from './report.ts';
import { isMap } from './schema/collections.ts';
import type { Choices } from './sections/global.ts';

export interface LoadOptions {
  /** True turns what Kea knows and Tandem does not implement into warnings. Default false. */
  readonly ignoreUnsupported?: boolean;
  /** Takes the place of the relationship's `this-server-name`, so that both servers of a pair can read one file. */
  readonly thisServerName?: string;
  /** True takes certificates that are expired or not valid yet, with a warning, as Kea does. Default false. */
  readonly allowOutdated?: boolean;
}

export interface Loaded<C> {
  readonly ok: true;
  /** Deeply frozen; can be handed to a worker thread. */
  readonly config: C;
  /** The whole document as read, `{ "Dhcp4": ... }` or `{ "Dhcp6": ... }`. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Problem[];
}

export interface Refused {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The server that a file is for, by the one key of its document. */
export interface Server<C> {
  readonly key: 'Dhcp4' | 'Dhcp6';
  readonly family: 4 | 6;
  /** The keys that are right, for who finds none. */
  readonly expected: string;
  readonly read: (value: unknown, choices: Choices, at: Path, report: Report) => C | null;
}

/** What becomes of a file that cannot be read. @param found why */
export function unreadable(path: string, found: string): Refused {
  const problem = { file: path, line: null, column: null, path: '', found };
  return { ok: false, problems: [{ ...problem, expected: 'a readable configuration file' }], warnings: [] };
}

/** The report that a file is read with. */
export function reportFor({ ignoreUnsupported, allowOutdated }: LoadOptions): Report {
  return new Report(ignoreUnsupported === true, allowOutdated === true);
}

/** Checks a document that was read for a server. */
export function check<C extends object>(
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

/** What is wrong, when something is. */
export function failed(report: Report): Refused {
  return { ok: false, problems: report.errors(), warnings: report.warnings() };
}
