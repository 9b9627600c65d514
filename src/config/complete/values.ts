/** Small steps on the way to a complete document. */
import { decodeHexText } from '../../base/hex-text.ts';
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

/**
 * The octets that a text of the file stands for, two lower-case digits each, as the loader reads them.
 * @param text in any form of option-hex.ts
 */
export function hexDigits(text: string): string {
  return Buffer.from(decodeHexText(text.trim()) ?? []).toString('hex');
}
