/** Makes a configuration immutable. */

/**
 * Freezes plain objects and lists all the way down; typed arrays cannot be frozen and are left as they are. Parts that are
 * shared are visited once.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
