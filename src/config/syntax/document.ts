/** Looks over a document that some other parser made, with the same demands as on a text. */
import { child, type Path } from '../problem.ts';
import { NESTING_EXPECTED, NESTING_MAX, PROTOTYPE_KEY } from './structure.ts';

/** What makes a document unusable before its keys are even looked at. */
export interface DocumentFault {
  readonly at: Path | null;
  readonly found: string;
  readonly expected: string;
}

/**
 * Finds the first fault in the shape of a value: nesting that is too deep, or a key `__proto__`. The walk is recursive and ends
 * at the deepest level allowed.
 */
export function findDocumentFault(value: unknown, at: Path | null = null, level = 1): DocumentFault | null {
  if (typeof value !== 'object' || value === null) return null;
  if (level > NESTING_MAX) return { at: null, found: 'deeper nesting', expected: NESTING_EXPECTED };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const fault = typeof item === 'object' ? findDocumentFault(item, child(at, index), level + 1) : null;
      if (fault !== null) return fault;
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    if (key === PROTOTYPE_KEY)
      return { at: child(at, key), found: `the key "${PROTOTYPE_KEY}"`, expected: 'another name' };
    const member = (value as Record<string, unknown>)[key];
    const fault = typeof member === 'object' ? findDocumentFault(member, child(at, key), level + 1) : null;
    if (fault !== null) return fault;
  }
  return null;
}
