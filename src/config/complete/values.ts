/** Small steps on the way to a complete document. */
import { isMap } from '../schema/collections.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

/** The maps of a list; whatever else stands there is none of them. */
export function itemsOf(list: unknown): readonly JsonMap[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** A comment is a member of the user context, as Kea keeps it. */
export function withContext(map: JsonMap): JsonMap {
  const { comment, ...rest } = map;
  if (comment === undefined) return map;
  const context = isMap(map['user-context']) ? map['user-context'] : {};
  return { ...rest, 'user-context': { ...context, comment } };
}

/** The members of `from` that `keys` name, as far as it has them. */
export function pick(from: JsonMap, keys: readonly string[]): JsonMap {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}

/** Hexadecimal digits as Kea writes them, whatever separates them in the file. */
export function hexDigits(text: string): string {
  return text.replace(/^0x/i, '').replace(/[: ]/g, '');
}
