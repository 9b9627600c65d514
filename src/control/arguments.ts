/** First looks at what a client sends: any JSON value may stand where a map is meant. */

export type ArgumentMap = Readonly<Record<string, unknown>>;

/** True for a JSON map. */
export function isMap(value: unknown): value is ArgumentMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
