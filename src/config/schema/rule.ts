/**
 * Rules: what a value may be. A rule checks one value of the document, reports what is wrong with it and hands on a typed
 * value. Tables of rules (see map.ts) describe the maps of the configuration; docs/configuration.md repeats them, which a
 * test checks.
 */
import { describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

/**
 * What Tandem does with a key: `used` has the meaning it has in Kea, `accepted` is checked and then changes nothing, `refused`
 * is known to Kea and not implemented, except for values that ask for nothing.
 */
export type Effect = 'used' | 'accepted' | 'refused';

/** @typeParam F undefined, or the type of the default that stands in for an absent value */
export interface Rule<out T = unknown, out F = unknown> {
  /** The values that are right, for messages and documentation. */
  readonly expected: string;
  readonly effect: Effect;
  readonly isRequired: boolean;
  readonly fallback: F;
  /** Checks a value. Returns undefined after a problem was reported. */
  readonly read: (value: unknown, at: Path, report: Report) => T | undefined;
}

/** A rule whose values are recognised by a function that returns undefined for wrong ones. */
export function rule<T>(expected: string, recognise: (value: unknown) => T | undefined): Rule<T, undefined> {
  return {
    expected,
    effect: 'used',
    isRequired: false,
    fallback: undefined,
    read: (value, at, report) => {
      const recognised = recognise(value);
      if (recognised === undefined) report.error(at, describe(value), expected);
      return recognised;
    },
  };
}

/** The same rule for a key that must be there. */
export function required<T>(base: Rule<T, undefined>): Rule<T, undefined> {
  return { ...base, isRequired: true };
}

/** The same rule with a value for when the key is absent. */
export function withDefault<T>(base: Rule<T, undefined>, fallback: T): Rule<T, T> {
  return { ...base, fallback };
}

/** The same rule for a key whose value changes nothing. */
export function accepted<T>(base: Rule<T, undefined>): Rule<T, undefined> {
  return { ...base, effect: 'accepted' };
}

/**
 * A key that Kea has and Tandem has no code for. It is accepted with values that ask for nothing.
 * @param expected those values in words
 * @param isInert recognises them
 * @param mayIgnore false when leaving the key out would open or weaken something
 */
export function notImplemented(
  expected: string,
  isInert: (value: unknown) => boolean,
  mayIgnore = true,
): Rule<undefined, undefined> {
  return {
    expected,
    effect: 'refused',
    isRequired: false,
    fallback: undefined,
    read: (value, at, report) => {
      if (!isInert(value)) report.unsupported(at, value, expected, mayIgnore);
      return undefined;
    },
  };
}

/** The same rule for a key whose values must be of a kind: what is wrong to Kea is an error, whether it is ignored or not. */
export function ofKind(kind: Rule, refused: Rule<undefined, undefined>): Rule<undefined, undefined> {
  return {
    ...refused,
    read: (value, at, report) => {
      const errorsBefore = report.errorCount;
      kind.read(value, at, report);
      if (report.errorCount === errorsBefore) refused.read(value, at, report);
      return undefined;
    },
  };
}
