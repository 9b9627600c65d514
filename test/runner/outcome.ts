/** What became of one test file, read from the TAP that it writes, by tap's own parser. */
import { inspect } from 'node:util';
import { Base } from 'tap';

/** One thing that is wrong: where it stands, outermost name first, and what tap says about it. */
export interface Failure {
  readonly path: readonly string[];
  readonly details: string;
}

/** The tests of a file are the test points at its top level, whatever they contain. */
export interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  /** Tests that failed, and one for a file that failed beside its tests. */
  readonly failed: number;
  /** The end of what the file printed beside its TAP. */
  readonly output: string;
}

/** How the process of the file ended. */
export interface FileEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it was killed because it took longer. */
  readonly limitMs: number | null;
}

/** What tap calls the point of a test that takes too long. */
const TAP_TIMEOUT_NAME = 'timeout!';
const OUTPUT_CHARACTERS_MAX = 64 * 1024;

type Parser = Base['parser'];
type TestPoint = Parameters<Parser['emitAssert']>[0];

/** Collects one file's TAP. */
export class OutcomeReader {
  readonly parser: Parser = new Base({ name: 'file' }).parser;
  readonly #failures: Failure[] = [];
  readonly #skips: Failure[] = [];
  readonly #skippedIsFailed: boolean;
  #failuresCounted = 0;
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  #output = '';

  /** @param skippedIsFailed nothing may be skipped where this runs */
  constructor(skippedIsFailed: boolean) {
    this.#skippedIsFailed = skippedIsFailed;
    this.#follow(this.parser, []);
  }

  /** Text beside TAP. */
  keepOutput(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
  }

  /** To be called once, when everything that the file wrote is in the parser. */
  finish(end: FileEnd): Outcome {
    this.parser.end();
    // In a test that never came to its end.
    if (this.#failures.length > this.#failuresCounted) this.#failed++;
    const wrong = this.#whatFailsBesideTests(end);
    if (wrong !== null) {
      this.#failures.push({ path: ['the file'], details: wrong });
      this.#failed++;
    }
    return {
      passed: this.#passed,
      skipped: this.#skipped,
      failed: this.#failed,
      failures: this.#failures,
      output: this.#output,
    };
  }

  #follow(level: Parser, path: readonly string[]): void {
    // A test point that closes a subtest says again what was said inside: what is new since the last one is inside.
    let failuresSeen = this.#failures.length;
    let skipsSeen = this.#skips.length;
    level.on('child', (child: Parser) => this.#follow(child, [...path, child.name]));
    level.on('extra', (text: string) => this.keepOutput(text));
    level.on('assert', (point: TestPoint) => {
      const named = [...path, point.name];
      const isSkip = point.skip !== false || point.todo !== false;
      const reason = [point.skip, point.todo].find((word) => typeof word === 'string') ?? '';
      if (isSkip) this.#skips.push({ path: named, details: `skipped, where nothing may be: ${reason}` });
      const skips = this.#skips.slice(skipsSeen);
      if (this.#skippedIsFailed && path.length === 0) this.#failures.push(...skips);
      if (!isSkip && !point.ok && this.#failures.length === failuresSeen) {
        this.#failures.push({ path: named, details: describe(point) });
      }
      if (path.length === 0) this.#count(this.#failures.length > failuresSeen, skips.length > 0);
      failuresSeen = this.#failures.length;
      skipsSeen = this.#skips.length;
    });
  }

  #count(isFailed: boolean, isSkipped: boolean): void {
    if (isFailed) this.#failed++;
    else if (isSkipped) this.#skipped++;
    else this.#passed++;
    this.#failuresCounted = this.#failures.length;
  }

  /** @returns what is wrong though no test says so, or null */
  #whatFailsBesideTests({ code, signal, limitMs }: FileEnd): string | null {
    const toldTimeout = this.#failures.some(({ path }) => path.at(-1) === TAP_TIMEOUT_NAME);
    if (limitMs !== null && !toldTimeout) return `was not done after ${limitMs / 1000} s and was killed`;
    if (this.#failures.length > 0) return null;
    if (signal !== null) return `was killed by ${signal}`;
    if (code !== 0) return `ended with exit code ${code}`;
    if (this.#passed + this.#skipped === 0) return 'contains no test';
    const { results } = this.parser;
    if (results?.ok) return null;
    const errors = results?.failures.flatMap((error) => ('tapError' in error ? [error.tapError] : [])) ?? [];
    return `did not end as it should: ${errors.join('; ')}`;
  }
}

/** What tap says about a failed point: one member a line, text of many lines below its name. */
function describe(point: TestPoint): string {
  const { at, ...members } = (point.diag ?? {}) as Record<string, unknown>;
  const lines = Object.entries(members).map(([name, value]) => {
    const text = typeof value === 'string' ? withoutTap(value.trimEnd()) : inspect(value, { depth: 8 });
    return text.includes('\n') ? `${name}:\n${indent(text, 2)}` : `${name}: ${text}`;
  });
  return [formatPlace(at), ...lines].join('\n');
}

/** tap leaves its own frames out of a stack only where it is a package. */
function withoutTap(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.includes('build/tap.js:'))
    .join('\n');
}

function formatPlace(at: unknown): string {
  const { fileName, lineNumber, columnNumber } = Object(at) as Record<string, unknown>;
  return fileName === undefined ? 'at: unknown' : `at: ${fileName}:${lineNumber}:${columnNumber}`;
}

/** Moves every line to the right. */
export function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));
}
