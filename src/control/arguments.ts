/** First looks at what a client sends: any JSON value may stand where a map is meant. */

/** Kea's words for arguments that are no map, without the position that Kea adds. */
export const NOT_A_MAP = 'get(string) called on a non-map Element';

export type ArgumentMap = Readonly<Record<string, unknown>>;

/** True for a JSON map. */
export function isMap(value: unknown): value is ArgumentMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The maps of a list; whatever else stands there, or is no list, is none of them. */
export function mapsOf(list: unknown): readonly ArgumentMap[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}
