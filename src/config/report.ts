/**
 * Collects the problems of one configuration. Checks go on after a problem, so that all errors of a file are reported at once;
 * a bound keeps a hostile document from turning into an endless report.
 */
import { describe, formatPath, type Path, type Problem, quote } from './problem.ts';

/** A place in a file. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where the place stands in the text with all includes inserted: the order in which problems are shown. */
  readonly order: number;
}

/** Finds where a path stands in the text; null when the document has no text. */
export type Locate = (path: Path | null, part: 'key' | 'value') => Location | null;

/** Problems kept of each kind; a reader stops long before, the bound is for hostile input. */
export const PROBLEMS_MAX = 1000;

const NOT_IMPLEMENTED = 'Kea knows this, Tandem does not implement it yet';

interface Entry {
  readonly problem: Problem;
  readonly order: number;
}

export class Report {
  readonly #ignoreUnsupported: boolean;
  readonly #toleratesOutdated: boolean;
  readonly #errors: Entry[] = [];
  readonly #warnings: Entry[] = [];
  #locate: Locate = () => null;
  #isWrittenReal: (path: Path) => boolean = () => false;
  #errorCount = 0;

  /**
   * @param ignoreUnsupported true turns what Kea knows and Tandem does not implement into warnings
   * @param toleratesOutdated true turns what only the date forbids into warnings
   */
  constructor(ignoreUnsupported: boolean, toleratesOutdated = false) {
    this.#ignoreUnsupported = ignoreUnsupported;
    this.#toleratesOutdated = toleratesOutdated;
  }

  /** Tells where paths stand; from then on problems carry positions. */
  locateWith(locate: Locate): void {
    this.#locate = locate;
  }

  /** Tells which numbers of a whole value the text writes with a point or an exponent. */
  tellRealsWith(isWrittenReal: (path: Path) => boolean): void {
    this.#isWrittenReal = isWrittenReal;
  }

  /** Whether the whole number at `at` is written as a real one; false when the document has no text that could tell. */
  isWrittenReal(at: Path): boolean {
    return this.#isWrittenReal(at);
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Errors so far, those beyond the bound included: tells whether a check inside another one found anything. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** True when further errors would not be shown: costly hints are not worth making any more. */
  get isFull(): boolean {
    return this.#errors.length >= PROBLEMS_MAX;
  }

  /** What stands at `at` is wrong. */
  error(at: Path | null, found: string, expected: string, part: 'key' | 'value' = 'value'): void {
    this.errorAt(this.#locate(at, part), at, found, expected);
  }

  /**
   * An error inside of a text that stands at `at`.
   * @param offset where in `text`, UTF-16 units; the column counts the text as it is written with the fewest escapes
   */
  errorInside(at: Path, text: string, offset: number, found: string, expected: string): void {
    const start = this.#locate(at, 'value');
    const shift = JSON.stringify(text.slice(0, offset)).length - 1;
    const place = start === null ? null : { ...start, column: start.column + shift };
    this.errorAt(place, at, `${found} at character ${offset + 1} of ${quote(text)}`, expected);
  }

  warn(at: Path | null, found: string, expected: string, part: 'key' | 'value' = 'value'): void {
    add(this.#warnings, this.#locate(at, part), at, found, expected);
  }

  /** An error whose place in the text is known although it has no path in the document. */
  errorAt(location: Location | null, at: Path | null, found: string, expected: string): void {
    this.#errorCount++;
    add(this.#errors, location, at, found, expected);
  }

  warnAt(location: Location | null, at: Path | null, found: string, expected: string): void {
    add(this.#warnings, location, at, found, expected);
  }

  /**
   * The value at `at` asks for something that Kea has and Tandem has not: an error, or a warning when the operator chose to go
   * without it.
   * @param expected the values that are accepted, e.g. "an empty list"
   * @param mayIgnore false for what must not be left out silently, such as access rules
   */
  unsupported(at: Path, value: unknown, expected: string, mayIgnore = true): void {
    this.unsupportedThing(at, describe(value), expected, mayIgnore);
  }

  /** The same for what is better named in other words than by its value. */
  unsupportedThing(at: Path, found: string, expected: string, mayIgnore = true): void {
    const location = this.#locate(at, 'key');
    if (this.#ignoreUnsupported && mayIgnore) {
      add(this.#warnings, location, at, found, `${expected} (${NOT_IMPLEMENTED}; ignored)`);
    } else {
      this.errorAt(location, at, found, `${expected} (${NOT_IMPLEMENTED})`);
    }
  }

  /** What stands at `at` was right once, or will be: an error, or a warning for who has nothing better. */
  outdated(at: Path, found: string, expected: string): void {
    if (this.#toleratesOutdated) this.warn(at, found, expected);
    else this.error(at, found, expected);
  }

  /** The errors in the order of the text. */
  errors(): readonly Problem[] {
    return inOrder(this.#errors);
  }

  /** The warnings in the order of the text. */
  warnings(): readonly Problem[] {
    return inOrder(this.#warnings);
  }
}

function add(
  entries: Entry[],
  location: Location | null,
  at: Path | null,
  found: string,
  expected: string,
): void {
  if (entries.length > PROBLEMS_MAX) return;
  const isLast = entries.length === PROBLEMS_MAX;
  const problem = {
    file: location?.file ?? null,
    line: location?.line ?? null,
    column: location?.column ?? null,
    path: isLast ? '' : formatPath(at),
    found: isLast ? `more than ${PROBLEMS_MAX} problems` : found,
    expected: isLast ? 'fewer: the rest is not shown' : expected,
  };
  entries.push({ problem, order: isLast ? Number.MAX_SAFE_INTEGER : (location?.order ?? 0) });
}

function inOrder(entries: readonly Entry[]): readonly Problem[] {
  return [...entries].sort((a, b) => a.order - b.order).map((entry) => entry.problem);
}
