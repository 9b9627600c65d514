/**
 * Puts the text of included files in the place of their directives. As in Kea, a path is relative to the working directory of
 * the process and files may nest ten levels deep; on top of that a file may not include itself and the whole is bounded, so
 * that a few small files cannot grow into gigabytes.
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readWholeFile, type Unreadable } from '../../credentials/whole-file.ts';
import { quote } from '../problem.ts';
import type { Location, Report } from '../report.ts';
import { scanSource } from './scan.ts';
import { SourceFile, SourceMap } from './source-map.ts';

/** Levels of include, Kea's limit. */
const INCLUDE_LEVELS_MAX = 10;
/** Characters of a configuration with all includes: 20,000 subnets with pools and options take about a tenth of it. */
export const CONFIG_CHARACTERS_MAX = 64 * 1024 * 1024;
/** Directives carried out; empty files that include each other would otherwise take for ever without growing. */
const INCLUDES_MAX = 10_000;

export interface ComposedText {
  readonly text: string;
  readonly map: SourceMap;
}

/**
 * Blanks comments and inserts includes.
 * @param name how the file is called in problems; also the start of the include chain
 */
export function composeText(text: string, name: string, report: Report): ComposedText {
  const composer = new Composer(report);
  composer.add(text, name, [resolve(name)]);
  return { text: composer.text(), map: composer.map };
}

/**
 * Reads the configuration file that was named on the command line, which may be a pipe (`tandem check /dev/stdin`).
 * @returns its text, or why it cannot be used
 */
export function readConfigFile(path: string): string | Unreadable {
  try {
    return statSync(path).isFIFO() ? readFileSync(path, 'utf8') : readTextFile(path);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A file may be replaced while it is read, and an included one must not hold the server that reads it again. */
function readTextFile(path: string): string | Unreadable {
  const bytes = readWholeFile(path, CONFIG_CHARACTERS_MAX);
  return 'reason' in bytes ? bytes : bytes.toString('utf8');
}

class Composer {
  readonly map = new SourceMap();
  readonly #report: Report;
  readonly #pieces: string[] = [];
  #length = 0;
  #includes = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  text(): string {
    return this.#pieces.join('');
  }

  /** Appends a file with its includes. `chain` holds the absolute paths from the main file down to this one. */
  add(text: string, name: string, chain: readonly string[]): void {
    const file = new SourceFile(name, text);
    const scanned = scanSource(text);
    const start = this.#length;
    const at = (offset: number, order = start + offset) => ({ file: name, ...file.position(offset), order });
    for (const fault of scanned.faults)
      this.#report.errorAt(at(fault.offset), null, fault.found, fault.expected);

    let copied = 0;
    for (const directive of scanned.includes) {
      this.#append(scanned.text, file, copied, directive.start);
      this.#include(directive.target, chain, at(directive.start, this.#length));
      copied = directive.end;
    }
    this.#append(scanned.text, file, copied, scanned.text.length);
  }

  #append(text: string, file: SourceFile, start: number, end: number): void {
    this.map.addSegment(this.#length, file, start);
    this.#pieces.push(text.slice(start, end));
    this.#length += end - start;
  }

  #include(target: string, chain: readonly string[], location: Location): void {
    const path = resolve(target);
    const read = this.#refuseInclude(target, path, chain) ?? readTextFile(path);
    if (typeof read !== 'string') {
      this.#report.errorAt(location, null, read.reason, `a file "${target}" that can be included`);
    } else if (this.#length + read.length > CONFIG_CHARACTERS_MAX) {
      const found = 'a configuration that grows too large by its includes';
      this.#report.errorAt(location, null, found, `at most ${CONFIG_CHARACTERS_MAX} characters`);
    } else this.add(read, target, [...chain, path]);
  }

  /** Why a file is not even looked at, or null. */
  #refuseInclude(target: string, path: string, chain: readonly string[]): { reason: string } | null {
    if (chain.includes(path)) return { reason: `a file that includes itself, ${quote(target)}` };
    if (chain.length > INCLUDE_LEVELS_MAX)
      return { reason: `level ${chain.length} of includes, of which ${INCLUDE_LEVELS_MAX} are allowed` };
    if (++this.#includes > INCLUDES_MAX)
      return { reason: `more than ${INCLUDES_MAX} includes in one configuration` };
    return null;
  }
}
