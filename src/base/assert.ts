/** Programmer errors: a broken invariant stops the process; input from outside is never asserted, it is rejected. */

/**
 * Throws when an invariant of this program does not hold.
 * @param condition what must be true
 * @param message what was expected, for the crash report
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/** Makes a `switch` over a union complete at compile time; throws if it is reached at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
