/** The user context of a lease in a command: any map, stored as one line of JSON. */
import { encodeKeaJson } from '../../base/kea-json.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { isMap } from '../arguments.ts';

/** Levels of maps and lists; Kea's own contexts have four. */
const DEPTH_MAX = 20;

/**
 * @param context what stood under "user-context"; @param comment under "comment", which Kea files into the context
 * @param correct puts right what the family knows of contexts
 * @returns the text, empty when there is neither; null when it cannot be stored or would not survive the way to a peer
 */
export function readUserContext(
  context: unknown,
  comment: unknown,
  correct: (text: string) => string,
): string | null {
  if (context === undefined && comment === undefined) return '';
  if (context !== undefined && !isMap(context)) return null;
  if (comment !== undefined && typeof comment !== 'string') return null;
  const map = comment === undefined ? context : { ...context, comment };
  if (!isStorable(map, DEPTH_MAX)) return null;
  const text = correct(encodeKeaJson(map));
  return Buffer.byteLength(text) <= USER_CONTEXT_BYTES_MAX ? text : null;
}

/** Bounded depth, and no lone surrogates: these would be written as an escape that Kea refuses. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isStorable(item, depth - 1));
}
